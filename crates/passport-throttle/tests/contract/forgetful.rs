//! The clauses on changed quotas catch stores whose counts depend on the quota of the latest call.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use passport_throttle::{
    Charge, Decision, Hit, Policy, Quota, Refusal, Subject, ThrottleStore, ThrottleStoreError,
    testing,
};
use time::OffsetDateTime;
use tokio::sync::Mutex;
use uuid::Uuid;

/// Part that the quota plays in a store where it should play none.
#[derive(Debug)]
enum Fault {
    /// Each call drops the hits that its own window no longer holds.
    DropsByLatestWindow,
    /// The quota is part of the key.
    CountsByQuota,
}

type Counts = HashMap<(Policy, Subject, Option<Quota>), Vec<OffsetDateTime>>;

#[derive(Debug)]
struct ForgetfulThrottleStore(Fault, Mutex<Counts>);

impl ForgetfulThrottleStore {
    fn with(fault: Fault) -> Arc<Self> {
        Arc::new(Self(fault, Mutex::default()))
    }

    fn key(&self, charge: &Charge) -> (Policy, Subject, Option<Quota>) {
        let quota = match self.0 {
            Fault::DropsByLatestWindow => None,
            Fault::CountsByQuota => Some(charge.quota),
        };
        (charge.policy, charge.subject, quota)
    }

    fn refusal(
        &self,
        counts: &mut Counts,
        charge: &Charge,
        now: OffsetDateTime,
    ) -> Option<Refusal> {
        let (limit, window) = (charge.quota.limit().get(), charge.quota.window());
        let hits = counts.entry(self.key(charge)).or_default();
        hits.retain(|at| now < *at + window);
        let surplus = hits.len().checked_sub(usize::try_from(limit).expect("limits are small"))?;
        let wait = Duration::try_from(hits[surplus] + window - now).expect("hits are live");
        Some(Refusal::of(charge, wait))
    }
}

#[async_trait]
impl ThrottleStore for ForgetfulThrottleStore {
    async fn hit(
        &self,
        charges: &[Charge],
        checked: &[Charge],
        now: OffsetDateTime,
    ) -> Result<Decision, ThrottleStoreError> {
        if let Some(refusal) = self.check(&[charges, checked].concat(), now).await? {
            return Ok(Decision::Refused(refusal));
        }
        let mut counts = self.1.lock().await;
        for charge in charges {
            counts.entry(self.key(charge)).or_default().push(now);
        }
        Ok(Decision::Allowed(Hit { id: Uuid::new_v4(), charges: charges.to_vec() }))
    }

    async fn check(
        &self,
        charges: &[Charge],
        now: OffsetDateTime,
    ) -> Result<Option<Refusal>, ThrottleStoreError> {
        let mut counts = self.1.lock().await;
        let refusals = charges.iter().filter_map(|it| self.refusal(&mut counts, it, now));
        Ok(refusals.max_by_key(|refusal| refusal.retry_after))
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

#[tokio::test]
async fn forgetful_stores_are_right_under_one_quota() {
    for fault in [Fault::DropsByLatestWindow, Fault::CountsByQuota] {
        let store = ForgetfulThrottleStore::with(fault);
        testing::window_slides(store.clone()).await;
        testing::says_the_true_time_to_wait(store.clone()).await;
        testing::counts_are_apart(store).await;
    }
}

#[tokio::test]
#[should_panic(expected = "must be refused")]
async fn hits_outlive_a_passing_narrower_window_fails_on_a_store_that_drops_by_the_latest_window() {
    let store = ForgetfulThrottleStore::with(Fault::DropsByLatestWindow);
    testing::hits_outlive_a_passing_narrower_window(store).await;
}

#[tokio::test]
#[should_panic(expected = "must be refused")]
async fn counts_survive_a_changed_limit_fails_on_a_store_that_counts_by_quota() {
    testing::counts_survive_a_changed_limit(ForgetfulThrottleStore::with(Fault::CountsByQuota))
        .await;
}

#[tokio::test]
#[should_panic(expected = "must be refused")]
async fn counts_survive_a_wider_window_fails_on_a_store_that_counts_by_quota() {
    testing::counts_survive_a_wider_window(ForgetfulThrottleStore::with(Fault::CountsByQuota))
        .await;
}

#[tokio::test]
#[should_panic(expected = "must be refused")]
async fn counts_survive_a_narrower_window_fails_on_a_store_that_counts_by_quota() {
    testing::counts_survive_a_narrower_window(ForgetfulThrottleStore::with(Fault::CountsByQuota))
        .await;
}
