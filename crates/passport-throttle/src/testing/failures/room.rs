use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use time::OffsetDateTime;

pub(super) use crate::testing::harness::{NOW, race};
use crate::{Attempt, Backoff, Block, FailureStore, Permission, Series, SeriesKey};

pub(super) const STOPPED: Permission = Permission::Blocked(Block::Stopped);
pub(super) const SECOND: Duration = Duration::from_secs(1);

pub(super) fn backoff(free: u32, first: u64, longest: u64, stop: u32) -> Backoff {
    let [first, longest] = [first, longest].map(Duration::from_secs);
    Backoff::new(free, first, longest, stop).expect("backoff is within bounds")
}

/// A store with a series of its own, so that clauses can share the store.
#[derive(Clone)]
pub(super) struct Room {
    pub(super) store: Arc<dyn FailureStore>,
    pub(super) series: Series,
}

impl Room {
    pub(super) fn new(store: Arc<dyn FailureStore>, backoff: Backoff) -> Self {
        Self { store, series: Series { key: fresh_key(), backoff } }
    }

    /// Another series of the same store.
    pub(super) fn beside(&self, backoff: Backoff) -> Self {
        Self::new(Arc::clone(&self.store), backoff)
    }

    /// The same series with another backoff.
    pub(super) fn with(&self, backoff: Backoff) -> Self {
        Self { store: Arc::clone(&self.store), series: Series { backoff, ..self.series } }
    }

    pub(super) fn key(&self) -> SeriesKey {
        self.series.key
    }

    pub(super) async fn begin(&self, now: OffsetDateTime) -> Permission {
        self.begin_with(&[self.series], now).await
    }

    pub(super) async fn begin_with(&self, series: &[Series], now: OffsetDateTime) -> Permission {
        self.store.begin(series, now).await.expect("store answers")
    }

    pub(super) async fn check(&self, now: OffsetDateTime) -> Option<Block> {
        self.store.check(&[self.series], now).await.expect("store answers")
    }

    pub(super) async fn go(&self, now: OffsetDateTime) -> Attempt {
        self.go_with(&[self.series], now).await
    }

    pub(super) async fn go_with(&self, series: &[Series], now: OffsetDateTime) -> Attempt {
        match self.begin_with(series, now).await {
            Permission::Go(attempt) => attempt,
            refused @ Permission::Blocked(_) => panic!("must be allowed, was {refused:?}"),
        }
    }

    pub(super) async fn wait(&self, now: OffsetDateTime) -> Duration {
        match self.begin(now).await {
            Permission::Blocked(Block::Wait(wait)) => wait,
            other => panic!("must wait, was {other:?}"),
        }
    }

    pub(super) async fn forgive(&self, attempt: &Attempt) {
        self.store.forgive(attempt).await.expect("store answers");
    }
}

/// A key that no other series of this process has. The order of keys is not that of their creation.
fn fresh_key() -> SeriesKey {
    static CREATED: AtomicU64 = AtomicU64::new(1);
    let number = CREATED.fetch_add(1, Ordering::Relaxed);
    let mut key = [0; 32];
    key[..8].copy_from_slice(&number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
    SeriesKey::new(key)
}
