//! Change of the own number.

use std::time::Duration;

use futures::future::join_all;
use passport_auth::{
    AccountNotice, Authenticated, ChangeNumberError, ChangedNumber, Clock, CodePurpose,
    CodeRefusal, CodeSignUpError, Denied, TypedCode,
};
use passport_user::{AccountEvent, EventKind, NumberChange, NumberChanged};

use crate::{
    account_world::{FRESH_FOR, UNDO_FOR},
    life::{mistyped, new_user},
    world::{OTHER_PHONE, PASSWORD, PHONE, World, caller, nth_phone, number},
};

const THIRD_PHONE: &str = "13700137000";

async fn change(
    world: &World,
    person: &Authenticated,
    phone: &str,
    code: &TypedCode,
) -> Result<ChangedNumber, ChangeNumberError> {
    let (person, code) = (person.clone(), code.clone());
    world.accounts.change_number.change(person, number(phone), code, caller(1)).await
}

#[tokio::test]
async fn phn_1_the_number_moves_once_the_code_is_right() {
    let world = World::roomy();
    let (other, person) = (world.person(PHONE).await, world.person(PHONE).await);
    let code = world.change_code(&person, OTHER_PHONE).await;
    let wrong = change(&world, &person, OTHER_PHONE, &mistyped(&code)).await;
    assert!(matches!(wrong, Err(ChangeNumberError::Code(CodeRefusal::Mismatch { .. }))));
    assert!(world.has_account(PHONE).await && !world.has_account(OTHER_PHONE).await);

    let changed = change(&world, &person, OTHER_PHONE, &code).await.unwrap();
    assert_eq!(changed.user.phone, Some(number(OTHER_PHONE)));
    assert_eq!(changed.undo_until, world.clock.now().truncate_to_microsecond() + UNDO_FOR);
    assert!(world.read(&other.token).await.is_none(), "other sessions end");
    assert!(world.read(&person.token).await.is_none(), "the token is rotated");
    let kept = world.read(&changed.renewed.unwrap().token).await.expect("the person stays in");
    assert_eq!((kept.session.id, kept.user), (person.session.id, changed.user));
    assert_eq!(world.gateway.notices(), [(number(PHONE), AccountNotice::NumberChanged)]);
    world.sign_in(OTHER_PHONE, PASSWORD).await.unwrap();
    world.sign_in(PHONE, PASSWORD).await.unwrap_err();
}

/// The last use is recorded with a precision of a tenth of the idle time, so it is not the present.
#[tokio::test]
async fn ses_2_the_time_that_is_left_counts_from_the_change() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    world.clock.advance(FRESH_FOR / 2);
    let code = world.change_code(&person, OTHER_PHONE).await;
    let changed = change(&world, &person, OTHER_PHONE, &code).await.unwrap();
    let renewed = changed.renewed.expect("the session is kept");
    assert_eq!(renewed.session.last_seen_at, person.session.last_seen_at);
    let left = renewed.session.expires_at - world.clock.now();
    assert_eq!(renewed.expires_in, left.unsigned_abs());
}

#[tokio::test]
async fn phn_1_pending_changes_of_two_people_to_one_number_do_not_mix() {
    let world = World::roomy();
    let (first, second) = (world.person(PHONE).await, world.person(OTHER_PHONE).await);
    let of_first = world.change_code(&first, THIRD_PHONE).await;
    let of_second = world.change_code(&second, THIRD_PHONE).await;
    for (person, code) in [(&first, &of_second), (&second, &of_first)] {
        for _ in 0..6 {
            let swapped = change(&world, person, THIRD_PHONE, code).await;
            assert!(
                matches!(swapped, Err(ChangeNumberError::Code(CodeRefusal::Missing))),
                "{swapped:?}"
            );
        }
    }
    change(&world, &first, THIRD_PHONE, &of_first).await.unwrap();
    let late = change(&world, &second, THIRD_PHONE, &of_second).await;
    assert!(matches!(late, Err(ChangeNumberError::PhoneTaken)), "{late:?}");
    assert!(world.read(&second.token).await.is_some(), "nothing has changed for the other");
}

#[tokio::test]
async fn phn_1_of_two_changes_to_one_number_one_wins() {
    for _ in 0..50 {
        let world = World::roomy();
        let (first, second) = (world.person(PHONE).await, world.person(OTHER_PHONE).await);
        let codes = [
            world.change_code(&first, THIRD_PHONE).await,
            world.change_code(&second, THIRD_PHONE).await,
        ];
        let outcomes = join_all([
            change(&world, &first, THIRD_PHONE, &codes[0]),
            change(&world, &second, THIRD_PHONE, &codes[1]),
        ])
        .await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        let taken = |it: &&Result<_, _>| matches!(it, Err(ChangeNumberError::PhoneTaken));
        assert_eq!(outcomes.iter().filter(taken).count(), 1, "{outcomes:?}");
    }
}

#[tokio::test]
async fn phn_1_a_session_that_is_not_fresh_spends_no_code() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    let code = world.change_code(&person, OTHER_PHONE).await;
    // The code lives as long as the session is fresh, to the second.
    world.clock.advance(FRESH_FOR.saturating_sub(Duration::from_secs(1)));
    let stale = Authenticated {
        session: passport_session::Session {
            authenticated_at: person.session.authenticated_at - FRESH_FOR,
            ..person.session.clone()
        },
        ..person.clone()
    };
    for _ in 0..6 {
        let refused = change(&world, &stale, OTHER_PHONE, &code).await;
        assert!(matches!(refused, Err(ChangeNumberError::NotFresh(_))), "{refused:?}");
    }
    change(&world, &person, OTHER_PHONE, &code).await.unwrap();
}

