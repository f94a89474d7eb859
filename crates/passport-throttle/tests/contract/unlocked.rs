//! The race clauses about failures catch a store that reads and then writes.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use passport_throttle::{
    Attempt, Block, Counted, FailureStore, FailureStoreError, Permission, Series, SeriesKey, Tally,
    testing::failures,
};
use time::OffsetDateTime;
use tokio::{sync::Mutex, time::sleep};

/// Lets other calls run between its read and its write.
#[derive(Debug, Default)]
struct RacyFailureStore(Mutex<HashMap<SeriesKey, Tally>>);

impl RacyFailureStore {
    async fn tally(&self, key: &SeriesKey) -> Option<Tally> {
        self.0.lock().await.get(key).copied()
    }

    async fn decide(&self, series: &[Series], now: OffsetDateTime) -> Permission {
        let mut known = Vec::new();
        for series in series {
            known.push((*series, self.tally(&series.key).await));
        }
        Permission::decide(&known, now)
    }
}

#[async_trait]
impl FailureStore for RacyFailureStore {
    async fn begin(
        &self,
        series: &[Series],
        now: OffsetDateTime,
    ) -> Result<Permission, FailureStoreError> {
        let permission = self.decide(series, now).await;
        if let Permission::Go(attempt) = &permission {
            sleep(Duration::from_millis(1)).await;
            let tally = |it: &Counted| (it.key, Tally { failures: it.failures, last: it.at });
            self.0.lock().await.extend(attempt.counted.iter().map(tally));
        }
        Ok(permission)
    }

    async fn check(
        &self,
        series: &[Series],
        now: OffsetDateTime,
    ) -> Result<Option<Block>, FailureStoreError> {
        Ok(self.decide(series, now).await.block())
    }

    async fn succeed(&self, attempt: &Attempt) -> Result<(), FailureStoreError> {
        for counted in &attempt.counted {
            self.clear(&counted.key).await?;
        }
        Ok(())
    }

    async fn forgive(&self, attempt: &Attempt) -> Result<(), FailureStoreError> {
        for counted in &attempt.counted {
            let Some(mut tally) = self.tally(&counted.key).await else { continue };
            sleep(Duration::from_millis(1)).await;
            if let Some(formerly) = counted.formerly
                && tally == (Tally { failures: counted.failures, last: counted.at })
            {
                tally.last = formerly;
            }
            tally.failures = tally.failures.saturating_sub(1);
            self.0.lock().await.insert(counted.key, tally);
        }
        Ok(())
    }

    async fn clear(&self, key: &SeriesKey) -> Result<(), FailureStoreError> {
        self.0.lock().await.remove(key);
        Ok(())
    }

    async fn read(
        &self,
        _: &[SeriesKey],
        _: OffsetDateTime,
    ) -> Result<Vec<Option<passport_throttle::Tally>>, FailureStoreError> {
        Err(FailureStoreError::new("only races are shown"))
    }
}

fn store() -> Arc<dyn FailureStore> {
    Arc::new(RacyFailureStore::default())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_failure_store_that_is_not_atomic_is_otherwise_right() {
    failures::delays_grow_after_the_free_failures(store()).await;
    failures::forgiven_failures_are_subtracted_with_their_delay(store()).await;
    failures::forgiveness_keeps_the_delay_of_a_later_attempt(store()).await;
    failures::a_count_never_falls_below_zero(store()).await;
    failures::all_series_or_none(store()).await;
    failures::remembers_thirty_days(store()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "round")]
async fn parallel_attempts_outrun_the_count_of_a_store_that_is_not_atomic() {
    failures::parallel_attempts_cannot_outrun_the_count(store()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "round")]
async fn failures_are_lost_by_a_store_that_is_not_atomic() {
    failures::no_failure_is_lost(store()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "round")]
async fn forgiveness_is_lost_by_a_store_that_is_not_atomic() {
    failures::no_forgiveness_is_lost(store()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "round")]
async fn all_series_or_none_at_once_fails_on_a_store_that_is_not_atomic() {
    failures::all_series_or_none_at_once(store()).await;
}
