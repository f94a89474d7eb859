//! Clauses about concurrent readers and changes.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Barrier, time::sleep};

use super::{CacheRoom, CachingStore, LEASE, NOW};
use crate::SessionDigest;

/// Of several concurrent fills with one version one succeeds, and its value is found.
pub async fn fill_has_one_winner(store: CachingStore) {
    let it = CacheRoom::new(store);
    for round in 0..50 {
        let (digest, _) = it.create().await;
        let seen = it.look_up(&digest, NOW).await.expect("the session is live");
        let start = Arc::new(Barrier::new(8));
        let rivals = (0..8_u8).map(|n| {
            let (it, seen, start) = (it.clone(), seen.clone(), Arc::clone(&start));
            tokio::spawn(async move {
                start.wait().await;
                it.fill(&digest, &seen, &[n]).await.then_some(n)
            })
        });
        let mut winners = Vec::new();
        for rival in rivals.collect::<Vec<_>>() {
            winners.extend(rival.await.expect("rival finishes"));
        }
        assert_eq!(winners.len(), 1, "round {round}");
        assert_eq!(it.value(&digest).await, Some(winners), "round {round}");
    }
}

/// Source of what is cached: a number that changes grow.
#[derive(Default)]
struct Source(AtomicU32);

impl Source {
    /// The value that a reader is given: that of the entry, or what it reads and fills.
    async fn read(&self, it: &CacheRoom, digest: &SessionDigest, delay: Duration) -> u32 {
        let found = it.look_up(digest, NOW).await.expect("the session is live");
        if let Some(value) = &found.value {
            return u32::from_be_bytes(value.as_slice().try_into().expect("four bytes"));
        }
        let value = self.0.load(Ordering::SeqCst);
        // A reader may be late.
        sleep(delay).await;
        it.fill(digest, &found, &value.to_be_bytes()).await;
        value
    }

    async fn change(&self, it: &CacheRoom, delay: Duration) -> u32 {
        let change = it.begin(LEASE).await;
        sleep(delay).await;
        let value = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        it.end(change).await;
        value
    }
}

/// A read that begins after the end of a change has its value or a later one, in every round.
pub async fn no_former_value_is_seen_after_a_change_under_concurrent_reads(store: CachingStore) {
    let it = CacheRoom::new(store);
    for round in 0..50_u64 {
        let (it, source) = (it.next(), Arc::new(Source::default()));
        let digests = [it.create().await.0, it.create().await.0];
        let start = Arc::new(Barrier::new(9));
        let readers = (0..8_u64).map(|n| {
            let (it, source, start) = (it.clone(), Arc::clone(&source), Arc::clone(&start));
            let digest = digests[usize::from(n % 2 == 0)];
            tokio::spawn(async move {
                start.wait().await;
                for step in 0..6 {
                    let delay = Duration::from_micros((n * 700 + step * 400 + round * 90) % 4_000);
                    source.read(&it, &digest, delay).await;
                }
            })
        });
        let readers = readers.collect::<Vec<_>>();
        start.wait().await;
        for step in 0..3 {
            let changed = source.change(&it, Duration::from_micros(900 * step + 50 * round)).await;
            for digest in &digests {
                let seen = source.read(&it, digest, Duration::ZERO).await;
                assert!(seen >= changed, "round {round}: {seen} after change {changed}");
            }
        }
        for reader in readers {
            reader.await.expect("reader finishes");
        }
        for digest in &digests {
            assert_eq!(source.read(&it, digest, Duration::ZERO).await, 3, "round {round}");
        }
    }
}

/// The same while several changes are under way, on several nodes.
pub async fn no_former_value_is_seen_after_overlapping_changes(store: CachingStore) {
    let it = CacheRoom::new(store);
    for round in 0..50_u64 {
        let (it, source) = (it.next(), Arc::new(Source::default()));
        let (digest, _) = it.create().await;
        let start = Arc::new(Barrier::new(8));
        let acts = (0..8_u64).map(|n| {
            let (it, source, start) = (it.clone(), Arc::clone(&source), Arc::clone(&start));
            tokio::spawn(async move {
                start.wait().await;
                let delay = Duration::from_micros((n * 500 + round * 70) % 3_000);
                if n % 2 == 0 {
                    let changed = source.change(&it, delay).await;
                    let seen = source.read(&it, &digest, delay).await;
                    assert!(seen >= changed, "round {round}: {seen} after change {changed}");
                } else {
                    for _ in 0..4 {
                        source.read(&it, &digest, delay).await;
                    }
                }
            })
        });
        for act in acts.collect::<Vec<_>>() {
            if let Err(failure) = act.await {
                std::panic::resume_unwind(failure.into_panic());
            }
        }
        let seen = source.read(&it, &digest, Duration::ZERO).await;
        assert_eq!(seen, 4, "round {round}");
    }
}
