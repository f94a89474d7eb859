use std::{sync::LazyLock, time::Duration};

use async_trait::async_trait;
use deadpool_redis::redis::Script;
use passport_throttle::{Charge, Decision, Receipt, Refusal, ThrottleStore, ThrottleStoreError};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    RedisClient, key,
    moment::{keep, microseconds, span},
};

static HIT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("throttle/hit.lua")));
static REFUND: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("throttle/refund.lua")));

/// Counts in Redis: a sorted set of moments for each key, an exact sliding window.
#[derive(Debug, Clone)]
pub struct RedisThrottleStore(RedisClient);

impl RedisThrottleStore {
    /// Counts in the Redis of `client`.
    pub fn new(client: RedisClient) -> Self {
        Self(client)
    }

    /// One hash tag for all: which keys an act is charged to is not known beforehand.
    fn key(&self, key: &str) -> String {
        format!("{}:{{throttle}}:{}", self.0.prefix(), key::part(key))
    }

    /// Counts `hit`, or nothing, when every quota has room; else says which has not.
    async fn charge(
        &self,
        charges: &[Charge],
        hit: Option<&Uuid>,
        now: OffsetDateTime,
    ) -> Result<Option<Refusal>, ThrottleStoreError> {
        if charges.is_empty() {
            return Ok(None);
        }
        let mut script = HIT.prepare_invoke();
        script.arg(microseconds(now)).arg(hit.map_or(&[][..], |hit| hit.as_bytes()));
        for charge in charges {
            let window = charge.quota.window();
            script
                .key(self.key(&charge.key))
                .arg(charge.quota.limit().get())
                .arg(span(window))
                .arg(keep(window.try_into().unwrap_or(time::Duration::MAX)));
        }
        let (longest, wait): (usize, u64) =
            self.0.invoke(&script).await.map_err(ThrottleStoreError::new)?;
        let retry_after = Duration::from_micros(wait);
        Ok(longest.checked_sub(1).map(|charge| Refusal { charge, retry_after }))
    }
}

#[async_trait]
impl ThrottleStore for RedisThrottleStore {
    async fn hit(
        &self,
        charges: &[Charge],
        now: OffsetDateTime,
    ) -> Result<Decision, ThrottleStoreError> {
        let hit = Uuid::new_v4();
        if let Some(refusal) = self.charge(charges, Some(&hit), now).await? {
            return Ok(Decision::Refused(refusal));
        }
        let keys = charges.iter().map(|charge| charge.key.clone()).collect();
        Ok(Decision::Allowed(Receipt { hit, keys }))
    }

    async fn check(
        &self,
        charges: &[Charge],
        now: OffsetDateTime,
    ) -> Result<Option<Refusal>, ThrottleStoreError> {
        self.charge(charges, None, now).await
    }

    async fn refund(&self, receipt: &Receipt) -> Result<(), ThrottleStoreError> {
        if receipt.keys.is_empty() {
            return Ok(());
        }
        let mut script = REFUND.prepare_invoke();
        for key in &receipt.keys {
            script.key(self.key(key));
        }
        script.arg(receipt.hit.as_bytes());
        self.0.invoke(&script).await.map_err(ThrottleStoreError::new)
    }
}
