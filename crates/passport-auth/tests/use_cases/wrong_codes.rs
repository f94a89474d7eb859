//! Limit on wrong codes for a number, over all codes that the number gets.

use std::time::Duration;

use futures::future::join_all;
use passport_auth::{CodeRefusal, Denied, RequestCodeError, SignUpError};

use crate::world::{
    COOLDOWN, OTHER_PHONE, PASSWORD, PHONE, WRONG_PASSWORD, World, quota, wrong_code,
};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

fn too_many<T>(outcome: &Result<T, SignUpError>) -> bool {
    matches!(outcome, Err(SignUpError::Denied(Denied::TooSoon { .. } | Denied::TooMany(_))))
}

#[tokio::test]
async fn otp_9_the_twenty_first_guess_is_not_compared_though_the_code_is_fresh() {
    // The guesses come from one client.
    let world = World::with(|setup| setup.quotas.wrong_codes_per_client = quota(100, DAY));
    let mut code = None;
    for _ in 0..5 {
        world.clock.advance(COOLDOWN);
        code = Some(world.request_code(PHONE).await.unwrap());
        for _ in 0..4 {
            let wrong = world.sign_up(PHONE, &wrong_code()).await;
            assert!(matches!(wrong, Err(SignUpError::Code(CodeRefusal::Mismatch { .. }))));
        }
    }
    world.outage.calls();
    // Each code allows five tries, and the last has had four.
    let outcome = world.sign_up(PHONE, &code.unwrap()).await;
    let Err(SignUpError::Denied(Denied::TooSoon { retry_after })) = outcome else {
        panic!("the 21st guess was compared");
    };
    let calls = ["throttle.hit", "failures.begin", "failures.begin", "throttle.refund"];
    assert_eq!(world.outage.calls(), calls);
    assert_eq!(retry_after, DAY);

    let other = world.request_code(OTHER_PHONE).await.unwrap();
    world.sign_up(OTHER_PHONE, &other).await.unwrap();
    world.clock.advance(retry_after);
    let code = world.request_code(PHONE).await.unwrap();
    world.sign_up(PHONE, &code).await.unwrap();
}

/// A code that could not be redeemed would still be paid for.
#[tokio::test]
async fn otp_9_a_number_at_its_limit_of_wrong_codes_gets_no_code() {
    let world = World::with(|setup| setup.allow_wrong_codes(1));
    world.request_code(PHONE).await.unwrap();
    _ = world.sign_up(PHONE, &wrong_code()).await;
    // A number gets five messages an hour.
    world.clock.advance(HOUR);
    let request = world.code_request(PHONE).await;
    world.outage.calls();
    let refused = world.request_code.send(request).await;
    let Err(RequestCodeError::Denied(Denied::TooSoon { retry_after })) = refused else {
        panic!("a code was sent: {refused:?}");
    };
    assert_eq!(world.outage.calls(), ["throttle.hit", "failures.check"]);
    assert_eq!(retry_after + HOUR, DAY);
    world.clock.advance(retry_after);
    let code = world.request_code(PHONE).await.unwrap();
    world.sign_up(PHONE, &code).await.unwrap();
}

#[tokio::test]
async fn otp_9_parallel_guesses_do_not_outrun_the_count() {
    let world = World::with(|setup| setup.allow_wrong_codes(3));
    let code = world.request_code(PHONE).await.unwrap();
    let guess = wrong_code();
    let outcomes = join_all((0..34).map(|_| world.sign_up(PHONE, &guess))).await;
    let wrong = |outcome: &&Result<_, _>| {
        matches!(outcome, Err(SignUpError::Code(CodeRefusal::Mismatch { .. })))
    };
    assert_eq!(outcomes.iter().filter(wrong).count(), 3);
    assert_eq!(outcomes.iter().filter(|outcome| too_many(outcome)).count(), 31);
    assert!(too_many(&world.sign_up(PHONE, &code).await), "the right one is too late");
}

#[tokio::test]
async fn otp_9_only_wrong_codes_are_counted() {
    let world = World::with(|setup| setup.allow_wrong_codes(1));
    for _ in 0..5 {
        let missing = world.sign_up(PHONE, &wrong_code()).await;
        assert!(matches!(missing, Err(SignUpError::Code(CodeRefusal::Missing))));
    }
    let code = world.request_code(PHONE).await.unwrap();
    world.outage.take_down(&["codes"]);
    let down = world.sign_up(PHONE, &code).await;
    assert!(matches!(down, Err(SignUpError::Denied(Denied::Unavailable(_)))));
    world.outage.end();
    world.sign_up(PHONE, &code).await.unwrap();
    world.clock.advance(COOLDOWN);
    let code = world.request_code(PHONE).await.unwrap();
    let taken = world.sign_up(PHONE, &code).await;
    assert!(matches!(taken, Err(SignUpError::PhoneTaken)));
}

#[tokio::test]
async fn otp_9_while_the_limit_cannot_be_checked_no_code_is_compared() {
    for (store, calls) in [
        ("throttle", &["throttle.hit"][..]),
        ("failures", &["throttle.hit", "failures.begin", "throttle.refund"]),
    ] {
        let world = World::new();
        let code = world.request_code(PHONE).await.unwrap();
        world.outage.calls();
        world.outage.take_down(&[store]);
        let refused = world.sign_up(PHONE, &code).await;
        assert!(matches!(refused, Err(SignUpError::Denied(Denied::Unavailable(_)))));
        assert_eq!(world.outage.calls(), calls);
        world.outage.end();
        world.sign_up(PHONE, &code).await.unwrap();
    }
}

/// A password is another authenticator (NIST SP 800-63B-4 §3.2.2).
#[tokio::test]
async fn otp_9_a_password_ends_the_series_of_wrong_codes() {
    let world = World::with(|setup| setup.allow_wrong_codes(1));
    world.user(PHONE).await;
    world.clock.advance(COOLDOWN);
    let code = world.request_code(PHONE).await.unwrap();
    world.sign_up(PHONE, &wrong_code()).await.unwrap_err();
    assert!(too_many(&world.sign_up(PHONE, &code).await));
    world.sign_in(PHONE, WRONG_PASSWORD).await.unwrap_err();
    assert!(too_many(&world.sign_up(PHONE, &code).await), "a wrong one ends nothing");
    world.sign_in(PHONE, PASSWORD).await.unwrap();
    let proved = world.sign_up(PHONE, &code).await;
    assert!(matches!(proved, Err(SignUpError::PhoneTaken)), "{proved:?}");
}

/// The wait is the same for numbers with and without an account.
#[tokio::test]
async fn enu_1_numbers_with_and_without_an_account_wait_alike() {
    let world = World::with(|setup| setup.allow_wrong_codes(1));
    world.user(PHONE).await;
    world.clock.advance(COOLDOWN);
    let mut seen = Vec::new();
    for phone in [PHONE, OTHER_PHONE] {
        let code = world.request_code(phone).await.unwrap();
        world.sign_up(phone, &wrong_code()).await.unwrap_err();
        world.outage.calls();
        let refused = world.sign_up(phone, &code).await.unwrap_err();
        assert!(matches!(refused, SignUpError::Denied(Denied::TooSoon { .. })), "{refused:?}");
        seen.push((format!("{refused:?}"), world.outage.calls()));
    }
    assert_eq!(seen[0], seen[1]);
}
