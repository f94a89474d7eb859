//! A stranger cannot learn whether a number is registered.

use std::time::Duration;

use passport_auth::{CodePurpose, CodeRefusal, Denied, SignInError, SignUpError};
use passport_user::{PasswordHash, User};

use crate::setup::backoff;
use crate::world::{
    COOLDOWN, OTHER_PHONE, PASSWORD, PHONE, WRONG_PASSWORD, World, created, number, wrong_code,
};

const MINUTE: Duration = Duration::from_mins(1);

/// A world in which [`PHONE`] is registered and gets messages, and [`OTHER_PHONE`] is not.
async fn world() -> World {
    let world = World::new();
    world.user(PHONE).await;
    world.clock.advance(COOLDOWN);
    world.outage.calls();
    world
}

#[tokio::test]
async fn enu_1_known_and_unknown_numbers_get_a_code_alike() {
    let world = world().await;
    let mut seen = Vec::new();
    for phone in [PHONE, OTHER_PHONE] {
        let (first, second) = (world.request_code(phone).await, world.request_code(phone).await);
        let message = world.gateway.messages().pop().unwrap();
        assert_eq!(message.to, number(phone));
        assert_eq!(message.purpose, CodePurpose::Register);
        let second = format!("{:?}", second.unwrap_err());
        seen.push((first.is_ok(), second, world.outage.calls()));
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn enu_2_unknown_number_and_wrong_password_are_the_same() {
    let world = world().await;
    let mut seen = Vec::new();
    for phone in [PHONE, OTHER_PHONE] {
        let refused = world.sign_in(phone, WRONG_PASSWORD).await.unwrap_err();
        assert!(matches!(refused, SignInError::WrongCredentials(_)));
        seen.push((world.hasher.compared(), world.outage.calls()));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0].0, ["v=2,t=2b,r=4"], "one comparison at the present cost");
}

#[tokio::test(start_paused = true)]
async fn enu_2_failures_are_counted_for_unknown_numbers_too() {
    let mut seen = Vec::new();
    for phone in [PHONE, OTHER_PHONE] {
        let world = world().await;
        assert_eq!(world.guesses_left(phone).await, 5, "{phone}");
        world.hasher.compared();
        world.outage.calls();
        let refused = world.sign_in(phone, PASSWORD).await.unwrap_err();
        assert!(matches!(refused, SignInError::Denied(Denied::TooSoon { .. })), "{refused:?}");
        assert_eq!(world.hasher.compared(), [""; 0]);
        seen.push((format!("{refused:?}"), world.outage.calls()));
    }
    assert_eq!(seen[0], seen[1]);
}

/// The stop of a series is the same for both numbers, too.
#[tokio::test(start_paused = true)]
async fn enu_2_passwords_stop_for_unknown_numbers_too() {
    let mut world = world().await;
    world.change(|setup| setup.backoffs.password = backoff(4, MINUTE, MINUTE, 6));
    let mut seen = Vec::new();
    for phone in [PHONE, OTHER_PHONE] {
        let first = world.guesses_left(phone).await;
        world.clock.advance(MINUTE);
        let second = world.guesses_left(phone).await;
        world.clock.advance(30 * MINUTE);
        let refused = world.sign_in(phone, PASSWORD).await.unwrap_err();
        assert!(matches!(refused, SignInError::Denied(Denied::Stopped)), "{refused:?}");
        seen.push((first, second, format!("{refused:?}")));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!((seen[0].0, seen[0].1), (5, 1));
}

#[tokio::test]
async fn enu_2_a_hash_that_cannot_be_read_costs_the_same_work() {
    let world = world().await;
    let unreadable = PasswordHash::new("$argon2id$v=19$from-elsewhere");
    let imported = User::new(number(OTHER_PHONE), Some(unreadable), world.sign_up.clock.now());
    world.sign_up.users.insert(&imported, &created(&imported)).await.unwrap();
    for phone in [PHONE, OTHER_PHONE] {
        let refused = world.sign_in(phone, WRONG_PASSWORD).await;
        assert!(matches!(refused, Err(SignInError::WrongCredentials(_))));
        assert_eq!(world.hasher.compared(), ["v=2,t=2b,r=4"], "{phone}");
    }
    let right = world.sign_in(OTHER_PHONE, PASSWORD).await;
    assert!(matches!(right, Err(SignInError::WrongCredentials(_))));
}

#[tokio::test]
async fn enu_3_a_taken_number_is_revealed_only_after_its_proof() {
    let world = world().await;
    let mut calls = Vec::new();
    for phone in [PHONE, OTHER_PHONE] {
        world.outage.calls();
        let no_code = world.sign_up(phone, &wrong_code()).await;
        assert!(matches!(no_code, Err(SignUpError::Code(CodeRefusal::Missing))));
        let code = world.request_code(phone).await.unwrap();
        let wrong = world.sign_up(phone, &wrong_code()).await;
        assert!(matches!(wrong, Err(SignUpError::Code(CodeRefusal::Mismatch { .. }))));
        calls.push(world.outage.calls());
        assert_eq!(world.hasher.compared(), [""; 0], "no password is compared");

        let proved = world.sign_up(phone, &code).await;
        assert_eq!(matches!(proved, Err(SignUpError::PhoneTaken)), phone == PHONE);
        assert_eq!(proved.is_ok(), phone == OTHER_PHONE);
    }
    assert_eq!(calls[0], calls[1], "both numbers cost the same work");
}
