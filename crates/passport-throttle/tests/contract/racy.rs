//! The race clauses catch a store that reads and then writes.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use passport_throttle::{
    Charge, Decision, Hit, Policy, Refusal, Subject, ThrottleStore, ThrottleStoreError, testing,
};
use time::OffsetDateTime;
use tokio::{sync::Mutex, time::sleep};
use uuid::Uuid;

/// Counts without windows, and lets other calls run between its read and its write.
#[derive(Debug, Default)]
struct RacyThrottleStore(Mutex<HashMap<(Policy, Subject), u32>>);

#[async_trait]
impl ThrottleStore for RacyThrottleStore {
    async fn hit(
        &self,
        charges: &[Charge],
        checked: &[Charge],
        now: OffsetDateTime,
    ) -> Result<Decision, ThrottleStoreError> {
        if let Some(refusal) = self.check(&[charges, checked].concat(), now).await? {
            return Ok(Decision::Refused(refusal));
        }
        sleep(Duration::from_millis(1)).await;
        let mut counts = self.0.lock().await;
        for charge in charges {
            *counts.entry((charge.policy, charge.subject)).or_default() += 1;
        }
        Ok(Decision::Allowed(Hit { id: Uuid::new_v4(), charges: charges.to_vec() }))
    }

    async fn check(
        &self,
        charges: &[Charge],
        _now: OffsetDateTime,
    ) -> Result<Option<Refusal>, ThrottleStoreError> {
        let counts = self.0.lock().await;
        let is_full = |charge: &&Charge| {
            let count = counts.get(&(charge.policy, charge.subject));
            count.is_some_and(|&hits| hits >= charge.quota.limit().get())
        };
        let full = charges.iter().find(is_full);
        Ok(full.map(|charge| Refusal::of(charge, charge.quota.window())))
    }

    async fn refund(&self, _hit: &Hit) -> Result<(), ThrottleStoreError> {
        Ok(())
    }

    async fn usage(
        &self,
        _: &[passport_throttle::Charge],
        _: OffsetDateTime,
    ) -> Result<Vec<passport_throttle::Usage>, ThrottleStoreError> {
        Err(ThrottleStoreError::new("only races are shown"))
    }

    async fn clear(&self, _: &[passport_throttle::Charge]) -> Result<(), ThrottleStoreError> {
        Err(ThrottleStoreError::new("only races are shown"))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_that_is_not_atomic_is_otherwise_right() {
    testing::allows_up_to_the_limit(Arc::new(RacyThrottleStore::default())).await;
    testing::all_charges_or_none(Arc::new(RacyThrottleStore::default())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "round")]
async fn is_exact_under_concurrent_hits_fails_on_a_store_that_is_not_atomic() {
    testing::is_exact_under_concurrent_hits(Arc::new(RacyThrottleStore::default())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "round")]
async fn is_exact_over_several_subjects_fails_on_a_store_that_is_not_atomic() {
    testing::is_exact_over_several_subjects(Arc::new(RacyThrottleStore::default())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "round")]
async fn is_exact_over_several_charges_fails_on_a_store_that_is_not_atomic() {
    testing::is_exact_over_several_charges(Arc::new(RacyThrottleStore::default())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "round")]
async fn checks_are_exact_under_concurrent_hits_fails_on_a_store_that_is_not_atomic() {
    testing::checks_are_exact_under_concurrent_hits(Arc::new(RacyThrottleStore::default())).await;
}
