use std::{
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use deadpool_redis::redis::{Script, ScriptInvocation, cmd};
use passport_throttle::{
    Attempt, Backoff, Block, Counted, FailureStore, FailureStoreError, Permission, Series,
    SeriesKey, Tally,
};
use time::OffsetDateTime;

use crate::{
    RedisClient, RedisError,
    error::CROSS_SLOT,
    moment::{from_microseconds, keep, microseconds, span},
};

/// Functions about series, with which scripts begin.
pub(crate) const SERIES: &str = include_str!("failures/series.lua");

static BEGIN: LazyLock<Script> =
    LazyLock::new(|| Script::new(&[SERIES, include_str!("failures/begin.lua")].concat()));
static FORGIVE: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("failures/forgive.lua")));

/// Failures in a row in Redis: a hash for each series.
///
/// Beginning an attempt is one script. In a Cluster, where series are in different slots, it is one
/// script per series: all are checked first, then they are counted one after the other, and if a later
/// one does not allow the attempt any more, or fails, the earlier ones are forgiven.
#[derive(Debug, Clone)]
pub struct RedisFailureStore {
    client: RedisClient,
    is_cluster: Arc<AtomicBool>,
}

impl RedisFailureStore {
    /// Counts in the Redis of `client`.
    pub fn new(client: RedisClient) -> Self {
        Self { client, is_cluster: Arc::default() }
    }

    fn key(&self, key: &SeriesKey) -> String {
        record_key(self.client.prefix(), key)
    }

    async fn decide(
        &self,
        series: &[Series],
        act: Act,
        now: OffsetDateTime,
    ) -> Result<Permission, FailureStoreError> {
        if !self.is_cluster.load(Ordering::Relaxed) {
            match self.decide_at_once(series, act, now).await {
                Err(Failure::Redis(error)) if error.refusal() == Some(CROSS_SLOT) => {
                    // It is a Cluster and stays one.
                    self.is_cluster.store(true, Ordering::Relaxed);
                }
                outcome => return outcome.map_err(FailureStoreError::new),
            }
        }
        self.decide_one_by_one(series, act, now).await
    }

    async fn decide_one_by_one(
        &self,
        series: &[Series],
        act: Act,
        now: OffsetDateTime,
    ) -> Result<Permission, FailureStoreError> {
        let mut checked = Attempt { counted: Vec::new() };
        let mut block = None;
        for one in series.chunks(1) {
            match self.decide_at_once(one, Act::Check, now).await.map_err(FailureStoreError::new)? {
                Permission::Go(attempt) => checked.counted.extend(attempt.counted),
                Permission::Blocked(other) => block = block.max(Some(other)),
            }
        }
        match (block, act) {
            (Some(block), _) => return Ok(Permission::Blocked(block)),
            (None, Act::Check) => return Ok(Permission::Go(checked)),
            (None, Act::Count) => {}
        }
        let mut begun = Attempt { counted: Vec::new() };
        for one in series.chunks(1) {
            match self.decide_at_once(one, Act::Count, now).await {
                Ok(Permission::Go(attempt)) => begun.counted.extend(attempt.counted),
                Ok(blocked @ Permission::Blocked(_)) => {
                    self.forgive(&begun).await?;
                    return Ok(blocked);
                }
                Err(error) => {
                    // The first error is the cause. Unforgiven failures stay counted.
                    let _ = self.forgive(&begun).await;
                    return Err(FailureStoreError::new(error));
                }
            }
        }
        Ok(Permission::Go(begun))
    }

    async fn decide_at_once(
        &self,
        series: &[Series],
        act: Act,
        now: OffsetDateTime,
    ) -> Result<Permission, Failure> {
        if series.is_empty() {
            return Ok(Permission::Go(Attempt { counted: Vec::new() }));
        }
        let mut script = BEGIN.prepare_invoke();
        script.arg(microseconds(now)).arg(i32::from(act == Act::Count));
        add_memory(&mut script);
        for series in series {
            add_series(&mut script, self.client.prefix(), series);
        }
        let answer: Vec<i64> = self.client.invoke(&script).await?;
        permission(series, now, &answer).ok_or(Failure::Answer)
    }

    /// Subtracts a failure of one series.
    async fn forgive_one(&self, counted: &Counted) -> Result<(), RedisError> {
        let mut script = FORGIVE.key(self.key(&counted.key));
        script.arg(counted.failures).arg(microseconds(counted.at));
        match counted.formerly {
            Some(formerly) => script.arg(microseconds(formerly)),
            None => script.arg(""),
        };
        self.client.invoke(&script).await
    }

