//! A code, its charges, and what is known of them.

use std::{future::Future, num::NonZeroU32, sync::Arc, time::Duration};

use passport_codes::{
    Binding, CodeDigest, CodeKey, CodeStore, Guess, Purpose, Redemption, StoredCode,
};
use passport_throttle::{
    Backoff, Block, Charge, FailureStore, Hit, Passage, Policy, Quota, Refusal, Series, SeriesKey,
    Subject, ThrottleStore, Toll,
};
use time::{OffsetDateTime, macros::datetime};
use tokio::sync::Barrier;

use crate::ChargedCodes;

pub(super) const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30 UTC);
pub(super) const RIGHT: u8 = 1;
pub(super) const WRONG: u8 = 2;
pub(super) const MINUTE: Duration = Duration::from_mins(1);

/// An implementation, and ports over the stores in which it works, which show what it did.
#[derive(Debug, Clone)]
pub struct ChargedStores {
    /// The implementation.
    pub charged: Arc<dyn ChargedCodes>,
    /// Codes.
    pub codes: Arc<dyn CodeStore>,
    /// Counts.
    pub throttle: Arc<dyn ThrottleStore>,
    /// Failures in a row.
    pub failures: Arc<dyn FailureStore>,
}

/// Keys of its own in the stores, so that clauses and rounds can share them.
#[derive(Clone)]
pub(super) struct Room {
    pub(super) stores: ChargedStores,
    number: u8,
}

impl Room {
    pub(super) fn new(stores: &ChargedStores, number: u8) -> Self {
        Self { stores: stores.clone(), number }
    }

    pub(super) fn key(&self) -> CodeKey {
        CodeKey::new(Purpose::new("sign_in"), format!("{:02x}", self.number).repeat(16))
    }

    /// A count of the client, which comes first, or of the number.
    pub(super) fn charge(&self, policy: &'static str, limit: u32) -> Charge {
        let is_of_client = policy.contains("client");
        let subject =
            Subject::new([self.number, u8::from(is_of_client)].repeat(8).try_into().expect("16"));
        Charge::new(Policy::new(policy), subject, Quota::new(limit, MINUTE).expect("within bounds"))
    }

    pub(super) fn series(&self, free: u32) -> Series {
        let backoff = Backoff::new(free, MINUTE, MINUTE, 100).expect("within bounds");
        Series { key: SeriesKey::new([self.number; 32]), backoff }
    }

    /// Two subjects, of which one is only checked, and a series.
    pub(super) fn toll(&self, limit: u32) -> Toll {
        Toll {
            charges: vec![self.charge("per-client", limit), self.charge("per-number", limit)],
            checked: vec![self.charge("checked-client", 1), self.charge("checked-number", 1)],
            series: vec![self.series(limit)],
        }
    }

    pub(super) fn guess(&self, digest: u8, binding: Option<u8>) -> Guess {
        let digest = CodeDigest::from_bytes([digest; 32]);
        let binding = binding.map(|byte| Binding::from_bytes([byte; 16]));
        Guess { key: self.key(), digest, binding }
    }

    pub(super) async fn put_of(&self, digest: u8, toll: &Toll) -> Passage<Hit> {
        let code = StoredCode {
            digest: CodeDigest::from_bytes([digest; 32]),
            binding: Some(Binding::from_bytes([7; 16])),
            tries_left: NonZeroU32::new(10).expect("more than none"),
            expires_at: NOW + 5 * MINUTE,
        };
        let key = self.key();
        self.stores.charged.put(toll, (&key, code), NOW).await.expect("stores answer")
    }

    pub(super) async fn put(&self, toll: &Toll) -> Hit {
        match self.put_of(RIGHT, toll).await {
            Passage::Passed(hit) => hit,
            other => panic!("must pass, was {other:?}"),
        }
    }

    pub(super) async fn redeem_of(&self, guess: &Guess, toll: &Toll) -> Passage<Redemption> {
        self.stores.charged.redeem(toll, guess, NOW).await.expect("stores answer")
    }

    /// Redeems with the binding of the code.
    pub(super) async fn redeem(&self, digest: u8, toll: &Toll) -> Passage<Redemption> {
        self.redeem_of(&self.guess(digest, Some(7)), toll).await
    }

    pub(super) async fn holds(&self, digest: u8) -> bool {
        let digest = CodeDigest::from_bytes([digest; 32]);
        self.stores.codes.holds(&self.key(), digest, NOW).await.expect("store answers")
    }

    pub(super) async fn used(&self, charge: Charge) -> u32 {
        let usage = self.stores.throttle.usage(&[charge], NOW).await.expect("store answers");
        usage[0].used
    }

    /// Hits of each count of `toll`, in order.
    pub(super) async fn all_used(&self, toll: &Toll) -> Vec<u32> {
        let mut used = Vec::new();
        for charge in toll.counts() {
            used.push(self.used(*charge).await);
        }
        used
    }

    pub(super) async fn failed(&self) -> u32 {
        let keys = [SeriesKey::new([self.number; 32])];
        let tallies = self.stores.failures.read(&keys, NOW).await.expect("store answers");
        tallies[0].map_or(0, |tally| tally.failures)
    }

    /// Uses up a count.
    pub(super) async fn fill(&self, charge: Charge) {
        for _ in 0..charge.quota.limit().get() {
            self.stores.throttle.hit(&[charge], &[], NOW).await.expect("store answers");
        }
    }

    /// Counts a failure that is not undone.
    pub(super) async fn fail(&self, series: Series) {
        self.stores.failures.begin(&[series], NOW).await.expect("store answers");
    }
}

#[track_caller]
pub(super) fn refused<T: std::fmt::Debug>(passage: &Passage<T>) -> Refusal {
    match passage {
        Passage::Refused(refusal) => *refusal,
        other => panic!("must be refused, was {other:?}"),
    }
}

#[track_caller]
pub(super) fn blocked<T: std::fmt::Debug>(passage: &Passage<T>) -> Block {
    match passage {
        Passage::Blocked(block) => *block,
        other => panic!("must be blocked, was {other:?}"),
    }
}

/// Starts `rivals` at a barrier; without it, rivals on a cold pool run one after the other.
pub(super) async fn race<T, F>(rivals: u8, act: impl Fn(u8) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let start = Arc::new(Barrier::new(rivals.into()));
    let tasks = (0..rivals).map(|rival| {
        let (start, act) = (Arc::clone(&start), act(rival));
        tokio::spawn(async move {
            start.wait().await;
            act.await
        })
    });
    let mut outcomes = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        outcomes.push(task.await.expect("rival finishes"));
    }
    outcomes
}
