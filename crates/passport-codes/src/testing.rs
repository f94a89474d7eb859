//! Contract tests for every [`CodeStore`]; each function is one clause.
//!
//! An adapter runs every clause as a separate test, on a new store or with unused keys:
//!
//! ```text
//! passport_codes::code_store_contract!(fresh_store());
//! ```
//!
//! where `fresh_store()` is a future of `Arc<dyn CodeStore>`. An attribute before this argument
//! applies to every test, for example in an adapter whose server is not present on every machine:
//!
//! ```text
//! passport_codes::code_store_contract!(#[ignore = "needs Redis"] fresh_store());
//! ```

#![expect(
    clippy::missing_panics_doc,
    reason = "a clause is a test and panics when the store violates it"
)]

mod bound;
mod room;

use std::{sync::Arc, time::Duration};

pub use bound::{
    a_code_is_redeemed_with_its_binding_only,
    a_code_that_is_put_outlives_guesses_at_the_former_one,
    a_wrong_guess_with_the_binding_costs_a_try, put_replaces_the_binding,
    restore_and_withdraw_keep_the_binding, strangers_cannot_use_up_a_bound_code,
    strangers_do_not_hinder_the_owner,
};
use room::{NOW, REGISTER, RIGHT, Room, WRONG, race};

use crate::{CodeKey, CodeStore, Purpose, Redemption};

