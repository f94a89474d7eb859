//! Contract of [`ThrottleStore`]: one function per clause. That of [`FailureStore`](crate::FailureStore)
//! is in [`failures`].
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

#![expect(clippy::missing_panics_doc, reason = "a clause reports a violation by panicking")]

pub mod failures;

mod checked;
mod clock;
mod harness;
mod retuning;
mod usage;

use std::{sync::Arc, time::Duration};

pub use checked::{
    checked_charges_need_room_and_are_not_counted, checks_are_exact_under_concurrent_hits,
    refund_leaves_what_was_only_checked,
};
pub use clock::hits_in_the_future_wait_a_window_at_most;
use harness::{NOW, allowed, allowed_of_rivals, at, charge, quota, refused, subject};
pub use retuning::{
    counts_survive_a_changed_limit, counts_survive_a_narrower_window,
    counts_survive_a_wider_window, hits_outlive_a_passing_narrower_window,
};
pub use usage::{clear_forgets_all_hits_of_a_count, usage_is_what_counts_now};

use crate::{Charge, Hit, Policy, ThrottleStore};

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
            all_charges_or_none_over_subjects,
            names_the_charge_that_waits_longest,
            check_counts_nothing,
            checked_charges_need_room_and_are_not_counted,
            refund_leaves_what_was_only_checked,
            refund_takes_one_hit_back,
            refund_of_some_charges_keeps_the_others,
            counts_are_apart,
            an_act_without_charges_is_allowed,
            counts_survive_a_changed_limit,
            counts_survive_a_wider_window,
            counts_survive_a_narrower_window,
            hits_outlive_a_passing_narrower_window,
            hits_in_the_future_wait_a_window_at_most,
            usage_is_what_counts_now,
            clear_forgets_all_hits_of_a_count,
            is_exact_under_concurrent_hits,
            is_exact_over_several_charges,
            is_exact_over_several_subjects,
            checks_are_exact_under_concurrent_hits,
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

/// Exactly as many hits pass as the quota allows.
pub async fn allows_up_to_the_limit(store: Arc<dyn ThrottleStore>) {
    let charges = [charge("up-to", 3, 60)];
    for _ in 0..3 {
        allowed(&store, &charges, NOW).await;
    }
    refused(&store, &charges, NOW).await;
}

/// A moment before `retry_after` is too early; at `retry_after` the operation is allowed (RL-7).
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
    // A counter that is reset with each full minute would allow this one.
    refused(&store, &charges, at(61_000)).await;
    allowed(&store, &charges, at(110_000)).await;
    refused(&store, &charges, at(111_000)).await;
}

/// A refused hit does not lengthen the wait.
pub async fn refusals_are_not_counted(store: Arc<dyn ThrottleStore>) {
    let charges = [charge("refusals", 1, 60)];
    allowed(&store, &charges, NOW).await;
    for second in 1..60 {
        refused(&store, &charges, at(second * 1_000)).await;
    }
    allowed(&store, &charges, at(60_000)).await;
}

/// If one quota is used up, none of the others is charged.
pub async fn all_charges_or_none(store: Arc<dyn ThrottleStore>) {
    let (tight, loose) = (charge("tight", 1, 60), charge("loose", 2, 60));
    allowed(&store, &[loose, tight], NOW).await;
    refused(&store, &[loose, tight], NOW).await;
    refused(&store, &[tight, loose], NOW).await;
    allowed(&store, &[loose], NOW).await;
    refused(&store, &[loose], NOW).await;
}

/// The same with charges of several subjects, in any order, and their refund.
pub async fn all_charges_or_none_over_subjects(store: Arc<dyn ThrottleStore>) {
    let of = |number, charge| Charge { subject: subject(number), ..charge };
    let tight = of(1, charge("tight", 1, 60));
    let (loose, long) = (of(2, charge("loose", 2, 60)), of(3, charge("long", 2, 3_600)));
    let hit = allowed(&store, &[loose, tight, long], NOW).await;
    for charges in [[loose, tight, long], [tight, long, loose], [long, loose, tight]] {
        let refusal = refused(&store, &charges, at(1_000)).await;
        assert_eq!((refusal.policy, refusal.retry_after), (tight.policy, Duration::from_secs(59)));
        let checked = store.check(&charges, at(1_000)).await.expect("store answers");
        assert_eq!(checked, Some(refusal));
    }
    allowed(&store, &[long, loose], at(1_000)).await;
    for charges in [[loose, tight, long], [tight, long, loose], [long, loose, tight]] {
        let refusal = refused(&store, &charges, at(2_000)).await;
        assert_eq!(
            (refusal.policy, refusal.retry_after),
            (long.policy, Duration::from_secs(3_598))
        );
    }
    store.refund(&hit).await.expect("store answers");
    allowed(&store, &[tight, loose, long], at(2_000)).await;
    refused(&store, &[tight], at(2_000)).await;
    refused(&store, &[loose], at(2_000)).await;
    refused(&store, &[long], at(2_000)).await;
}

