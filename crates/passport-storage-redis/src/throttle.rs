mod groups;

use std::{
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use deadpool_redis::redis::{Script, ScriptInvocation, cmd, pipe};
use passport_throttle::{Charge, Decision, Hit, Refusal, ThrottleStore, ThrottleStoreError, Usage};
use time::OffsetDateTime;
use uuid::Uuid;

use self::groups::{Group, by_subject};
use crate::{
    RedisClient, RedisError,
    error::CROSS_SLOT,
    moment::{from_microseconds, keep, microseconds, span},
};

/// Functions about counts, with which scripts begin.
pub(crate) const COUNTS: &str = include_str!("throttle/counts.lua");

static HIT: LazyLock<Script> =
    LazyLock::new(|| Script::new(&[COUNTS, include_str!("throttle/hit.lua")].concat()));
static REFUND: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("throttle/refund.lua")));
static USAGE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("throttle/usage.lua")));

/// Exact sliding windows in Redis: a sorted set of moments for each count.
///
/// A hit is one script. In a Cluster, where the counts of different subjects are in different slots,
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

    /// Counts `hit` on its charges, if they and `checked` have room; else returns the refusal.
    async fn charge(
        &self,
        hit: &Hit,
        checked: &[Charge],
        now: OffsetDateTime,
    ) -> Result<Option<Refusal>, RedisError> {
        if !self.is_cluster.load(Ordering::Relaxed) {
            match self.charge_at_once(hit.id, &hit.charges, checked, now).await {
                Err(error) if error.refusal() == Some(CROSS_SLOT) => self.note_cluster(),
                outcome => return outcome,
            }
        }
        self.charge_by_subject(hit, checked, now).await
    }

    /// Counts come before checks, so that of two calls that each count what the other checks one is
    /// refused.
    async fn charge_by_subject(
        &self,
        hit: &Hit,
        checked: &[Charge],
        now: OffsetDateTime,
    ) -> Result<Option<Refusal>, RedisError> {
        let groups = by_subject(&hit.charges, checked);
        let mut refusals = Vec::new();
        for (index, Group { counted, checked }) in groups.iter().enumerate() {
            // After a refusal the others are asked for their wait only.
            let counts = refusals.is_empty();
            let charged = if counts {
                self.charge_at_once(hit.id, counted, checked, now).await
            } else {
                self.charge_at_once(hit.id, &[], &[&counted[..], checked].concat(), now).await
            };
            match charged {
                Ok(None) => {}
                Ok(Some(refusal)) => {
                    refusals.push(refusal);
                    if counts {
                        self.refund_by_subject(&groups[..index], hit.id).await?;
                    }
                }
                Err(error) => {
                    if counts {
                        // Also this one, whose answer may be lost. The first error is the cause.
                        let _ = self.refund_by_subject(&groups[..=index], hit.id).await;
                    }
                    return Err(error);
                }
            }
        }
        Ok(refusals.into_iter().max_by_key(|refusal| refusal.retry_after))
    }

    async fn charge_at_once(
        &self,
        id: Uuid,
        counted: &[Charge],
        checked: &[Charge],
        now: OffsetDateTime,
    ) -> Result<Option<Refusal>, RedisError> {
        let all = || counted.iter().chain(checked);
        if all().next().is_none() {
            return Ok(None);
        }
        let mut script = HIT.prepare_invoke();
        script.arg(microseconds(now)).arg(id.as_bytes()).arg(counted.len());
        for charge in all() {
            add_count(&mut script, self.client.prefix(), charge);
        }
        let answer: (usize, u64) = self.client.invoke(&script).await?;
        Ok(refusal(all(), answer))
    }

    /// Whether each count has fewer hits than its limit. Then all have room, whenever the hits were.
    async fn are_below_limits(&self, charges: &[Charge]) -> Result<bool, RedisError> {
        if charges.is_empty() {
            return Ok(true);
        }
        let mut sizes = pipe();
        for charge in charges {
            sizes.zcard(key(self.client.prefix(), charge));
        }
        let sizes: Vec<u32> = self.client.query_all(&sizes).await?;
        Ok(sizes.iter().zip(charges).all(|(size, charge)| *size < charge.quota.limit().get()))
    }

    /// Refunds each group, also after one has failed; returns the first failure.
    async fn refund_by_subject(&self, groups: &[Group], id: Uuid) -> Result<(), RedisError> {
        let mut outcome = Ok(());
        for group in groups {
            outcome = outcome.and(self.refund_at_once(&group.counted, id).await);
        }
        outcome
    }

    async fn refund_at_once(&self, charges: &[Charge], id: Uuid) -> Result<(), RedisError> {
        if charges.is_empty() {
            return Ok(());
        }
        let mut script = REFUND.prepare_invoke();
        for charge in charges {
            script.key(key(self.client.prefix(), charge)).arg(member(id, charge));
        }
        self.client.invoke(&script).await
    }

    /// Reads one count: in a Cluster each is in a slot of its own.
    async fn usage_of(&self, charge: &Charge, now: OffsetDateTime) -> Result<Usage, RedisError> {
        let (window, at) = (span(charge.quota.window()), microseconds(now));
        let mut script = USAGE.key(key(self.client.prefix(), charge));
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
        checked: &[Charge],
        now: OffsetDateTime,
    ) -> Result<Decision, ThrottleStoreError> {
        let hit = Hit { id: Uuid::new_v4(), charges: charges.to_vec() };
        let refusal = self.charge(&hit, checked, now).await.map_err(ThrottleStoreError::new)?;
        Ok(refusal.map_or(Decision::Allowed(hit), Decision::Refused))
    }

    /// Asks for the sizes of the counts. Only if one of them has reached its limit, a script, which takes
    /// Redis several times as long, reads the wait.
    async fn check(
        &self,
        charges: &[Charge],
        now: OffsetDateTime,
    ) -> Result<Option<Refusal>, ThrottleStoreError> {
        if self.are_below_limits(charges).await.map_err(ThrottleStoreError::new)? {
            return Ok(None);
        }
        let nothing = Hit { id: Uuid::nil(), charges: Vec::new() };
        self.charge(&nothing, charges, now).await.map_err(ThrottleStoreError::new)
    }

    async fn refund(&self, hit: &Hit) -> Result<(), ThrottleStoreError> {
        if !self.is_cluster.load(Ordering::Relaxed) {
            match self.refund_at_once(&hit.charges, hit.id).await {
                Err(error) if error.refusal() == Some(CROSS_SLOT) => self.note_cluster(),
                outcome => return outcome.map_err(ThrottleStoreError::new),
            }
        }
        let groups = by_subject(&hit.charges, &[]);
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
            let delete = self.client.query(cmd("DEL").arg(key(self.client.prefix(), charge))).await;
            outcome = outcome.and(delete);
        }
        outcome.map_err(ThrottleStoreError::new)
    }
}