/// Expands to one `#[tokio::test]` for each clause of the [contract](crate::testing).
#[macro_export]
macro_rules! code_store_contract {
    (#[$attribute:meta] $store:expr) => {
        $crate::code_store_contract! { @clauses [#[$attribute]] $store }
    };
    ($store:expr) => {
        $crate::code_store_contract! { @clauses [] $store }
    };
    (@clauses $attributes:tt $store:expr) => {
        $crate::code_store_contract! { @tests $attributes $store;
            accepts_the_right_code_once,
            survives_a_wrong_guess,
            is_invalid_after_its_last_try,
            expires,
            put_replaces_code_and_tries,
            shows_what_it_holds_and_spends_nothing,
            restores_what_was_spent,
            does_not_restore_over_a_newer_code,
            does_not_restore_beyond_its_end,
            withdraws_only_the_code_that_is_meant,
            discard_forgets,
            keys_are_apart,
            unused_keys_have_no_code,
            has_one_winner,
            compares_no_more_than_its_tries,
            a_code_that_is_put_outlives_a_restore,
            a_code_that_is_put_outlives_a_withdrawal,
            a_code_is_redeemed_with_its_binding_only,
            a_wrong_guess_with_the_binding_costs_a_try,
            put_replaces_the_binding,
            restore_and_withdraw_keep_the_binding,
            strangers_cannot_use_up_a_bound_code,
            strangers_do_not_hinder_the_owner,
            a_code_that_is_put_outlives_guesses_at_the_former_one,
        }
    };
    (@tests $attributes:tt $store:expr; $($clause:ident),+ $(,)?) => {
        $($crate::code_store_contract! { @test $attributes $store; $clause })+
    };
    (@test [$(#[$attribute:meta])*] $store:expr; $clause:ident) => {
        $(#[$attribute])*
        #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $clause() {
            $crate::testing::$clause($store.await).await;
        }
    };
}

/// The correct guess is accepted once, because it spends the code.
pub async fn accepts_the_right_code_once(store: Arc<dyn CodeStore>) {
    let room = Room::new(store, "once");
    room.issue(RIGHT, 5).await;
    room.spend(RIGHT).await;
    assert_eq!(room.redeem(RIGHT).await, Redemption::Missing);
}

/// A wrong guess costs one try and does not invalidate the code (OTP-5).
pub async fn survives_a_wrong_guess(store: Arc<dyn CodeStore>) {
    let room = Room::new(store, "survives");
    room.issue(RIGHT, 5).await;
    assert_eq!(room.redeem(WRONG).await, Redemption::Mismatch { tries_left: 4 });
    assert_eq!(room.redeem(WRONG).await, Redemption::Mismatch { tries_left: 3 });
    room.spend(RIGHT).await;
}

/// After the last try the code is invalid, even for the correct guess (OTP-4).
pub async fn is_invalid_after_its_last_try(store: Arc<dyn CodeStore>) {
    let room = Room::new(store, "dies");
    room.issue(RIGHT, 2).await;
    assert_eq!(room.redeem(WRONG).await, Redemption::Mismatch { tries_left: 1 });
    assert_eq!(room.redeem(WRONG).await, Redemption::Mismatch { tries_left: 0 });
    assert_eq!(room.redeem(RIGHT).await, Redemption::Missing);
}

/// A code is valid up to its expiry (exclusive) (OTP-2).
pub async fn expires(store: Arc<dyn CodeStore>) {
    let room = Room::new(store, "expires");
    room.issue(RIGHT, 5).await;
    let last = NOW + Duration::from_millis(299_999);
    assert_eq!(room.redeem_at(WRONG, last).await, Redemption::Mismatch { tries_left: 4 });
    assert_eq!(room.redeem_at(RIGHT, NOW + Duration::from_mins(5)).await, Redemption::Missing);
}

/// A new code replaces the former one and has all its tries (OTP-7).
pub async fn put_replaces_code_and_tries(store: Arc<dyn CodeStore>) {
    let room = Room::new(store, "replaces");
    room.issue(WRONG, 5).await;
    room.redeem("000000").await;
    room.issue(RIGHT, 5).await;
    assert_eq!(room.redeem(WRONG).await, Redemption::Mismatch { tries_left: 4 });
    room.spend(RIGHT).await;
}

/// Whether a code is held is told for the valid code only, any number of times, and costs no try.
pub async fn shows_what_it_holds_and_spends_nothing(store: Arc<dyn CodeStore>) {
    let room = Room::new(store, "holds");
    assert!(!room.holds_at(RIGHT, NOW).await);
    room.issue(RIGHT, 1).await;
    let last = NOW + Duration::from_millis(299_999);
    for _ in 0..3 {
        assert!(!room.holds_at(WRONG, NOW).await);
        assert!(room.holds_at(RIGHT, last).await);
    }
    assert!(!room.holds_at(RIGHT, NOW + Duration::from_mins(5)).await, "it has expired");
    room.spend(RIGHT).await;
    assert!(!room.holds_at(RIGHT, NOW).await, "it is spent");
}

/// A restored code has the tries that it had when it was spent.
pub async fn restores_what_was_spent(store: Arc<dyn CodeStore>) {
    let room = Room::new(store, "restores");
    room.issue(RIGHT, 5).await;
    room.redeem(WRONG).await;
    let spent = room.spend(RIGHT).await;
    assert_eq!(room.redeem(RIGHT).await, Redemption::Missing);
    room.restore_at(spent, NOW).await;
    assert_eq!(room.redeem(WRONG).await, Redemption::Mismatch { tries_left: 3 });
    room.spend(RIGHT).await;
}

/// A code is not restored over a newer code (OTP-7).
pub async fn does_not_restore_over_a_newer_code(store: Arc<dyn CodeStore>) {
    let room = Room::new(store, "newer");
    room.issue(WRONG, 5).await;
    let spent = room.spend(WRONG).await;
    room.issue(RIGHT, 5).await;
    room.restore_at(spent, NOW).await;
    assert_eq!(room.redeem(WRONG).await, Redemption::Mismatch { tries_left: 4 });
    room.spend(RIGHT).await;
}

/// Restoring a code does not extend its lifetime (OTP-2).
pub async fn does_not_restore_beyond_its_end(store: Arc<dyn CodeStore>) {
    let room = Room::new(store, "end");
    let (last, end) = (NOW + Duration::from_millis(299_999), NOW + Duration::from_mins(5));
    room.issue(RIGHT, 5).await;
    let spent = room.spend(RIGHT).await;
    room.restore_at(spent, last).await;
    assert_eq!(room.redeem_at(WRONG, last).await, Redemption::Mismatch { tries_left: 4 });
    assert_eq!(room.redeem_at(RIGHT, end).await, Redemption::Missing);
    room.restore_at(spent, end).await;
    // A query from a node whose clock is behind.
    assert_eq!(room.redeem_at(RIGHT, last).await, Redemption::Missing);
}

/// A withdrawn code is deleted; a newer code keeps its validity and its tries.
pub async fn withdraws_only_the_code_that_is_meant(store: Arc<dyn CodeStore>) {
    let room = Room::new(store, "withdraw");
    room.withdraw(WRONG).await;
    room.issue(WRONG, 5).await;
    room.withdraw(WRONG).await;
    assert_eq!(room.redeem(WRONG).await, Redemption::Missing);
    room.issue(RIGHT, 5).await;
    room.withdraw(WRONG).await;
    assert_eq!(room.redeem(WRONG).await, Redemption::Mismatch { tries_left: 4 });
    room.spend(RIGHT).await;
}

/// A discarded code is deleted; discarding a missing code succeeds.
pub async fn discard_forgets(store: Arc<dyn CodeStore>) {
    let room = Room::new(store, "discard");
    room.codes.discard(&room.key).await.expect("store answers");
    room.issue(RIGHT, 5).await;
    room.codes.discard(&room.key).await.expect("store answers");
    assert_eq!(room.redeem(RIGHT).await, Redemption::Missing);
}

/// Codes of different purposes or different subjects are independent (OTP-6).
pub async fn keys_are_apart(store: Arc<dyn CodeStore>) {
    let room = Room::new(store, "apart");
    room.issue(RIGHT, 5).await;
    let others = [
        CodeKey::new(Purpose::new("login"), room.key.subject()),
        CodeKey::new(REGISTER, format!("{}0", room.key.subject())),
    ];
    for other in others {
        let redeemed = room.codes.redeem(&other, RIGHT, None, NOW).await.expect("store answers");
        assert_eq!(redeemed, Redemption::Missing);
    }
    room.spend(RIGHT).await;
}

/// An unused key has no code, and subjects may contain any characters.
pub async fn unused_keys_have_no_code(store: Arc<dyn CodeStore>) {
    for subject in ["", "{}", "a:b c\r\n", "码", &"x".repeat(3_000)] {
        let room = Room::new(Arc::clone(&store), subject);
        assert_eq!(room.redeem(RIGHT).await, Redemption::Missing);
        room.issue(RIGHT, 5).await;
        room.spend(RIGHT).await;
    }
}

/// Exactly one of many concurrent correct guesses is accepted, in every round (OTP-3).
pub async fn has_one_winner(store: Arc<dyn CodeStore>) {
    for round in 0..50 {
        let room = Room::new(Arc::clone(&store), &format!("winner {round}"));
        room.issue(RIGHT, 10).await;
        let redemptions = race(10, |_| {
            let room = room.clone();
            async move { room.redeem(RIGHT).await }
        })
        .await;
        let accepted = |r: &&Redemption| matches!(r, Redemption::Accepted(_));
        let winners = redemptions.iter().filter(accepted).count();
        assert_eq!(winners, 1, "round {round}: {redemptions:?}");
    }
}

/// The number of concurrent guesses that are compared does not exceed the tries (OTP-4).
pub async fn compares_no_more_than_its_tries(store: Arc<dyn CodeStore>) {
    for round in 0..50 {
        let room = Room::new(Arc::clone(&store), &format!("tries {round}"));
        room.issue(RIGHT, 5).await;
        let redemptions = race(20, |_| {
            let room = room.clone();
            async move { room.redeem(WRONG).await }
        })
        .await;
        let mut left: Vec<u32> = redemptions
            .iter()
            .filter_map(|r| match r {
                Redemption::Mismatch { tries_left } => Some(*tries_left),
                Redemption::Accepted(_) | Redemption::Missing => None,
            })
            .collect();
        left.sort_unstable();
        assert_eq!(left, [0, 1, 2, 3, 4], "round {round}");
        assert_eq!(room.redeem(RIGHT).await, Redemption::Missing, "round {round}");
    }
}

/// A `put` wins against concurrent calls of `restore` (OTP-7).
pub async fn a_code_that_is_put_outlives_a_restore(store: Arc<dyn CodeStore>) {
    const RIVALS: usize = 8;
    for round in 0..50 {
        let room = Room::new(Arc::clone(&store), &format!("restore {round}"));
        room.issue(WRONG, 5).await;
        let spent = room.spend(WRONG).await;
        race(RIVALS, |rival| {
            let room = room.clone();
            async move {
                if rival == round % RIVALS {
                    room.issue(RIGHT, 5).await;
                } else {
                    room.restore_at(spent, NOW).await;
                }
            }
        })
        .await;
        let redeemed = room.redeem(RIGHT).await;
        assert!(matches!(redeemed, Redemption::Accepted(_)), "round {round}: {redeemed:?}");
    }
}

/// A `put` wins against concurrent calls of `withdraw` for the former code.
pub async fn a_code_that_is_put_outlives_a_withdrawal(store: Arc<dyn CodeStore>) {
    const RIVALS: usize = 8;
    for round in 0..50 {
        let room = Room::new(Arc::clone(&store), &format!("withdraw {round}"));
        room.issue(WRONG, 5).await;
        race(RIVALS, |rival| {
            let room = room.clone();
            async move {
                if rival == round % RIVALS {
                    room.issue(RIGHT, 5).await;
                } else {
                    room.withdraw(WRONG).await;
                }
            }
        })
        .await;
        let redeemed = room.redeem(RIGHT).await;
        assert!(matches!(redeemed, Redemption::Accepted(_)), "round {round}: {redeemed:?}");
    }
}