    async fn read_one(&self, key: &SeriesKey) -> Result<Option<Tally>, RedisError> {
        let mut read = cmd("HMGET");
        read.arg(self.key(key)).arg(&["failures", "last"]);
        let (failures, last): (Option<u32>, Option<i64>) = self.client.query(&read).await?;
        let tally = failures.zip(last.and_then(from_microseconds));
        Ok(tally.map(|(failures, last)| Tally { failures, last }))
    }

    async fn clear_one(&self, key: &SeriesKey) -> Result<(), RedisError> {
        self.client.query(cmd("DEL").arg(self.key(key))).await
    }
}

#[async_trait]
impl FailureStore for RedisFailureStore {
    async fn begin(
        &self,
        series: &[Series],
        now: OffsetDateTime,
    ) -> Result<Permission, FailureStoreError> {
        self.decide(series, Act::Count, now).await
    }

    async fn check(
        &self,
        series: &[Series],
        now: OffsetDateTime,
    ) -> Result<Option<Block>, FailureStoreError> {
        Ok(self.decide(series, Act::Check, now).await?.block())
    }

    /// Ends each series, also after one has failed.
    async fn succeed(&self, attempt: &Attempt) -> Result<(), FailureStoreError> {
        let mut outcome = Ok(());
        for counted in &attempt.counted {
            outcome = outcome.and(self.clear_one(&counted.key).await);
        }
        outcome.map_err(FailureStoreError::new)
    }

    /// Forgives each failure, also after one has failed.
    async fn forgive(&self, attempt: &Attempt) -> Result<(), FailureStoreError> {
        let mut outcome = Ok(());
        for counted in &attempt.counted {
            outcome = outcome.and(self.forgive_one(counted).await);
        }
        outcome.map_err(FailureStoreError::new)
    }

    async fn clear(&self, key: &SeriesKey) -> Result<(), FailureStoreError> {
        self.clear_one(key).await.map_err(FailureStoreError::new)
    }

    async fn read(
        &self,
        keys: &[SeriesKey],
        now: OffsetDateTime,
    ) -> Result<Vec<Option<Tally>>, FailureStoreError> {
        let mut tallies = Vec::with_capacity(keys.len());
        for key in keys {
            let tally = self.read_one(key).await.map_err(FailureStoreError::new)?;
            tallies.push(tally.and_then(|tally| tally.live(now)));
        }
        Ok(tallies)
    }
}

/// Has no hash tag: in a Cluster, series spread over all nodes.
fn record_key(prefix: &str, key: &SeriesKey) -> String {
    format!("{prefix}:failures:{}", hex::encode(key.as_bytes()))
}

/// Adds how long series are remembered, and kept, as `begin.lua` and `toll.lua` read it.
pub(crate) fn add_memory(script: &mut ScriptInvocation<'_>) {
    let remembered = time::Duration::try_from(Backoff::REMEMBERED);
    script.arg(span(Backoff::REMEMBERED)).arg(keep(remembered.unwrap_or(time::Duration::MAX)));
}

/// Adds the key and the arguments of a series, as `series.lua` reads them.
pub(crate) fn add_series(script: &mut ScriptInvocation<'_>, prefix: &str, series: &Series) {
    let Series { key, backoff } = series;
    script
        .key(record_key(prefix, key))
        .arg(backoff.free())
        .arg(span(backoff.first()))
        .arg(span(backoff.longest()))
        .arg(backoff.stop());
}

/// What `begin.lua` does with an attempt that may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Count,
    Check,
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Redis(#[from] RedisError),
    #[error("redis returned an answer that begin.lua does not give")]
    Answer,
}

/// Reads an answer of `begin.lua`.
fn permission(series: &[Series], now: OffsetDateTime, answer: &[i64]) -> Option<Permission> {
    let (&wait, tallies) = answer.split_first()?;
    if wait < 0 {
        return Some(Permission::Blocked(Block::Stopped));
    }
    if wait > 0 {
        let wait = Duration::from_micros(wait.unsigned_abs());
        return Some(Permission::Blocked(Block::Wait(wait)));
    }
    let (tallies, []) = tallies.as_chunks::<2>() else { return None };
    if tallies.len() != series.len() {
        return None;
    }
    let counted = series.iter().zip(tallies).map(|(Series { key, backoff }, &[failures, last])| {
        let failures = failures.try_into().ok()?;
        let at = now.truncate_to_microsecond();
        let formerly = if failures > 1 { Some(from_microseconds(last)?) } else { None };
        Some(Counted {
            key: *key,
            failures,
            at,
            not_before: at + backoff.delay(failures),
            formerly,
        })
    });
    Some(Permission::Go(Attempt { counted: counted.collect::<Option<_>>()? }))
}
