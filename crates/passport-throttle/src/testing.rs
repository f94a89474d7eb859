//! Contract of [`ThrottleStore`]: one function per clause.
//!
//! An adapter runs every clause as a test of its own, on a fresh store or on keys of its own:
//!
//! ```text
//! passport_throttle::throttle_store_contract!(fresh_store());
//! ```
//!
//! where `fresh_store()` is a future of `Arc<dyn ThrottleStore>`. An attribute before it applies
//! to every test, for example in an adapter whose server is not present on every machine:
//!
//! ```text
//! passport_throttle::throttle_store_contract!(#[ignore = "needs Redis"] fresh_store());
//! ```

#![expect(
    clippy::missing_panics_doc,
    reason = "a clause panics when it is broken: that is its answer"
)]

use std::{future::Future, sync::Arc, time::Duration};

use time::{OffsetDateTime, macros::datetime};
use tokio::sync::Barrier;

use crate::{Charge, Decision, Quota, Receipt, Refusal, ThrottleStore};

const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30 UTC);

/// Expands to one `#[tokio::test]` for each clause of the [contract](crate::testing).
#[macro_export]
macro_rules! throttle_store_contract {
    (#[$attribute:meta] $store:expr) => {
        $crate::throttle_store_contract! { @clauses [#[$attribute]] $store }
    };
    ($store:expr) => {
        $crate::throttle_store_contract! { @clauses [] $store }
    };
    (@clauses $attributes:tt $store:expr) => {
        $crate::throttle_store_contract! { @tests $attributes $store;
            allows_up_to_the_limit,
            says_the_true_time_to_wait,
            window_slides,
            refusals_are_not_counted,
            all_charges_or_none,
            names_the_charge_that_waits_longest,
            check_counts_nothing,
            refund_takes_one_hit_back,
            keys_are_apart,
            an_act_without_charges_is_allowed,
            is_exact_under_concurrent_hits,
            is_exact_over_several_charges,
        }
    };
    (@tests $attributes:tt $store:expr; $($clause:ident),+ $(,)?) => {
        $($crate::throttle_store_contract! { @test $attributes $store; $clause })+
    };
    (@test [$(#[$attribute:meta])*] $store:expr; $clause:ident) => {
        $(#[$attribute])*
        #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $clause() {
            $crate::testing::$clause($store.await).await;
        }
    };
}

/// So many hits pass as the quota says, and not one more.
pub async fn allows_up_to_the_limit(store: Arc<dyn ThrottleStore>) {
    let charges = [charge("up to", 3, 60)];
    for _ in 0..3 {
        allowed(&store, &charges, NOW).await;
    }
    refused(&store, &charges, NOW).await;
}

/// A moment before `retry_after` is too early; at it the act is allowed (RL-7).
pub async fn says_the_true_time_to_wait(store: Arc<dyn ThrottleStore>) {
    let charges = [charge("wait", 2, 60)];
    allowed(&store, &charges, NOW).await;
    allowed(&store, &charges, at(10_000)).await;
    let refusal = refused(&store, &charges, at(15_000)).await;
    assert_eq!(refusal.retry_after, Duration::from_secs(45));
    let early = refused(&store, &charges, at(59_999)).await;
    assert_eq!(early.retry_after, Duration::from_millis(1));
    allowed(&store, &charges, at(60_000)).await;
    assert_eq!(refused(&store, &charges, at(60_000)).await.retry_after, Duration::from_secs(10));
}

/// No window of the quota's length holds more than the limit, wherever it starts.
pub async fn window_slides(store: Arc<dyn ThrottleStore>) {
    let charges = [charge("slides", 2, 60)];
    allowed(&store, &charges, at(50_000)).await;
    allowed(&store, &charges, at(59_000)).await;
    // A counter that starts anew with each full minute would allow this one.
    refused(&store, &charges, at(61_000)).await;
    allowed(&store, &charges, at(110_000)).await;
    refused(&store, &charges, at(111_000)).await;
}

/// Being refused does not make the wait longer.
pub async fn refusals_are_not_counted(store: Arc<dyn ThrottleStore>) {
    let charges = [charge("refusals", 1, 60)];
    allowed(&store, &charges, NOW).await;
    for second in 1..60 {
        refused(&store, &charges, at(second * 1_000)).await;
    }
    allowed(&store, &charges, at(60_000)).await;
}

/// When one quota is used up, none of the others is charged.
pub async fn all_charges_or_none(store: Arc<dyn ThrottleStore>) {
    let (tight, loose) = (charge("tight", 1, 60), charge("loose", 2, 60));
    allowed(&store, &[loose.clone(), tight.clone()], NOW).await;
    refused(&store, &[loose.clone(), tight.clone()], NOW).await;
    refused(&store, &[tight, loose.clone()], NOW).await;
    allowed(&store, std::slice::from_ref(&loose), NOW).await;
    refused(&store, &[loose], NOW).await;
}

/// Of several used-up quotas the longest wait is told.
pub async fn names_the_charge_that_waits_longest(store: Arc<dyn ThrottleStore>) {
    let charges = [charge("short", 1, 60), charge("long", 1, 3_600), charge("free", 9, 9_999)];
    allowed(&store, &charges, NOW).await;
    let refusal = refused(&store, &charges, at(1_000)).await;
    assert_eq!(refusal, Refusal { charge: 1, retry_after: Duration::from_secs(3_599) });
    let refusal = refused(&store, &charges[..1], at(1_000)).await;
    assert_eq!(refusal, Refusal { charge: 0, retry_after: Duration::from_secs(59) });
}

/// Asking does not use anything up, and its answer is that of a hit.
pub async fn check_counts_nothing(store: Arc<dyn ThrottleStore>) {
    let charges = [charge("check", 1, 60)];
    for _ in 0..3 {
        assert_eq!(store.check(&charges, NOW).await.expect("store answers"), None);
    }
    allowed(&store, &charges, NOW).await;
    let refusal = refused(&store, &charges, at(20_000)).await;
    let checked = store.check(&charges, at(20_000)).await.expect("store answers");
    assert_eq!(checked, Some(refusal));
    assert_eq!(store.check(&charges, at(60_000)).await.expect("store answers"), None);
}

/// A refund makes room for one hit, however often it is asked for.
pub async fn refund_takes_one_hit_back(store: Arc<dyn ThrottleStore>) {
    let charges = [charge("refund", 2, 60), charge("refund too", 2, 3_600)];
    let receipt = allowed(&store, &charges, NOW).await;
    allowed(&store, &charges, NOW).await;
    for _ in 0..3 {
        store.refund(&receipt).await.expect("store answers");
    }
    allowed(&store, &charges, NOW).await;
    refused(&store, &charges, NOW).await;
}

/// One key's hits do not count for another, however odd the keys are.
pub async fn keys_are_apart(store: Arc<dyn ThrottleStore>) {
    let keys = ["", "{}", "a:b c\r\n", "码", &"x".repeat(3_000), "2001:db8::/64"];
    for key in keys {
        allowed(&store, &[charge(key, 1, 60)], NOW).await;
    }
    for key in keys {
        refused(&store, &[charge(key, 1, 60)], NOW).await;
    }
}

/// Where nothing is charged nothing is refused.
pub async fn an_act_without_charges_is_allowed(store: Arc<dyn ThrottleStore>) {
    let receipt = allowed(&store, &[], NOW).await;
    assert_eq!(store.check(&[], NOW).await.expect("store answers"), None);
    store.refund(&receipt).await.expect("store answers");
}

/// Of many concurrent hits exactly as many pass as the quota says, round after round (RL-3).
pub async fn is_exact_under_concurrent_hits(store: Arc<dyn ThrottleStore>) {
    for round in 0..50 {
        let charges = [charge(&format!("exact {round}"), 3, 60)];
        assert_eq!(allowed_of_rivals(&store, &charges).await, 3, "round {round}");
    }
}

/// The same with several quotas: the tightest decides, and the others hold no more than it let by.
pub async fn is_exact_over_several_charges(store: Arc<dyn ThrottleStore>) {
    for round in 0..50 {
        let tight = charge(&format!("tight {round}"), 1, 60);
        let loose = charge(&format!("loose {round}"), 5, 60);
        let both = [loose.clone(), tight];
        assert_eq!(allowed_of_rivals(&store, &both).await, 1, "round {round}");
        assert_eq!(allowed_of_rivals(&store, &[loose]).await, 4, "round {round}");
    }
}

fn charge(key: &str, limit: u32, seconds: u64) -> Charge {
    let quota = Quota::new(limit, Duration::from_secs(seconds)).expect("quota is within bounds");
    Charge::new(key, quota)
}

fn at(milliseconds: u64) -> OffsetDateTime {
    NOW + Duration::from_millis(milliseconds)
}

async fn allowed(
    store: &Arc<dyn ThrottleStore>,
    charges: &[Charge],
    now: OffsetDateTime,
) -> Receipt {
    match store.hit(charges, now).await.expect("store answers") {
        Decision::Allowed(receipt) => receipt,
        Decision::Refused(refusal) => panic!("must be allowed, was {refusal:?}"),
    }
}

async fn refused(
    store: &Arc<dyn ThrottleStore>,
    charges: &[Charge],
    now: OffsetDateTime,
) -> Refusal {
    match store.hit(charges, now).await.expect("store answers") {
        Decision::Allowed(_) => panic!("must be refused, was allowed"),
        Decision::Refused(refusal) => refusal,
    }
}

async fn allowed_of_rivals(store: &Arc<dyn ThrottleStore>, charges: &[Charge]) -> usize {
    let decisions = race(12, |_| {
        let (store, charges) = (Arc::clone(store), charges.to_vec());
        async move { store.hit(&charges, NOW).await.expect("store answers") }
    })
    .await;
    decisions.iter().filter(|d| matches!(d, Decision::Allowed(_))).count()
}

/// Lets `rivals` meet at a barrier and act at once. Without the barrier, rivals on a cold pool run
/// one after the other, and a store that is not atomic passes.
async fn race<T, F>(rivals: usize, act: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let start = Arc::new(Barrier::new(rivals));
    let tasks = (0..rivals).map(|rival| {
        let (start, act) = (Arc::clone(&start), act(rival));
        tokio::spawn(async move {
            start.wait().await;
            act.await
        })
    });
    futures::future::join_all(tasks.collect::<Vec<_>>())
        .await
        .into_iter()
        .map(|outcome| outcome.expect("rival finishes"))
        .collect()
}
