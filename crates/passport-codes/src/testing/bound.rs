//! Clauses about codes that are bound to the request that issued them.

use std::sync::Arc;

use super::room::{NOW, RIGHT, Room, WRONG, race};
use crate::{Binding, CodeStore, Redemption};

const OWN: Option<Binding> = Some(Binding::from_bytes([1; 16]));
/// Differs from [`OWN`] in the last bit only.
const NEAR: Option<Binding> =
    Some(Binding::from_bytes([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0]));
const OTHER: Option<Binding> = Some(Binding::from_bytes([0xFF; 16]));

/// A bound code is redeemed with the same binding only, and an unbound code without a binding only.
pub async fn a_code_is_redeemed_with_its_binding_only(store: Arc<dyn CodeStore>) {
    for (name, binding, strangers) in [
        ("bound", OWN, [NEAR, OTHER, None]),
        ("unbound", None, [OWN, NEAR, Some(Binding::from_bytes([0; 16]))]),
    ] {
        let room = Room::new(Arc::clone(&store), &format!("binding {name}"));
        room.issue_bound(RIGHT, binding, 2).await;
        for stranger in strangers {
            for guess in [RIGHT, WRONG, WRONG] {
                let redeemed = room.redeem_bound(guess, stranger).await;
                assert_eq!(redeemed, Redemption::Missing, "{name}");
            }
        }
        let spent = room.spend_bound(RIGHT, binding).await;
        assert_eq!(spent.binding, binding, "{name}");
        assert_eq!(spent.tries_left.get(), 2, "{name}");
    }
}

/// A wrong guess with the right binding costs a try, and the last try ends the code (OTP-4).
pub async fn a_wrong_guess_with_the_binding_costs_a_try(store: Arc<dyn CodeStore>) {
    let room = Room::new(store, "bound tries");
    room.issue_bound(RIGHT, OWN, 2).await;
    assert_eq!(room.redeem_bound(WRONG, OWN).await, Redemption::Mismatch { tries_left: 1 });
    assert_eq!(room.redeem_bound(WRONG, OTHER).await, Redemption::Missing);
    assert_eq!(room.redeem_bound(WRONG, OWN).await, Redemption::Mismatch { tries_left: 0 });
    assert_eq!(room.redeem_bound(RIGHT, OWN).await, Redemption::Missing);
}

/// A new code replaces the binding of the former one as well (OTP-7).
pub async fn put_replaces_the_binding(store: Arc<dyn CodeStore>) {
    let room = Room::new(store, "rebound");
    let mut former = None;
    for binding in [OWN, OTHER, None, OWN] {
        room.issue_bound(RIGHT, binding, 5).await;
        if former != binding {
            assert_eq!(room.redeem_bound(RIGHT, former).await, Redemption::Missing);
        }
        let redeemed = room.redeem_bound(WRONG, binding).await;
        assert_eq!(redeemed, Redemption::Mismatch { tries_left: 4 });
        former = binding;
    }
    room.spend_bound(RIGHT, OWN).await;
    room.issue(RIGHT, 5).await;
    room.spend(RIGHT).await;
}

/// A restored code is bound as before, also in place of an expired one, and the withdrawal of another
/// code changes nothing. Neither a withdrawal nor a look at a code needs the binding.
pub async fn restore_and_withdraw_keep_the_binding(store: Arc<dyn CodeStore>) {
    let room = Room::new(store, "bound again");
    room.issue_bound(RIGHT, OWN, 5).await;
    let spent = room.spend_bound(RIGHT, OWN).await;
    room.restore_at(spent, NOW).await;
    assert_eq!(room.redeem_bound(RIGHT, None).await, Redemption::Missing);
    assert_eq!(room.redeem_bound(RIGHT, OTHER).await, Redemption::Missing);
    room.withdraw(WRONG).await;
    assert_eq!(room.redeem_bound(RIGHT, None).await, Redemption::Missing);
    assert_eq!(room.redeem_bound(WRONG, OWN).await, Redemption::Mismatch { tries_left: 4 });
    assert!(room.holds_at(RIGHT, NOW).await);
    room.withdraw(RIGHT).await;
    assert_eq!(room.redeem_bound(RIGHT, OWN).await, Redemption::Missing);

    room.issue_bound(RIGHT, None, 5).await;
    let unbound = room.spend(RIGHT).await;
    room.issue_bound(RIGHT, OWN, 5).await;
    let end = unbound.expires_at;
    let later = crate::StoredCode { expires_at: end + time::Duration::MINUTE, ..unbound };
    room.restore_at(later, end).await;
    assert_eq!(room.redeem_bound(RIGHT, OWN).await, Redemption::Missing);
    room.spend(RIGHT).await;
}

/// Concurrent guesses of strangers, right or wrong, leave a bound code valid with all its tries.
pub async fn strangers_cannot_use_up_a_bound_code(store: Arc<dyn CodeStore>) {
    for strangers in [5, 50] {
        let room = Room::new(Arc::clone(&store), &format!("strangers {strangers}"));
        room.issue_bound(RIGHT, OWN, 5).await;
        let redemptions =
            race(strangers, |stranger| guess_as_stranger(room.clone(), stranger)).await;
        assert!(redemptions.iter().all(|it| *it == Redemption::Missing), "{redemptions:?}");
        assert_eq!(room.redeem_bound(WRONG, OWN).await, Redemption::Mismatch { tries_left: 4 });
        room.spend_bound(RIGHT, OWN).await;
    }
}

/// The owner of a bound code succeeds in the middle of the guesses of strangers, in every round.
pub async fn strangers_do_not_hinder_the_owner(store: Arc<dyn CodeStore>) {
    const RIVALS: usize = 8;
    for round in 0..50 {
        let room = Room::new(Arc::clone(&store), &format!("owner {round}"));
        room.issue_bound(RIGHT, OWN, 1).await;
        let owner = round % RIVALS;
        let redemptions = race(RIVALS, |rival| {
            let room = room.clone();
            async move {
                if rival == owner {
                    room.redeem_bound(RIGHT, OWN).await
                } else {
                    guess_as_stranger(room, rival).await
                }
            }
        })
        .await;
        for (rival, redeemed) in redemptions.iter().enumerate() {
            let is_accepted = matches!(redeemed, Redemption::Accepted(_));
            assert_eq!(is_accepted, rival == owner, "round {round}: {redemptions:?}");
            assert!(
                is_accepted || *redeemed == Redemption::Missing,
                "round {round}: {redemptions:?}"
            );
        }
    }
}

/// A `put` wins against concurrent guesses at the former code, which do not cost the new code a try.
pub async fn a_code_that_is_put_outlives_guesses_at_the_former_one(store: Arc<dyn CodeStore>) {
    const RIVALS: usize = 8;
    for round in 0..50 {
        let room = Room::new(Arc::clone(&store), &format!("former {round}"));
        room.issue_bound(WRONG, OTHER, 10).await;
        race(RIVALS, |rival| {
            let room = room.clone();
            async move {
                if rival == round % RIVALS {
                    room.issue_bound(RIGHT, OWN, 5).await;
                } else {
                    room.redeem_bound(RIGHT, OTHER).await;
                }
            }
        })
        .await;
        let redeemed = room.redeem_bound(WRONG, OWN).await;
        assert_eq!(redeemed, Redemption::Mismatch { tries_left: 4 }, "round {round}");
    }
}

async fn guess_as_stranger(room: Room, stranger: usize) -> Redemption {
    let guess = if stranger.is_multiple_of(2) { RIGHT } else { WRONG };
    let binding = [None, NEAR, OTHER][stranger % 3];
    room.redeem_bound(guess, binding).await
}
