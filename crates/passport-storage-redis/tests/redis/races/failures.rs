use std::sync::Arc;

use async_trait::async_trait;
use passport_throttle::{
    Attempt, Block, FailureStore, FailureStoreError, Permission, Series, SeriesKey, Tally,
    testing::failures,
};
use time::OffsetDateTime;

use super::{Room, is_caught};

/// Broken store that reads the tallies and then writes them.
#[derive(Debug)]
struct RacyRedisFailureStore(Room);

impl RacyRedisFailureStore {
    async fn fresh() -> Arc<Self> {
        Arc::new(Self(Room::new().await))
    }

    async fn read(&self, key: &SeriesKey) -> Option<Tally> {
        let mut get = self.0.command("HMGET", &hex::encode(key.as_bytes()));
        let (failures, last): (Option<u32>, Option<i64>) =
            self.0.ask(get.arg("failures").arg("last")).await;
        let last = OffsetDateTime::from_unix_timestamp(last?).expect("as it was written");
        Some(Tally { failures: failures?, last })
    }

    async fn write(&self, key: &SeriesKey, tally: Tally) {
        let key = hex::encode(key.as_bytes());
        let mut set = self.0.command("HSET", &key);
        set.arg("failures").arg(tally.failures).arg("last").arg(tally.last.unix_timestamp());
        let _: () = self.0.ask(&set).await;
        let _: () = self.0.ask(self.0.command("EXPIRE", &key).arg(60)).await;
    }

    async fn decide(&self, series: &[Series], now: OffsetDateTime) -> Permission {
        let mut known = Vec::new();
        for series in series {
            known.push((*series, self.read(&series.key).await));
        }
        Permission::decide(&known, now)
    }
}

#[async_trait]
impl FailureStore for RacyRedisFailureStore {
    async fn begin(
        &self,
        series: &[Series],
        now: OffsetDateTime,
    ) -> Result<Permission, FailureStoreError> {
        let permission = self.decide(series, now).await;
        if let Permission::Go(attempt) = &permission {
            for counted in &attempt.counted {
                let tally = Tally { failures: counted.failures, last: counted.at };
                self.write(&counted.key, tally).await;
            }
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
            let Some(tally) = self.read(&counted.key).await else { continue };
            let is_last = tally == (Tally { failures: counted.failures, last: counted.at });
            let last = counted.formerly.filter(|_| is_last).unwrap_or(tally.last);
            let failures = tally.failures.saturating_sub(1);
            self.write(&counted.key, Tally { failures, last }).await;
        }
        Ok(())
    }

    async fn clear(&self, key: &SeriesKey) -> Result<(), FailureStoreError> {
        let _: () = self.0.ask(&self.0.command("DEL", &hex::encode(key.as_bytes()))).await;
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

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs Redis"]
async fn a_racy_store_is_right_without_rivals() {
    let store = RacyRedisFailureStore::fresh().await;
    failures::delays_grow_after_the_free_failures(store.clone()).await;
    failures::all_series_or_none(store.clone()).await;
    failures::forgiven_failures_are_subtracted_with_their_delay(store.clone()).await;
    failures::a_count_never_falls_below_zero(store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs Redis"]
async fn parallel_attempts_cannot_outrun_the_count_catches_it() {
    let store = RacyRedisFailureStore::fresh().await;
    is_caught(failures::parallel_attempts_cannot_outrun_the_count(store)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs Redis"]
async fn no_failure_is_lost_catches_it() {
    let store = RacyRedisFailureStore::fresh().await;
    is_caught(failures::no_failure_is_lost(store)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs Redis"]
async fn no_forgiveness_is_lost_catches_it() {
    let store = RacyRedisFailureStore::fresh().await;
    is_caught(failures::no_forgiveness_is_lost(store)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs Redis"]
async fn all_series_or_none_at_once_catches_it() {
    let store = RacyRedisFailureStore::fresh().await;
    is_caught(failures::all_series_or_none_at_once(store)).await;
}