/// Of several used-up quotas the refusal names the one with the longest wait.
pub async fn names_the_charge_that_waits_longest(store: Arc<dyn ThrottleStore>) {
    let charges = [charge("short", 1, 60), charge("long", 1, 3_600), charge("free", 9, 9_999)];
    allowed(&store, &charges, NOW).await;
    for (charges, policy, wait) in [(&charges[..], "long", 3_599), (&charges[..1], "short", 59)] {
        let refusal = refused(&store, charges, at(1_000)).await;
        assert_eq!(refusal.policy, Policy::new(policy));
        assert_eq!(refusal.quota, quota(1, wait + 1));
        assert_eq!(refusal.retry_after, Duration::from_secs(wait));
    }
}

/// A check counts nothing, and its answer is that of a hit.
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

/// A refund makes room for one hit, however often it is repeated.
pub async fn refund_takes_one_hit_back(store: Arc<dyn ThrottleStore>) {
    let charges = [charge("refund", 2, 60), charge("refund-too", 2, 3_600)];
    let hit = allowed(&store, &charges, NOW).await;
    allowed(&store, &charges, NOW).await;
    for _ in 0..3 {
        store.refund(&hit).await.expect("store answers");
    }
    allowed(&store, &charges, NOW).await;
    refused(&store, &charges, NOW).await;
}

/// A hit that lists one of its charges is removed from that count only.
pub async fn refund_of_some_charges_keeps_the_others(store: Arc<dyn ThrottleStore>) {
    let (kept, refunded) = (charge("kept", 1, 60), charge("refunded", 1, 60));
    let hit = allowed(&store, &[kept, refunded], NOW).await;
    store.refund(&Hit { id: hit.id, charges: vec![refunded] }).await.expect("store answers");
    allowed(&store, &[refunded], NOW).await;
    refused(&store, &[kept], NOW).await;
    store.refund(&hit).await.expect("store answers");
    allowed(&store, &[kept], NOW).await;
    refused(&store, &[refunded], NOW).await;
}

/// Hits of one policy and subject do not count for another policy or another subject.
pub async fn counts_are_apart(store: Arc<dyn ThrottleStore>) {
    let policies = ["a", "a-b", "a-b-c", "b"].map(Policy::new);
    let subjects = [0, 1, u128::MAX, 1 << 127].map(subject);
    let all = || {
        policies
            .iter()
            .flat_map(|&policy| subjects.iter().map(move |&subject| (policy, subject)))
            .map(|(policy, subject)| Charge::new(policy, subject, quota(1, 60)))
    };
    for charge in all() {
        allowed(&store, &[charge], NOW).await;
    }
    for charge in all() {
        refused(&store, &[charge], NOW).await;
    }
}

/// An operation without charges is never refused.
pub async fn an_act_without_charges_is_allowed(store: Arc<dyn ThrottleStore>) {
    let hit = allowed(&store, &[], NOW).await;
    assert_eq!(store.check(&[], NOW).await.expect("store answers"), None);
    store.refund(&hit).await.expect("store answers");
}

/// Of many concurrent hits exactly as many pass as the quota allows, round after round (RL-3).
pub async fn is_exact_under_concurrent_hits(store: Arc<dyn ThrottleStore>) {
    for round in 0..50 {
        let charges = [Charge { subject: subject(round), ..charge("exact", 3, 60) }];
        assert_eq!(allowed_of_rivals(&store, &charges).await, 3, "round {round}");
    }
}

/// The same with several quotas: the tightest decides, and the others count only what it allowed.
pub async fn is_exact_over_several_charges(store: Arc<dyn ThrottleStore>) {
    for round in 0..50 {
        let tight = Charge { subject: subject(round), ..charge("exact-tight", 1, 60) };
        let loose = Charge { subject: subject(round), ..charge("exact-loose", 5, 60) };
        assert_eq!(allowed_of_rivals(&store, &[loose, tight]).await, 1, "round {round}");
        assert_eq!(allowed_of_rivals(&store, &[loose]).await, 4, "round {round}");
    }
}

/// The same with several subjects: no quota is exceeded, and refused hits leave nothing behind.
pub async fn is_exact_over_several_subjects(store: Arc<dyn ThrottleStore>) {
    for round in 0..50 {
        let of_client = Charge { subject: subject(2 * round), ..charge("exact-client", 5, 60) };
        let of_phone = Charge { subject: subject(2 * round + 1), ..charge("exact-phone", 1, 60) };
        let together = allowed_of_rivals(&store, &[of_client, of_phone]).await;
        assert_eq!(together, 1, "round {round}");
        assert_eq!(allowed_of_rivals(&store, &[of_client]).await, 4, "round {round}");
    }
}