#[tokio::test]
async fn phn_1_a_taken_number_is_told_after_its_proof_only() {
    let world = World::roomy();
    world.user(OTHER_PHONE).await;
    let person = world.person(PHONE).await;
    let mut seen = Vec::new();
    for phone in [OTHER_PHONE, THIRD_PHONE] {
        world.outage.calls();
        let code = world.change_code(&person, phone).await;
        let wrong = change(&world, &person, phone, &mistyped(&code)).await.unwrap_err();
        seen.push((format!("{wrong:?}"), world.outage.calls()));
        if phone == OTHER_PHONE {
            let taken = change(&world, &person, phone, &code).await;
            assert!(matches!(taken, Err(ChangeNumberError::PhoneTaken)), "{taken:?}");
            let again = change(&world, &person, phone, &code).await;
            assert!(matches!(again, Err(ChangeNumberError::Code(CodeRefusal::Missing))), "spent");
        }
    }
    assert_eq!(seen[0], seen[1]);
    assert!(world.read(&person.token).await.is_some());
}

#[tokio::test]
async fn phn_1_a_former_number_is_kept_back_until_the_undo_ends() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    let code = world.change_code(&person, OTHER_PHONE).await;
    change(&world, &person, OTHER_PHONE, &code).await.unwrap();
    world.clock.advance(UNDO_FOR.saturating_sub(Duration::from_mins(1)));
    let sign_up = async || {
        let code = world.typed_code(PHONE, CodePurpose::SignUp).await;
        world.accounts.code_sign_up.sign_up(new_user(PHONE, &code)).await
    };
    assert!(matches!(sign_up().await, Err(CodeSignUpError::PhoneTaken)));
    world.clock.advance(Duration::from_mins(1));
    let stranger = sign_up().await.expect("the number is free");
    assert_ne!(stranger.user.id, person.user.id);
}

#[tokio::test]
async fn phn_1_three_changes_can_be_undone_at_a_time() {
    let world = World::roomy();
    let mut person = world.person(PHONE).await;
    for n in 0..3 {
        let phone = nth_phone(n);
        let code = world.change_code(&person, &phone).await;
        change(&world, &person, &phone, &code).await.unwrap();
        world.clock.advance(Duration::from_hours(1));
        person = world.person(&phone).await;
    }
    // A person gets codes for three new numbers a day, so the fourth is one that was proved otherwise.
    let (id, epoch) = (person.user.id, person.user.epoch);
    let now = world.clock.now();
    let to = |text| NumberChange { number: number(text), now, undo_until: now + UNDO_FOR };
    let event = AccountEvent::new(EventKind::NumberChanged, now);
    let fourth = world.users.change_number(id, epoch, &to(THIRD_PHONE), &event).await.unwrap();
    assert_eq!(fourth, NumberChanged::TooMany);
    world.clock.advance(UNDO_FOR.saturating_sub(Duration::from_hours(3)));
    let person = world.person(&nth_phone(2)).await;
    let code = world.change_code(&person, THIRD_PHONE).await;
    change(&world, &person, THIRD_PHONE, &code).await.expect("the first change is final");
}

/// As the use case tells it: in a day of 24 hours that is shorter than the undo.
#[tokio::test]
async fn phn_1_a_fourth_change_that_could_be_undone_is_refused() {
    let world = World::roomy();
    let mut act = world.accounts.change_number.clone();
    act.undo_for = UNDO_FOR * 3;
    let mut person = world.person(PHONE).await;
    for n in 0..4 {
        let phone = nth_phone(n);
        let code = world.change_code(&person, &phone).await;
        let changed = act.change(person.clone(), number(&phone), code, caller(1)).await;
        if n == 3 {
            assert!(matches!(changed, Err(ChangeNumberError::TooManyChanges)), "{changed:?}");
            assert!(world.read(&person.token).await.is_some(), "the session goes on");
            break;
        }
        changed.unwrap();
        world.clock.advance(Duration::from_hours(12));
        person = world.person(&phone).await;
    }
}

#[tokio::test]
async fn a_change_of_an_account_that_was_changed_meanwhile_is_a_conflict() {
    let world = World::roomy();
    let (first, second) = (world.person(PHONE).await, world.person(PHONE).await);
    let codes = [
        world.change_code(&second, THIRD_PHONE).await,
        world.change_code(&first, OTHER_PHONE).await,
    ];
    change(&world, &first, OTHER_PHONE, &codes[1]).await.unwrap();
    let late = change(&world, &second, THIRD_PHONE, &codes[0]).await;
    assert!(matches!(late, Err(ChangeNumberError::Conflict)), "{late:?}");
    assert!(world.has_account(OTHER_PHONE).await);
}

#[tokio::test]
async fn a_code_that_moved_nothing_for_an_outage_moves_the_number_later() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    let code = world.change_code(&person, OTHER_PHONE).await;
    world.outage.take_down(&["users"]);
    let down = change(&world, &person, OTHER_PHONE, &code).await;
    assert!(matches!(down, Err(ChangeNumberError::Denied(Denied::Unavailable(_)))), "{down:?}");
    world.outage.end();
    assert!(world.gateway.notices().is_empty());
    change(&world, &person, OTHER_PHONE, &code).await.unwrap();
}
