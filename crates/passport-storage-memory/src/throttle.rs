use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use async_trait::async_trait;
use passport_throttle::{Charge, Decision, Receipt, Refusal, ThrottleStore, ThrottleStoreError};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::expiry::ExpiringMap;

/// Counts in this process: each key holds the moments of its last hits.
#[derive(Debug, Default)]
pub struct MemoryThrottleStore(Mutex<Logs>);

type Logs = ExpiringMap<String, Log>;

/// The hits of one key, oldest first.
#[derive(Debug, Default)]
struct Log {
    hits: VecDeque<(OffsetDateTime, Uuid)>,
    window: Duration,
}

impl Log {
    fn push(&mut self, now: OffsetDateTime, hit: Uuid) {
        // Nearly always the end: only a clock that was set back makes it another place.
        let place = self.hits.partition_point(|(at, _)| *at <= now);
        self.hits.insert(place, (now, hit));
    }

    fn drop_expired(&mut self, now: OffsetDateTime) {
        while self.hits.front().is_some_and(|(at, _)| *at + self.window <= now) {
            self.hits.pop_front();
        }
    }

    fn is_live(&self, now: OffsetDateTime) -> bool {
        self.hits.back().is_some_and(|(at, _)| now < *at + self.window)
    }

    /// How long until one more hit is within `charge`'s quota.
    fn wait(&self, charge: &Charge, now: OffsetDateTime) -> Option<Duration> {
        let limit = usize::try_from(charge.quota.limit().get()).unwrap_or(usize::MAX);
        let leaves_first = self.hits.len().checked_sub(limit)?;
        let (at, _) = self.hits.get(leaves_first)?;
        Duration::try_from(*at + self.window - now).ok()
    }
}

impl MemoryThrottleStore {
    fn logs(&self) -> Result<MutexGuard<'_, Logs>, ThrottleStoreError> {
        self.0
            .lock()
            .map_err(|_| ThrottleStoreError::new("a thread panicked while it held the counts"))
    }
}

#[async_trait]
impl ThrottleStore for MemoryThrottleStore {
    async fn hit(
        &self,
        charges: &[Charge],
        now: OffsetDateTime,
    ) -> Result<Decision, ThrottleStoreError> {
        let mut logs = self.logs()?;
        if let Some(refusal) = refusal(&mut logs, charges, now) {
            return Ok(Decision::Refused(refusal));
        }
        let hit = Uuid::new_v4();
        for charge in charges {
            let log = logs.entry(charge.key.clone(), |log| log.is_live(now), Log::default);
            log.window = charge.quota.window();
            log.push(now, hit);
        }
        Ok(Decision::Allowed(Receipt {
            hit,
            keys: charges.iter().map(|charge| charge.key.clone()).collect(),
        }))
    }

    async fn check(
        &self,
        charges: &[Charge],
        now: OffsetDateTime,
    ) -> Result<Option<Refusal>, ThrottleStoreError> {
        Ok(refusal(&mut *self.logs()?, charges, now))
    }

    async fn refund(&self, receipt: &Receipt) -> Result<(), ThrottleStoreError> {
        let mut logs = self.logs()?;
        for key in &receipt.keys {
            if let Some(log) = logs.get_mut(key) {
                log.hits.retain(|(_, hit)| *hit != receipt.hit);
            }
        }
        Ok(())
    }
}

/// The charge that has to wait longest, if one has to.
fn refusal(logs: &mut Logs, charges: &[Charge], now: OffsetDateTime) -> Option<Refusal> {
    let waits = charges.iter().enumerate().filter_map(|(charge, it)| {
        let log = logs.get_mut(&it.key)?;
        log.window = it.quota.window();
        log.drop_expired(now);
        log.wait(it, now).map(|retry_after| Refusal { charge, retry_after })
    });
    waits.max_by_key(|refusal| refusal.retry_after)
}
