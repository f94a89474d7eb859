mod groups;

use std::{
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use deadpool_redis::redis::{Script, cmd};
use passport_throttle::{Charge, Decision, Hit, Refusal, ThrottleStore, ThrottleStoreError, Usage};
use time::OffsetDateTime;
use uuid::Uuid;

use self::groups::by_subject;
use crate::{
    RedisClient, RedisError,
    moment::{from_microseconds, keep, microseconds, span},
};

static HIT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("throttle/hit.lua")));
static REFUND: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("throttle/refund.lua")));
static USAGE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("throttle/usage.lua")));

/// Code with which a Cluster refuses a script whose keys are in several slots. It has done nothing.
const CROSS_SLOT: &str = "CROSSSLOT";

/// Exact sliding windows in Redis: a sorted set of moments for each count.
///
/// A call is one script. In a Cluster, where the counts of different subjects are in different slots,
/// it is one script per subject, in the order of the charges. If a later one refuses or fails, the
/// earlier ones are refunded. So a quota is never exceeded; but for the moment until it is refunded a
/// hit may keep out others, and if the refund fails too, until its window ends.
#[derive(Debug, Clone)]
pub struct RedisThrottleStore {
    client: RedisClient,
    is_cluster: Arc<AtomicBool>,
}

impl RedisThrottleStore {
    /// Counts in the Redis of `client`.
    pub fn new(client: RedisClient) -> Self {
        Self { client, is_cluster: Arc::default() }
    }

    /// The subject is the hash tag: in a Cluster, the counts of one subject are on one node, and the
    /// subjects spread over all nodes.
    fn key(&self, charge: &Charge) -> String {
        format!("{}:throttle:{{{}}}:{}", self.client.prefix(), charge.subject, charge.policy)
    }

    /// Counts `hit`, or nothing without one, if every quota has room; else returns the refusal.
    async fn charge(
        &self,
        charges: &[Charge],
        hit: Option<Uuid>,
        now: OffsetDateTime,
    ) -> Result<Option<Refusal>, RedisError> {
        if !self.is_cluster.load(Ordering::Relaxed) {
            match self.charge_at_once(charges, hit, now).await {
                Err(error) if error.refusal() == Some(CROSS_SLOT) => self.note_cluster(),
                outcome => return outcome,
            }
        }
        self.charge_by_subject(charges, hit, now).await
    }

    async fn charge_by_subject(
        &self,
        charges: &[Charge],
        hit: Option<Uuid>,
        now: OffsetDateTime,
    ) -> Result<Option<Refusal>, RedisError> {
        let groups = by_subject(charges);
        let mut refusals = Vec::new();
        for (index, group) in groups.iter().enumerate() {
            // After a refusal the others are asked for their wait only.
            let hit = hit.filter(|_| refusals.is_empty());
            match (self.charge_at_once(group, hit, now).await, hit) {
                (Ok(None), _) => {}
                (Ok(Some(refusal)), counted) => {
                    refusals.push(refusal);
                    if let Some(id) = counted {
                        self.refund_by_subject(&groups[..index], id).await?;
                    }
                }
                (Err(error), counted) => {
                    if let Some(id) = counted {
                        // Also this one, whose answer may be lost. The first error is the cause.
                        let _ = self.refund_by_subject(&groups[..=index], id).await;
                    }
                    return Err(error);
                }
            }
        }
        Ok(refusals.into_iter().max_by_key(|refusal| refusal.retry_after))
    }

    async fn charge_at_once(
        &self,
        charges: &[Charge],
        hit: Option<Uuid>,
        now: OffsetDateTime,
    ) -> Result<Option<Refusal>, RedisError> {
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
        let (longest, wait): (usize, u64) = self.client.invoke(&script).await?;
        let charge = longest.checked_sub(1).and_then(|index| charges.get(index));
        Ok(charge.map(|charge| Refusal::of(charge, Duration::from_micros(wait))))
    }

    /// Refunds each group, also after one has failed; returns the first failure.
    async fn refund_by_subject(&self, groups: &[Vec<Charge>], id: Uuid) -> Result<(), RedisError> {
        let mut outcome = Ok(());
        for group in groups {
            outcome = outcome.and(self.refund_at_once(group, id).await);
        }
        outcome
    }

    async fn refund_at_once(&self, charges: &[Charge], id: Uuid) -> Result<(), RedisError> {
        if charges.is_empty() {
            return Ok(());
        }
        let mut script = REFUND.prepare_invoke();
        for charge in charges {
            script.key(self.key(charge)).arg(member(id, charge));
        }
        self.client.invoke(&script).await
    }

    /// Reads one count: in a Cluster each is in a slot of its own.
    async fn usage_of(&self, charge: &Charge, now: OffsetDateTime) -> Result<Usage, RedisError> {
        let (window, at) = (span(charge.quota.window()), microseconds(now));
        let mut script = USAGE.key(self.key(charge));
        script.arg(at.saturating_sub(window)).arg(at.saturating_add(window));
        let (used, oldest, newest): (u32, i64, i64) = self.client.invoke(&script).await?;
        let [oldest, newest] = [oldest, newest].map(|at| from_microseconds(at).unwrap_or(now));
        Ok(Usage::of(used, oldest, newest, charge.quota, now))
    }

    /// Redis has refused several slots in one script, so it is a Cluster and stays one.
    fn note_cluster(&self) {
        self.is_cluster.store(true, Ordering::Relaxed);
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
        Ok(match self.charge(charges, Some(id), now).await.map_err(ThrottleStoreError::new)? {
            Some(refusal) => Decision::Refused(refusal),
            None => Decision::Allowed(Hit { id, charges: charges.to_vec() }),
        })
    }

    async fn check(
        &self,
        charges: &[Charge],
        now: OffsetDateTime,
    ) -> Result<Option<Refusal>, ThrottleStoreError> {
        self.charge(charges, None, now).await.map_err(ThrottleStoreError::new)
    }

    async fn refund(&self, hit: &Hit) -> Result<(), ThrottleStoreError> {
        if !self.is_cluster.load(Ordering::Relaxed) {
            match self.refund_at_once(&hit.charges, hit.id).await {
                Err(error) if error.refusal() == Some(CROSS_SLOT) => self.note_cluster(),
                outcome => return outcome.map_err(ThrottleStoreError::new),
            }
        }
        let groups = by_subject(&hit.charges);
        self.refund_by_subject(&groups, hit.id).await.map_err(ThrottleStoreError::new)
    }

    async fn usage(
        &self,
        charges: &[Charge],
        now: OffsetDateTime,
    ) -> Result<Vec<Usage>, ThrottleStoreError> {
        let mut usages = Vec::with_capacity(charges.len());
        for charge in charges {
            usages.push(self.usage_of(charge, now).await.map_err(ThrottleStoreError::new)?);
        }
        Ok(usages)
    }

    /// Clears each count, also after one has failed.
    async fn clear(&self, charges: &[Charge]) -> Result<(), ThrottleStoreError> {
        let mut outcome = Ok(());
        for charge in charges {
            let delete = self.client.query(cmd("DEL").arg(self.key(charge))).await;
            outcome = outcome.and(delete);
        }
        outcome.map_err(ThrottleStoreError::new)
    }
}

/// The hit as `hit.lua` writes it into the sorted set of `charge`.
fn member(id: Uuid, charge: &Charge) -> Vec<u8> {
    let mut member = id.as_bytes().to_vec();
    member.extend(span(charge.quota.window()).to_string().into_bytes());
    member
}
