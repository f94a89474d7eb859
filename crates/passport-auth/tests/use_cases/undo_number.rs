//! Undo of a change of number, by the person who has the former one.

use std::time::Duration;

use passport_auth::{
    AccountNotice, Authenticated, CodePurpose, CodeRefusal, CodeSignUpError, Denied, SignInError,
    UndoNumberError,
};
use passport_user::StandingKind;

use crate::{
    account_world::UNDO_FOR,
    life::{NEW_PASSWORD, new_user, reset, strangers},
    operators::operator,
    world::{OTHER_PHONE, PASSWORD, PHONE, World, caller, number},
};

/// A person who has changed from [`PHONE`] to [`OTHER_PHONE`].
async fn changed(world: &World) -> Authenticated {
    let person = world.person(PHONE).await;
    let code = world.change_code(&person, OTHER_PHONE).await;
    let change = &world.accounts.change_number;
    let changed = change.change(person, number(OTHER_PHONE), code, caller(1)).await;
    let renewed = changed.expect("the code is good").renewed.expect("the session is kept");
    world.read(&renewed.token).await.expect("the session is valid")
}

async fn undo(world: &World, phone: &str) -> Result<(), UndoNumberError> {
    let code = world.typed_code(phone, CodePurpose::UndoNumber).await;
    world.accounts.undo_number.undo(number(phone), code, caller(1)).await
}

#[tokio::test]
async fn phn_1_an_undo_gives_the_number_back_without_password_and_sessions() {
    let world = World::roomy();
    let person = changed(&world).await;
    undo(&world, PHONE).await.unwrap();
    let user = world.account(PHONE).await.unwrap();
    assert_eq!((user.id, &user.password_hash), (person.user.id, &None));
    assert!(!world.has_account(OTHER_PHONE).await, "the other number is free");
    assert!(world.read(&person.token).await.is_none());
    let last = world.gateway.notices().pop();
    assert_eq!(last, Some((number(PHONE), AccountNotice::NumberUndone)));
    for phone in [PHONE, OTHER_PHONE] {
        let refused = world.sign_in(phone, PASSWORD).await;
        assert!(matches!(refused, Err(SignInError::WrongCredentials(_))));
    }
    let code = world.typed_code(PHONE, CodePurpose::Reset).await;
    world.accounts.reset_password.reset(reset(PHONE, &code)).await.unwrap();
    world.sign_in(PHONE, NEW_PASSWORD).await.unwrap();
    let stranger = world.sign_in_by_code(OTHER_PHONE).await.unwrap();
    assert!(stranger.is_new);
}

#[tokio::test]
async fn phn_1_an_undo_ends_with_its_period() {
    for (after, is_undone) in
        [(UNDO_FOR.saturating_sub(Duration::from_micros(1)), true), (UNDO_FOR, false)]
    {
        let world = World::roomy();
        let person = changed(&world).await;
        // The change was made at a whole microsecond.
        world.set_clock(person.session.authenticated_at + after);
        let outcome = undo(&world, PHONE).await;
        assert_eq!(outcome.is_ok(), is_undone, "{outcome:?}");
        if !is_undone {
            assert!(matches!(outcome, Err(UndoNumberError::NothingToUndo)));
            assert!(world.has_account(OTHER_PHONE).await);
        }
    }
}

#[tokio::test]
async fn phn_1_an_undo_is_done_once() {
    let world = World::roomy();
    changed(&world).await;
    undo(&world, PHONE).await.unwrap();
    let again = undo(&world, PHONE).await;
    assert!(matches!(again, Err(UndoNumberError::NothingToUndo)), "{again:?}");
}

/// Whether there is something to undo is told after the proof only.
#[tokio::test]
async fn enu_4_an_undo_is_the_same_for_numbers_without_a_change() {
    let world = World::roomy();
    changed(&world).await;
    let mut seen = Vec::new();
    for phone in [PHONE, "13700137000"] {
        world.outage.calls();
        let code = world.typed_code(phone, CodePurpose::UndoNumber).await;
        let guess = strangers(&code);
        let refused = world.accounts.undo_number.undo(number(phone), guess, caller(1)).await;
        assert!(matches!(refused, Err(UndoNumberError::Code(CodeRefusal::Missing))));
        seen.push(world.outage.calls());
        let proved = world.accounts.undo_number.undo(number(phone), code, caller(1)).await;
        assert_eq!(proved.is_ok(), phone == PHONE, "{proved:?}");
    }
    assert_eq!(seen[0], seen[1]);
}

/// The number has one owner, in each order of the two.
#[tokio::test]
async fn phn_1_an_undo_and_a_sign_up_on_the_former_number_leave_one_owner() {
    let mut wins = [0, 0];
    for round in 0..50 {
        let world = World::roomy();
        let person = changed(&world).await;
        // The codes are asked for in the period. In every other round it is over when they are used.
        world.clock.advance(UNDO_FOR.saturating_sub(Duration::from_mins(1)));
        let undo = world.typed_code(PHONE, CodePurpose::UndoNumber).await;
        let sign_up = world.typed_code(PHONE, CodePurpose::SignUp).await;
        world.clock.advance(Duration::from_secs(if round % 2 == 0 { 59 } else { 60 }));
        let (undone, stranger) = futures::join!(
            world.accounts.undo_number.undo(number(PHONE), undo, caller(1)),
            world.accounts.code_sign_up.sign_up(new_user(PHONE, &sign_up)),
        );
        let owner = world.account(PHONE).await.expect("the number has an owner");
        match (undone, stranger) {
            (Ok(()), Err(CodeSignUpError::PhoneTaken)) => {
                wins[0] += 1;
                assert_eq!(owner.id, person.user.id);
                assert!(!world.has_account(OTHER_PHONE).await);
            }
            (Err(UndoNumberError::NothingToUndo), Ok(stranger)) => {
                wins[1] += 1;
                assert_eq!(owner.id, stranger.user.id);
                assert_eq!(world.account(OTHER_PHONE).await.unwrap().id, person.user.id);
            }
            outcome => panic!("{outcome:?}"),
        }
    }
    assert_eq!(wins, [25, 25]);
}

/// A disabled person can take the number back, and stays disabled.
#[tokio::test]
async fn an_undo_does_not_change_the_standing() {
    let world = World::roomy();
    let person = changed(&world).await;
    world.accounts.operators.standing.disable(person.user.id, &operator()).await.unwrap();
    undo(&world, PHONE).await.unwrap();
    let user = world.account(PHONE).await.unwrap();
    assert_eq!(user.standing.kind(), StandingKind::Disabled);
}

#[tokio::test]
async fn a_code_that_undid_nothing_for_an_outage_undoes_the_change_later() {
    let world = World::roomy();
    changed(&world).await;
    let code = world.typed_code(PHONE, CodePurpose::UndoNumber).await;
    for down in ["users.find_by_former_phone", "users.undo_number"] {
        world.outage.take_down(&[down]);
        let undo = &world.accounts.undo_number;
        let refused = undo.undo(number(PHONE), code.clone(), caller(1)).await;
        assert!(
            matches!(refused, Err(UndoNumberError::Denied(Denied::Unavailable(_)))),
            "{refused:?}"
        );
        world.outage.end();
    }
    world.accounts.undo_number.undo(number(PHONE), code, caller(1)).await.unwrap();
}
