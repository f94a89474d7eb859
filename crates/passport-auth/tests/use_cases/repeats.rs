//! W3: what a request gets that is repeated, because the answer to the first one was lost.

use std::time::Duration;

use futures::future::join_all;
use passport_auth::{CodeRefusal, Denied, Registration, RequestCodeError, SignUpError};
use passport_codes::{Code, CodePolicy};
use passport_user::User;

use crate::{
    logs,
    world::{
        COOLDOWN, OTHER_PHONE, PASSWORD, PHONE, WRONG_PASSWORD, World, caller, client, password,
        registration, wrong_code,
    },
};

/// A world with an account, and the code that it was made with.
async fn signed_up() -> (World, User, Code) {
    let world = World::new();
    let code = world.request_code(PHONE).await.expect("a code is sent");
    let user = world.sign_up(PHONE, &code).await.expect("the code is good");
    (world, user, code)
}

fn is_gone(outcome: &Result<User, SignUpError>) -> bool {
    matches!(outcome, Err(SignUpError::Code(CodeRefusal::Missing)))
}

async fn with_password(world: &World, code: &Code, text: &str) -> Result<User, SignUpError> {
    let registration = Registration { password: password(text), ..registration(PHONE, code) };
    world.sign_up.register(registration).await
}

#[tokio::test]
async fn w3_the_same_sign_up_again_returns_the_same_account() {
    let (world, user, code) = signed_up().await;
    for _ in 0..3 {
        assert_eq!(world.sign_up(PHONE, &code).await.unwrap(), user);
    }
    let spaced = Code::from_text(format!(" {} ", code.expose()));
    assert_eq!(world.sign_up(PHONE, &spaced).await.unwrap(), user, "as it was typed");
    let at_once = join_all((0..5).map(|_| world.sign_up(PHONE, &code))).await;
    assert!(at_once.into_iter().all(|again| again.unwrap() == user));
    assert_eq!(world.guesses_left(PHONE).await, 5, "nothing is charged");
    let id = user.id.to_string();
    let is_event = |line: &&String| line.contains("signed up") && line.contains(&id);
    assert_eq!(logs::lines().iter().filter(is_event).count(), 1, "one event");
}

#[tokio::test]
async fn w3_only_the_same_sign_up_is_a_repetition() {
    let (world, user, code) = signed_up().await;
    assert!(is_gone(&world.sign_up(PHONE, &wrong_code()).await), "another code");
    assert!(is_gone(&with_password(&world, &code, WRONG_PASSWORD).await), "another password");
    assert!(is_gone(&world.sign_up(OTHER_PHONE, &code).await), "another number");
    let weak = with_password(&world, &code, "password").await;
    assert!(matches!(weak, Err(SignUpError::Password(_))));
    assert_eq!(world.sign_up(PHONE, &code).await.unwrap(), user, "others do not use it up");
}

#[tokio::test]
async fn w3_a_sign_up_can_be_repeated_while_its_code_would_have_lived() {
    let world = World::new();
    let code = world.request_code(PHONE).await.unwrap();
    world.clock.advance(Duration::from_secs(200));
    let user = world.sign_up(PHONE, &code).await.unwrap();
    world.clock.advance(Duration::from_millis(99_999));
    assert_eq!(world.sign_up(PHONE, &code).await.unwrap(), user);
    world.clock.advance(Duration::from_millis(1));
    assert!(is_gone(&world.sign_up(PHONE, &code).await));
}

#[tokio::test]
async fn w3_guesses_of_strangers_do_not_prevent_a_repetition() {
    let (world, user, code) = signed_up().await;
    for _ in 0..30 {
        assert!(is_gone(&world.sign_up(PHONE, &wrong_code()).await));
    }
    assert_eq!(world.hasher.compared(), [""; 0], "no password was compared");
    assert_eq!(world.sign_up(PHONE, &code).await.unwrap(), user);
}

/// A repetition is no second way to try passwords.
#[tokio::test(start_paused = true)]
async fn w3_passwords_are_compared_within_the_limits_of_sign_ins() {
    let (world, _, code) = signed_up().await;
    for _ in 0..5 {
        assert!(is_gone(&with_password(&world, &code, WRONG_PASSWORD).await));
    }
    let sixth = with_password(&world, &code, PASSWORD).await;
    assert!(matches!(sixth, Err(SignUpError::Denied(Denied::TooSoon { .. }))), "{sixth:?}");
    assert_eq!(world.guesses_left(PHONE).await, 0, "the series is the one of sign-ins");
}

