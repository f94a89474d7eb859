use std::{sync::Arc, time::Duration};

use passport_storage_redis::RedisFailureStore;
use passport_throttle::{
    Backoff, Block, FailureStore, Permission, Series, SeriesKey, testing::failures,
};

use super::{NOW, cluster};
use crate::server::{open, prefix};

fn series(key: u8, stop: u32) -> Series {
    let backoff = Backoff::new(100, Duration::ZERO, Duration::ZERO, stop).unwrap();
    Series { key: SeriesKey::new([key; 32]), backoff }
}

async fn count(store: &RedisFailureStore, series: Series) -> u32 {
    match store.begin(&[series], NOW).await.unwrap() {
        Permission::Go(attempt) => {
            store.forgive(&attempt).await.unwrap();
            attempt.counted[0].failures - 1
        }
        Permission::Blocked(block) => panic!("{block:?}"),
    }
}

/// The clauses with several series; the others use one key.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs redis-server"]
async fn the_contract_of_failures_holds_where_each_series_has_its_own_slot() {
    let server = cluster().await;
    let fresh_store = || -> Arc<dyn FailureStore> {
        Arc::new(RedisFailureStore::new(open(&server.url, &prefix())))
    };
    failures::all_series_or_none(fresh_store()).await;
    failures::a_stop_outweighs_a_wait(fresh_store()).await;
    failures::check_says_what_begin_would_and_counts_nothing(fresh_store()).await;
    failures::an_attempt_without_series_is_allowed(fresh_store()).await;
    failures::parallel_attempts_cannot_outrun_the_count(fresh_store()).await;
}

/// Attempts at once may keep out each other for a moment, but none goes beyond the limit.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs redis-server"]
async fn attempts_at_once_on_two_slots_stay_within_the_limit() {
    let server = cluster().await;
    for round in 0..50 {
        let store = Arc::new(RedisFailureStore::new(open(&server.url, &prefix())));
        let (open, stopping) = (series(1, 100), series(2, 5));
        let start = Arc::new(tokio::sync::Barrier::new(16));
        let rivals = (0..16).map(|_| {
            let (store, start) = (Arc::clone(&store), Arc::clone(&start));
            tokio::spawn(async move {
                start.wait().await;
                store.begin(&[open, stopping], NOW).await.unwrap().block()
            })
        });
        let mut allowed = 0;
        for rival in rivals.collect::<Vec<_>>() {
            match rival.await.unwrap() {
                None => allowed += 1,
                Some(block) => assert_eq!(block, Block::Stopped, "round {round}"),
            }
        }
        assert_eq!(allowed, 5, "round {round}");
        assert_eq!(count(&store, open).await, 5, "round {round}: a refused attempt was counted");
    }
}

/// A key of another type makes Redis fail at the second series.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs redis-server"]
async fn a_fault_at_the_second_series_leaves_no_failure_in_the_first() {
    let server = cluster().await;
    let store = RedisFailureStore::new(open(&server.url, "passport"));
    let (first, second) = (series(1, 100), series(2, 100));
    let _: () = server.ask(&format!("SET passport:failures:{} x", "02".repeat(32))).await;
    for _ in 0..3 {
        store.begin(&[first, second], NOW).await.unwrap_err();
        assert_eq!(count(&store, first).await, 0);
    }
}
