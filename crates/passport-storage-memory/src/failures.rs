use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use passport_throttle::{
    Attempt, Block, FailureStore, FailureStoreError, Permission, Series, SeriesKey, Tally,
};
use time::OffsetDateTime;

use crate::expiry::ExpiringMap;

/// Failures in a row in the memory of this process. They are forgotten when it ends.
#[derive(Debug, Default)]
pub struct MemoryFailureStore(Mutex<Tallies>);

type Tallies = ExpiringMap<SeriesKey, Tally>;

impl Tallies {
    fn decide(&mut self, series: &[Series], now: OffsetDateTime) -> Permission {
        let known: Vec<_> = series.iter().map(|it| (*it, self.get_mut(&it.key).copied())).collect();
        Permission::decide(&known, now)
    }
}

impl MemoryFailureStore {
    fn tallies(&self) -> Result<MutexGuard<'_, Tallies>, FailureStoreError> {
        self.0.lock().map_err(|_| {
            FailureStoreError::new("a thread panicked while it held the lock of the failures")
        })
    }
}

#[async_trait]
impl FailureStore for MemoryFailureStore {
    async fn begin(
        &self,
        series: &[Series],
        now: OffsetDateTime,
    ) -> Result<Permission, FailureStoreError> {
        let mut tallies = self.tallies()?;
        let permission = tallies.decide(series, now);
        if let Permission::Go(attempt) = &permission {
            for counted in &attempt.counted {
                let tally = Tally { failures: counted.failures, last: counted.at };
                *tallies.entry(counted.key, |old| !old.is_forgotten(now), || tally) = tally;
            }
        }
        Ok(permission)
    }

    async fn check(
        &self,
        series: &[Series],
        now: OffsetDateTime,
    ) -> Result<Option<Block>, FailureStoreError> {
        Ok(self.tallies()?.decide(series, now).block())
    }

    async fn succeed(&self, attempt: &Attempt) -> Result<(), FailureStoreError> {
        let mut tallies = self.tallies()?;
        for counted in &attempt.counted {
            tallies.remove(&counted.key);
        }
        Ok(())
    }

    async fn forgive(&self, attempt: &Attempt) -> Result<(), FailureStoreError> {
        let mut tallies = self.tallies()?;
        for counted in &attempt.counted {
            let Some(tally) = tallies.get_mut(&counted.key) else { continue };
            if let Some(formerly) = counted.formerly
                && *tally == (Tally { failures: counted.failures, last: counted.at })
            {
                tally.last = formerly;
            }
            tally.failures = tally.failures.saturating_sub(1);
            if tally.failures == 0 {
                tallies.remove(&counted.key);
            }
        }
        Ok(())
    }

    async fn clear(&self, key: &SeriesKey) -> Result<(), FailureStoreError> {
        self.tallies()?.remove(key);
        Ok(())
    }

    async fn read(
        &self,
        keys: &[SeriesKey],
        now: OffsetDateTime,
    ) -> Result<Vec<Option<Tally>>, FailureStoreError> {
        let mut tallies = self.tallies()?;
        let tally = |key| tallies.get_mut(key).and_then(|tally| tally.live(now));
        Ok(keys.iter().map(tally).collect())
    }
}