#[tokio::test]
async fn w3_a_number_that_was_taken_before_stays_taken() {
    let (world, _, _) = signed_up().await;
    world.clock.advance(COOLDOWN);
    let code = world.request_code(PHONE).await.unwrap();
    // With the password of the account, too: this code has not made it.
    let taken = world.sign_up(PHONE, &code).await;
    assert!(matches!(taken, Err(SignUpError::PhoneTaken)));
    assert!(is_gone(&world.sign_up(PHONE, &code).await));
}

#[tokio::test]
async fn w3_a_code_requested_again_is_refused_with_a_wait_and_the_first_stays_valid() {
    let world = World::new();
    let request = world.code_request(PHONE).await;
    world.request_code.send(request.clone()).await.unwrap();
    let again = world.request_code.send(request).await;
    let Err(RequestCodeError::Denied(Denied::TooMany(refusal))) = again else {
        panic!("{again:?}");
    };
    assert_eq!(refusal.retry_after, COOLDOWN);
    assert_eq!(world.gateway.messages().len(), 1, "one message");
    world.sign_up(PHONE, &world.gateway.last_code()).await.unwrap();
}

#[tokio::test]
async fn w3_a_sign_in_again_gives_another_session_and_a_sign_out_again_succeeds() {
    let world = World::new();
    let user = world.user(PHONE).await;
    let lost = world.sign_in(PHONE, PASSWORD).await.unwrap();
    let again = world.sign_in(PHONE, PASSWORD).await.unwrap();
    assert_ne!(lost.session.id, again.session.id);
    assert_eq!(world.sessions_of(&user).await, 2, "the lost one expires unused");
    for _ in 0..2 {
        world.sign_out.sign_out(&again.token, &caller(1)).await.unwrap();
    }
    assert!(!world.is_signed_in(&again).await);
    assert!(world.is_signed_in(&lost).await);
}

#[tokio::test]
async fn x6_a_client_has_ten_wrong_codes_a_day_over_all_numbers() {
    let world = World::with(|setup| {
        setup.code_policy = CodePolicy::new(Duration::from_mins(5), 10).unwrap();
    });
    let (first, second) =
        (world.request_code(PHONE).await.unwrap(), world.request_code(OTHER_PHONE).await.unwrap());
    let by = |last, phone: &'static str, code: &Code| Registration {
        client: client(last).into(),
        ..registration(phone, code)
    };
    for phone in [PHONE, OTHER_PHONE].repeat(5) {
        let wrong = world.sign_up.register(by(7, phone, &wrong_code())).await;
        assert!(matches!(wrong, Err(SignUpError::Code(CodeRefusal::Mismatch { .. }))));
    }
    let eleventh = world.sign_up.register(by(7, PHONE, &wrong_code())).await;
    let Err(SignUpError::Denied(Denied::TooMany(refusal))) = eleventh else {
        panic!("{eleventh:?}");
    };
    assert_eq!(refusal.policy.as_str(), "wrong-codes-per-client");
    // The codes have tries left, and the owners have other addresses.
    world.sign_up.register(by(8, PHONE, &first)).await.unwrap();
    world.sign_up.register(by(9, OTHER_PHONE, &second)).await.unwrap();
    // A client that cannot redeem a code gets none.
    let mut request = world.code_request("13700137000").await;
    request.client = caller(7);
    let refused = world.request_code.send(request).await;
    assert!(matches!(refused, Err(RequestCodeError::Denied(Denied::TooMany(_)))));
}

#[tokio::test]
async fn x6_right_codes_of_a_client_are_not_counted() {
    let world = World::with(|setup| {
        setup.quotas.wrong_codes_per_client = crate::world::quota(1, Duration::from_hours(24));
    });
    for n in 0..5 {
        let phone = crate::world::nth_phone(n);
        let code = world.request_code(&phone).await.unwrap();
        world.sign_up(&phone, &code).await.unwrap();
    }
}