/// The subject is the hash tag: in a Cluster, the counts of one subject are on one node, and the subjects
/// spread over all nodes.
fn key(prefix: &str, charge: &Charge) -> String {
    format!("{prefix}:throttle:{{{}}}:{}", charge.subject, charge.policy)
}

/// Adds the key and the arguments of a count, as `counts.lua` reads them.
pub(crate) fn add_count(script: &mut ScriptInvocation<'_>, prefix: &str, charge: &Charge) {
    let window = charge.quota.window();
    script
        .key(key(prefix, charge))
        .arg(charge.quota.limit().get())
        .arg(span(window))
        .arg(keep(window.try_into().unwrap_or(time::Duration::MAX)));
}

/// Reads the index of the count with the longest wait, and its wait.
pub(crate) fn refusal<'a>(
    mut charges: impl Iterator<Item = &'a Charge>,
    (longest, wait): (usize, u64),
) -> Option<Refusal> {
    let charge = charges.nth(longest.checked_sub(1)?)?;
    Some(Refusal::of(charge, Duration::from_micros(wait)))
}

/// The hit as `counts.lua` writes it into the sorted set of `charge`.
fn member(id: Uuid, charge: &Charge) -> Vec<u8> {
    let mut member = id.as_bytes().to_vec();
    member.extend(span(charge.quota.window()).to_string().into_bytes());
    member
}
