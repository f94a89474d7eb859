use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use async_trait::async_trait;
use passport_throttle::{
    Charge, Decision, Hit, Policy, Refusal, Subject, ThrottleStore, ThrottleStoreError, Usage,
};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::expiry::ExpiringMap;

/// Counts in the memory of this process: each count is a list of the moments of its hits.
#[derive(Debug, Default)]
pub struct MemoryThrottleStore(Mutex<Logs>);

type Logs = ExpiringMap<(Policy, Subject), Log>;

/// Hits of one count, oldest first.
#[derive(Debug, Default)]
struct Log(VecDeque<Entry>);

#[derive(Debug, Clone, Copy)]
struct Entry {
    at: OffsetDateTime,
    /// End of the window under which the hit was counted.
    until: OffsetDateTime,
    id: Uuid,
}

impl Log {
    fn push(&mut self, entry: Entry) {
        // The place is the end, unless the clock was set back.
        let place = self.0.partition_point(|other| other.at <= entry.at);
        self.0.insert(place, entry);
    }

    /// Forgets the oldest hits whose own windows have ended. The window of the present quota plays
    /// no part, because it may be narrower than that of an earlier one.
    fn drop_expired(&mut self, now: OffsetDateTime) {
        while self.0.front().is_some_and(|oldest| oldest.until <= now) {
            self.0.pop_front();
        }
    }

    fn is_live(&self, now: OffsetDateTime) -> bool {
        self.0.iter().rev().any(|entry| now < entry.until)
    }

    fn usage(&self, charge: &Charge, now: OffsetDateTime) -> Usage {
        let window = charge.quota.window();
        let counts = |entry: &&Entry| now - window < entry.at && entry.at < now + window;
        let counting: Vec<_> = self.0.iter().filter(counts).collect();
        let (Some(oldest), Some(newest)) = (counting.first(), counting.last()) else {
            return Usage::NONE;
        };
        let used = u32::try_from(counting.len()).unwrap_or(u32::MAX);
        Usage::of(used, oldest.at, newest.at, charge.quota, now)
    }

    /// Time until one more hit is within the quota of `charge`.
    fn wait(&self, charge: &Charge, now: OffsetDateTime) -> Option<Duration> {
        let limit = usize::try_from(charge.quota.limit().get()).unwrap_or(usize::MAX);
        let window = charge.quota.window();
        // Later hits were counted before the clock was set back.
        let counted = self.0.partition_point(|entry| entry.at < now + window);
        let leaves_first = self.0.get(counted.checked_sub(limit)?)?;
        let wait = Duration::try_from(leaves_first.at + window - now).ok()?;
        Some(wait.min(window)).filter(|wait| !wait.is_zero())
    }
}

impl MemoryThrottleStore {
    fn logs(&self) -> Result<MutexGuard<'_, Logs>, ThrottleStoreError> {
        self.0.lock().map_err(|_| {
            ThrottleStoreError::new("a thread panicked while it held the lock of the counts")
        })
    }
}

#[async_trait]
impl ThrottleStore for MemoryThrottleStore {
    async fn hit(
        &self,
        charges: &[Charge],
        checked: &[Charge],
        now: OffsetDateTime,
    ) -> Result<Decision, ThrottleStoreError> {
        let mut logs = self.logs()?;
        if let Some(refusal) = refusal(&mut logs, charges.iter().chain(checked), now) {
            return Ok(Decision::Refused(refusal));
        }
        let id = Uuid::new_v4();
        for charge in charges {
            let count = (charge.policy, charge.subject);
            let log = logs.entry(count, |log| log.is_live(now), Log::default);
            log.push(Entry { at: now, until: now + charge.quota.window(), id });
        }
        Ok(Decision::Allowed(Hit { id, charges: charges.to_vec() }))
    }

    async fn refund(&self, hit: &Hit) -> Result<(), ThrottleStoreError> {
        let mut logs = self.logs()?;
        for charge in &hit.charges {
            if let Some(log) = logs.get_mut(&(charge.policy, charge.subject)) {
                log.0.retain(|entry| entry.id != hit.id);
            }
        }
        Ok(())
    }

    async fn usage(
        &self,
        charges: &[Charge],
        now: OffsetDateTime,
    ) -> Result<Vec<Usage>, ThrottleStoreError> {
        let mut logs = self.logs()?;
        let usage = |charge: &Charge| {
            let log = logs.get_mut(&(charge.policy, charge.subject));
            log.map_or(Usage::NONE, |log| log.usage(charge, now))
        };
        Ok(charges.iter().map(usage).collect())
    }

    async fn clear(&self, charges: &[Charge]) -> Result<(), ThrottleStoreError> {
        let mut logs = self.logs()?;
        for charge in charges {
            logs.remove(&(charge.policy, charge.subject));
        }
        Ok(())
    }
}

/// Refusal of the charge with the longest wait, if any has to wait.
fn refusal<'a>(
    logs: &mut Logs,
    charges: impl Iterator<Item = &'a Charge>,
    now: OffsetDateTime,
) -> Option<Refusal> {
    let refusals = charges.filter_map(|charge| {
        let log = logs.get_mut(&(charge.policy, charge.subject))?;
        log.drop_expired(now);
        log.wait(charge, now).map(|retry_after| Refusal::of(charge, retry_after))
    });
    refusals.max_by_key(|refusal| refusal.retry_after)
}
