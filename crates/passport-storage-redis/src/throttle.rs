use std::{sync::LazyLock, time::Duration};

use async_trait::async_trait;
use deadpool_redis::redis::Script;
use passport_throttle::{Charge, Decision, Hit, Refusal, ThrottleStore, ThrottleStoreError};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    RedisClient,
    moment::{keep, microseconds, span},
};

static HIT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("throttle/hit.lua")));
static REFUND: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("throttle/refund.lua")));

/// Exact sliding windows in Redis: a sorted set of moments for each count.
#[derive(Debug, Clone)]
pub struct RedisThrottleStore(RedisClient);

impl RedisThrottleStore {
    /// Counts in the Redis of `client`.
    pub fn new(client: RedisClient) -> Self {
        Self(client)
    }

    /// All counts share a hash tag, because any two of them may be charged together.
    fn key(&self, charge: &Charge) -> String {
        format!("{}:{{throttle}}:{}:{}", self.0.prefix(), charge.policy, charge.subject)
    }

    /// Counts `hit`, or nothing without one, if every quota has room; else returns the refusal.
    async fn charge(
        &self,
        charges: &[Charge],
        hit: Option<Uuid>,
        now: OffsetDateTime,
    ) -> Result<Option<Refusal>, ThrottleStoreError> {
        if charges.is_empty() {
            return Ok(None);
        }
        let mut script = HIT.prepare_invoke();
        script.arg(microseconds(now)).arg(hit.as_ref().map_or(&[][..], |id| id.as_bytes()));
        for charge in charges {
            let window = charge.quota.window();
            script
                .key(self.key(charge))
                .arg(charge.quota.limit().get())
                .arg(span(window))
                .arg(keep(window.try_into().unwrap_or(time::Duration::MAX)));
        }
        let (longest, wait): (usize, u64) =
            self.0.invoke(&script).await.map_err(ThrottleStoreError::new)?;
        let charge = longest.checked_sub(1).and_then(|index| charges.get(index));
        Ok(charge.map(|charge| Refusal::of(charge, Duration::from_micros(wait))))
    }
}

#[async_trait]
impl ThrottleStore for RedisThrottleStore {
    async fn hit(
        &self,
        charges: &[Charge],
        now: OffsetDateTime,
    ) -> Result<Decision, ThrottleStoreError> {
        let id = Uuid::new_v4();
        Ok(match self.charge(charges, Some(id), now).await? {
            Some(refusal) => Decision::Refused(refusal),
            None => Decision::Allowed(Hit { id, charges: charges.to_vec() }),
        })
    }

    async fn check(
        &self,
        charges: &[Charge],
        now: OffsetDateTime,
    ) -> Result<Option<Refusal>, ThrottleStoreError> {
        self.charge(charges, None, now).await
    }

    async fn refund(&self, hit: &Hit) -> Result<(), ThrottleStoreError> {
        if hit.charges.is_empty() {
            return Ok(());
        }
        let mut script = REFUND.prepare_invoke();
        for charge in &hit.charges {
            script.key(self.key(charge)).arg(member(hit.id, charge));
        }
        self.0.invoke(&script).await.map_err(ThrottleStoreError::new)
    }
}

/// The hit as `hit.lua` writes it into the sorted set of `charge`.
fn member(id: Uuid, charge: &Charge) -> Vec<u8> {
    let mut member = id.as_bytes().to_vec();
    member.extend(span(charge.quota.window()).to_string().into_bytes());
    member
}
