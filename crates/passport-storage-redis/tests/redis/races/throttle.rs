use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use passport_throttle::{
    Charge, Decision, Hit, Refusal, ThrottleStore, ThrottleStoreError, testing,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Room, is_caught};

/// Broken store that reads the count and then adds one. Its windows never end.
#[derive(Debug)]
struct RacyRedisThrottleStore(Room);

impl RacyRedisThrottleStore {
    async fn fresh() -> Arc<Self> {
        Arc::new(Self(Room::new().await))
    }
}

#[async_trait]
impl ThrottleStore for RacyRedisThrottleStore {
    async fn hit(
        &self,
        charges: &[Charge],
        checked: &[Charge],
        now: OffsetDateTime,
    ) -> Result<Decision, ThrottleStoreError> {
        if let Some(refusal) = self.check(&[charges, checked].concat(), now).await? {
            return Ok(Decision::Refused(refusal));
        }
        for charge in charges {
            let _: () = self.0.ask(&self.0.command("INCR", &key(charge))).await;
            let _: () = self.0.ask(self.0.command("EXPIRE", &key(charge)).arg(60)).await;
        }
        Ok(Decision::Allowed(Hit { id: Uuid::nil(), charges: charges.to_vec() }))
    }

    async fn check(
        &self,
        charges: &[Charge],
        _now: OffsetDateTime,
    ) -> Result<Option<Refusal>, ThrottleStoreError> {
        for charge in charges {
            let count: Option<u32> = self.0.ask(&self.0.command("GET", &key(charge))).await;
            if count.unwrap_or_default() >= charge.quota.limit().get() {
                return Ok(Some(Refusal::of(charge, Duration::from_secs(1))));
            }
        }
        Ok(None)
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

fn key(charge: &Charge) -> String {
    format!("{}:{}", charge.policy, charge.subject)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs Redis"]
async fn a_racy_store_is_right_without_rivals() {
    let store = RacyRedisThrottleStore::fresh().await;
    testing::allows_up_to_the_limit(store.clone()).await;
    testing::all_charges_or_none(store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs Redis"]
async fn is_exact_under_concurrent_hits_catches_it() {
    let store = RacyRedisThrottleStore::fresh().await;
    is_caught(testing::is_exact_under_concurrent_hits(store)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs Redis"]
async fn is_exact_over_several_charges_catches_it() {
    let store = RacyRedisThrottleStore::fresh().await;
    is_caught(testing::is_exact_over_several_charges(store)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs Redis"]
async fn checks_are_exact_under_concurrent_hits_catches_it() {
    let store = RacyRedisThrottleStore::fresh().await;
    is_caught(testing::checks_are_exact_under_concurrent_hits(store)).await;
}
