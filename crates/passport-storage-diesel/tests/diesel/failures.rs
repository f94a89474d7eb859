//! Failures in a row: swept when they are forgotten, and without deadlocks.

use std::{sync::Arc, time::Duration};

use futures::future::join_all;
use passport_throttle::{Backoff, FailureStore, Permission, Series, SeriesKey};
use tokio::sync::Barrier;

use crate::room::{self, NOW};

const MICROSECOND: Duration = Duration::from_micros(1);

fn series(number: u32) -> Series {
    let mut key = [0; 32];
    key[..4].copy_from_slice(&number.to_be_bytes());
    let second = Duration::from_secs(1);
    Series { key: SeriesKey::new(key), backoff: Backoff::new(4, second, second, 100).unwrap() }
}

async fn failures(store: &Arc<dyn FailureStore>, number: u32, at: time::OffsetDateTime) -> u32 {
    match store.begin(&[series(number)], at).await.unwrap() {
        Permission::Go(attempt) => attempt.counted[0].failures,
        Permission::Blocked(block) => panic!("{block:?}"),
    }
}

/// More than two batches.
async fn a_sweep_deletes_exactly_what_is_forgotten(url: String) {
    let database = room::migrated(&url).await;
    let store = database.failures();
    let numbers: Vec<u32> = (0..2_105).collect();
    for some in numbers.chunks(5) {
        join_all(some.iter().map(|number| failures(&store, *number, NOW))).await;
    }
    failures(&store, 7, NOW + MICROSECOND).await;
    let end = NOW + Backoff::REMEMBERED;
    assert_eq!(database.sweep(end - MICROSECOND).await.unwrap(), 0);
    assert_eq!(database.sweep(end).await.unwrap(), 2_104);
    assert_eq!(database.sweep(end).await.unwrap(), 0);
    assert_eq!(failures(&store, 7, end).await, 3, "a series that is remembered was deleted");
    assert_eq!(failures(&store, 8, NOW).await, 1);
}

room::on_each_database!("multi_thread", a_sweep_deletes_exactly_what_is_forgotten);

/// Attempts on several series in different orders, their outcomes and sweeps, all at once.
async fn attempts_outcomes_and_sweeps_do_not_block_each_other(url: String) {
    const RIVALS: u32 = 8;
    let database = room::migrated(&url).await;
    let store = database.failures();
    for round in 0..50 {
        let forgotten = NOW + Backoff::REMEMBERED * (round + 1);
        let mut all: Vec<_> = (0..4).map(series).collect();
        all.rotate_left(round as usize % 4);
        let before = store.begin(&all, forgotten - Backoff::REMEMBERED).await.unwrap();
        assert!(before.block().is_none(), "round {round}: {before:?}");
        let start = Arc::new(Barrier::new(RIVALS as usize));
        let rivals = (0..RIVALS).map(|rival| {
            let (database, store, start) = (database.clone(), store.clone(), Arc::clone(&start));
            let mut all = all.clone();
            if rival % 2 == 0 {
                all.reverse();
            }
            tokio::spawn(async move {
                start.wait().await;
                if rival == RIVALS - 1 {
                    database
                        .sweep(forgotten)
                        .await
                        .map(drop)
                        .map_err(|error| room::chain(&error))?;
                    return Ok(());
                }
                let failed = |error| room::chain(&error);
                match store.begin(&all, forgotten).await.map_err(failed)? {
                    Permission::Go(attempt) if rival % 3 == 0 => store.succeed(&attempt).await,
                    Permission::Go(attempt) => store.forgive(&attempt).await,
                    Permission::Blocked(_) => Ok(()),
                }
                .map_err(failed)
            })
        });
        for outcome in join_all(rivals.collect::<Vec<_>>()).await {
            assert_eq!(outcome.unwrap(), Ok::<(), String>(()), "round {round}");
        }
        for number in 0..4 {
            store.clear(&series(number).key).await.unwrap();
        }
    }
}

room::on_each_database!("multi_thread", attempts_outcomes_and_sweeps_do_not_block_each_other);
