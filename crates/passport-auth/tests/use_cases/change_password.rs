//! Change, first setting and removal of the own password.

use std::time::Duration;

use passport_auth::{
    AccountNotice, Authenticated, ChangePasswordError, ConfirmationRequired, Denied, NewPassword,
    PasswordChange, SignInError,
};
use passport_session::Method;
use passport_user::PasswordRefusal;

use crate::{
    account_world::FRESH_FOR,
    life::{NEW_PASSWORD, new_password},
    world::{PASSWORD, PHONE, WRONG_PASSWORD, World, caller, number, password},
};

async fn change(
    world: &World,
    person: &Authenticated,
    new: NewPassword,
) -> Result<PasswordChange, ChangePasswordError> {
    world.accounts.change_password.change(person.clone(), new, caller(1)).await
}

async fn remove(
    world: &World,
    person: &Authenticated,
) -> Result<PasswordChange, ChangePasswordError> {
    world.accounts.change_password.remove(person.clone(), caller(1)).await
}

fn first() -> NewPassword {
    NewPassword { current: None, ..new_password() }
}

#[tokio::test]
async fn pwd_10_a_change_ends_all_other_sessions_and_tells_the_owner() {
    let world = World::roomy();
    let (other, person) = (world.person(PHONE).await, world.person(PHONE).await);
    world.clock.advance(FRESH_FOR * 2);
    let changed = change(&world, &person, new_password()).await.unwrap();
    assert!(world.read(&other.token).await.is_none());
    assert!(world.read(&person.token).await.is_none(), "the former token is dead");
    let renewed = changed.renewed.expect("the session is kept");
    let kept = world.read(&renewed.token).await.expect("the new token is valid");
    assert_eq!(kept.session.id, person.session.id);
    assert_eq!(kept.user.epoch, changed.user.epoch);
    let until = world.freshness().until(&kept.user, &kept.session);
    assert!(until.is_some_and(|until| until > kept.session.last_seen_at), "it is fresh");
    assert_eq!(world.sessions_of(&kept.user).await, 1);
    assert_eq!(world.gateway.notices(), [(number(PHONE), AccountNotice::PasswordChanged)]);
    let old = world.sign_in(PHONE, PASSWORD).await;
    assert!(matches!(old, Err(SignInError::WrongCredentials(_))));
    world.sign_in(PHONE, NEW_PASSWORD).await.unwrap();
}

#[tokio::test]
async fn pwd_10_other_sessions_are_kept_on_request() {
    let world = World::roomy();
    let (other, person) = (world.person(PHONE).await, world.person(PHONE).await);
    let new = NewPassword { keep_sessions: true, ..new_password() };
    let changed = change(&world, &person, new).await.unwrap();
    assert!(world.read(&other.token).await.is_some());
    assert!(world.read(&person.token).await.is_none(), "the token of the request is rotated");
    let renewed = changed.renewed.expect("the session is kept");
    assert!(world.read(&renewed.token).await.is_some());
    assert_eq!(world.gateway.notices().len(), 1);
    world.sign_in(PHONE, NEW_PASSWORD).await.unwrap();
    world.sign_in(PHONE, PASSWORD).await.unwrap_err();
}

/// The password is changed when the session cannot be renewed, so nothing else may be told.
#[tokio::test]
async fn pwd_10_the_owner_is_told_though_the_session_is_not_renewed() {
    for keep_sessions in [true, false] {
        let world = World::roomy();
        let person = world.person(PHONE).await;
        world.outage.take_down(&["sessions"]);
        let new = NewPassword { keep_sessions, ..new_password() };
        let changed = change(&world, &person, new).await.unwrap();
        assert!(changed.renewed.is_none());
        world.outage.end();
        assert_eq!(world.gateway.notices().len(), 1, "{keep_sessions}");
        world.sign_in(PHONE, NEW_PASSWORD).await.unwrap();
        // The former token is that of a session that was to be kept.
        assert_eq!(world.read(&person.token).await.is_some(), keep_sessions);
    }
}

#[tokio::test]
async fn pwd_10_a_change_needs_the_current_password() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    for current in [None, Some(password(WRONG_PASSWORD))] {
        let refused = change(&world, &person, NewPassword { current, ..new_password() }).await;
        assert!(matches!(refused, Err(ChangePasswordError::WrongProof(_))), "{refused:?}");
    }
    world.sign_in(PHONE, PASSWORD).await.unwrap();
    assert!(world.read(&person.token).await.is_some());
    assert!(world.gateway.notices().is_empty());
}

