//! Clauses on counts that a hit only checks.

use std::{sync::Arc, time::Duration};

use super::harness::{NOW, allowed, at, charge, race, refusal, refused, subject};
use crate::{Charge, Decision, ThrottleStore};

/// What is only checked must have room, and is not counted; without room nothing is counted.
pub async fn checked_charges_need_room_and_are_not_counted(store: Arc<dyn ThrottleStore>) {
    let of = |number, charge| Charge { subject: subject(number), ..charge };
    let counted = of(1, charge("counted-beside", 3, 60));
    for checked in [of(1, charge("checked", 1, 60)), of(2, charge("checked", 1, 60))] {
        assert_eq!(refusal(&store, &[counted], &[checked], NOW).await, None);
        allowed(&store, &[checked], NOW).await;
        let refused_by_check = refusal(&store, &[counted], &[checked], at(1_000)).await;
        let refused_by_check = refused_by_check.expect("what is checked has no room");
        assert_eq!(refused_by_check.policy, checked.policy);
        assert_eq!(refused_by_check.retry_after, Duration::from_secs(59));
        assert_eq!(refusal(&store, &[], &[checked], at(1_000)).await, Some(refused_by_check));
    }
    allowed(&store, &[counted], at(1_000)).await;
    refused(&store, &[counted], at(1_000)).await;
    // The longest wait is told, whether of a count or of a check.
    let long = of(3, charge("checked-long", 1, 3_600));
    allowed(&store, &[long], NOW).await;
    for (charges, checked) in [([counted], [long]), ([long], [counted])] {
        let refused = refusal(&store, &charges, &checked, at(1_000)).await;
        assert_eq!(refused.map(|refusal| refusal.policy), Some(long.policy));
    }
}

/// A refund gives back what was counted, and nothing of what was only checked.
pub async fn refund_leaves_what_was_only_checked(store: Arc<dyn ThrottleStore>) {
    let (counted, checked) = (charge("refunded-beside", 1, 60), charge("checked-only", 2, 60));
    allowed(&store, &[checked], NOW).await;
    let Decision::Allowed(hit) =
        store.hit(&[counted], &[checked], NOW).await.expect("store answers")
    else {
        panic!("both have room");
    };
    store.refund(&hit).await.expect("store answers");
    allowed(&store, &[counted, checked], NOW).await;
    refused(&store, &[checked], NOW).await;
}

/// Of many hits that each count what the others check, one passes at most, and those that only check
/// take no room from those that count.
pub async fn checks_are_exact_under_concurrent_hits(store: Arc<dyn ThrottleStore>) {
    for round in 0..50 {
        let of = |number: u128, policy, limit| Charge {
            subject: subject(2 * round + number),
            ..charge(policy, limit, 60)
        };
        let sides = [of(0, "exact-one-side", 1), of(1, "exact-other-side", 1)];
        let crossed = race(12, |rival| {
            let store = Arc::clone(&store);
            let (counted, checked) = (sides[rival % 2], sides[1 - rival % 2]);
            async move { refusal(&store, &[counted], &[checked], NOW).await }
        })
        .await;
        let passed = crossed.iter().filter(|refusal| refusal.is_none()).count();
        assert!(passed <= 1, "round {round}: {passed} passed");

        let (shared, unused) = (of(0, "exact-checked", 3), of(1, "exact-unused", 1));
        let mixed = race(12, |rival| {
            let store = Arc::clone(&store);
            async move {
                let is_counted = rival % 2 == 0;
                let refusal = if is_counted {
                    refusal(&store, &[shared], &[], NOW).await
                } else {
                    refusal(&store, &[], &[shared, unused], NOW).await
                };
                is_counted && refusal.is_none()
            }
        })
        .await;
        let counted = mixed.iter().filter(|passed| **passed).count();
        assert_eq!(counted, 3, "round {round}");
    }
}