#[tokio::test]
async fn pwd_5_a_refused_password_compares_nothing() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    world.hasher.compared();
    for (text, why) in [
        ("seven77", PasswordRefusal::TooShort { min: 8 }),
        ("password1", PasswordRefusal::Common),
        (PHONE, PasswordRefusal::PhoneNumber),
    ] {
        let new = NewPassword {
            current: Some(password(WRONG_PASSWORD)),
            password: password(text),
            keep_sessions: false,
        };
        for _ in 0..6 {
            let refused = change(&world, &person, new.clone()).await;
            assert!(matches!(refused, Err(ChangePasswordError::Password(told)) if told == why));
        }
    }
    assert_eq!(world.hasher.compared().len(), 0);
    change(&world, &person, new_password()).await.expect("no wrong proof was counted");
}

#[tokio::test]
async fn pwd_8_a_full_queue_compares_nothing() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    let places = world.fill_hashing_queue().await;
    for _ in 0..6 {
        let busy = change(&world, &person, new_password()).await;
        assert!(matches!(busy, Err(ChangePasswordError::Denied(Denied::Busy { .. }))));
    }
    drop(places);
    change(&world, &person, new_password()).await.unwrap();
}

#[tokio::test]
async fn a_first_password_needs_a_fresh_session() {
    let world = World::roomy();
    let (other, person) = (world.code_person(PHONE).await, world.code_person(PHONE).await);
    world.clock.advance(FRESH_FOR + Duration::from_micros(1));
    let refused = change(&world, &person, first()).await;
    let Err(ChangePasswordError::NotFresh(ConfirmationRequired { accepted })) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(accepted, [Method::Code]);
    let person = world.code_person(PHONE).await;
    let changed = change(&world, &person, first()).await.unwrap();
    let renewed = changed.renewed.expect("the session is kept");
    let kept = world.read(&renewed.token).await.expect("the new token is valid");
    assert!(kept.session.methods.contains(Method::Password), "it was just chosen in this session");
    assert!(world.read(&other.token).await.is_none());
    world.sign_in(PHONE, NEW_PASSWORD).await.unwrap();
}

#[tokio::test]
async fn a_removed_password_signs_in_no_more() {
    let world = World::roomy();
    let (other, person) = (world.person(PHONE).await, world.person(PHONE).await);
    let changed = remove(&world, &person).await.unwrap();
    assert_eq!(changed.user.password_hash, None);
    assert!(world.read(&changed.renewed.unwrap().token).await.is_some());
    assert!(world.read(&other.token).await.is_none());
    world.sign_in(PHONE, PASSWORD).await.unwrap_err();
    assert!(!world.sign_in_by_code(PHONE).await.unwrap().is_new);
    assert_eq!(world.gateway.notices(), [(number(PHONE), AccountNotice::PasswordChanged)]);
}

#[tokio::test]
async fn a_password_is_removed_only_by_a_fresh_session_and_where_none_is_needed() {
    let mut world = World::roomy();
    world.user(PHONE).await;
    let by_code = world.code_person(PHONE).await;
    let refused = remove(&world, &by_code).await;
    assert!(matches!(refused, Err(ChangePasswordError::NotFresh(_))), "{refused:?}");
    let person = world.person(PHONE).await;
    world.change(|setup| setup.passwordless = false);
    let refused = remove(&world, &person).await;
    assert!(matches!(refused, Err(ChangePasswordError::PasswordRequired)), "{refused:?}");
    world.sign_in(PHONE, PASSWORD).await.unwrap();
}

/// The person's session is of an earlier epoch than the account by now.
#[tokio::test]
async fn a_change_of_an_account_that_was_changed_meanwhile_is_a_conflict() {
    let world = World::roomy();
    let (first, second) = (world.person(PHONE).await, world.person(PHONE).await);
    change(&world, &first, new_password()).await.unwrap();
    let late = change(&world, &second, new_password()).await;
    assert!(matches!(late, Err(ChangePasswordError::Conflict)), "{late:?}");
    let kept = NewPassword { keep_sessions: true, ..new_password() };
    let late = change(&world, &second, kept).await;
    assert!(matches!(late, Err(ChangePasswordError::Conflict)), "{late:?}");
    let late = remove(&world, &second).await;
    assert!(matches!(late, Err(ChangePasswordError::Conflict)), "{late:?}");
    world.sign_in(PHONE, NEW_PASSWORD).await.unwrap();
}
