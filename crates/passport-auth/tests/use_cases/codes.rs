//! Codes: redeemed, expired, and withdrawn when sending fails.

use std::time::Duration;

use futures::{future::join_all, poll};
use passport_auth::{
    CodePurpose, CodeRefusal, Denied, Registration, RequestCodeError, SendOutcome, SendRefusal,
    SignUpError,
};
use passport_throttle::Refusal;
use tokio::task::yield_now;

use crate::{
    doubles::ANSWER,
    world::{
        COOLDOWN, OTHER_PHONE, PASSWORD, PHONE, World, number, password, registration, wrong_code,
    },
};

#[tokio::test]
async fn a_message_carries_all_that_its_text_needs() {
    let world = World::new();
    world.request_code(PHONE).await.unwrap();
    let [message] = &world.gateway.messages()[..] else { panic!("one message was sent") };
    assert_eq!(message.to, number(PHONE));
    assert_eq!(message.purpose, CodePurpose::Register);
    assert_eq!(message.valid_for, Duration::from_mins(5));
    assert_eq!(message.code.expose().len(), 6);
    assert!(message.code.expose().bytes().all(|digit| digit.is_ascii_digit()));
    assert_ne!(message.code.expose(), ANSWER);
}

#[tokio::test]
async fn otp_2_code_lives_300_seconds() {
    let world = World::new();
    let first = world.request_code(PHONE).await.unwrap();
    let second = world.request_code(OTHER_PHONE).await.unwrap();
    world.clock.advance(Duration::from_millis(299_999));
    world.sign_up(PHONE, &first).await.unwrap();
    world.clock.advance(Duration::from_millis(1));
    let late = world.sign_up(OTHER_PHONE, &second).await;
    assert!(matches!(late, Err(SignUpError::Code(CodeRefusal::Missing))));
}

#[tokio::test]
async fn otp_3_code_is_redeemed_once_under_parallel_submits() {
    let world = World::with(|setup| {
        setup.allow_wrong_codes(50);
        setup.never_delay_passwords();
    });
    let code = world.request_code(PHONE).await.unwrap();
    // With a password each, because equal requests are repetitions of one sign-up.
    let outcomes = join_all((0..12).map(|n| {
        let password = password(&format!("{PASSWORD} {n}"));
        world.sign_up.register(Registration { password, ..registration(PHONE, &code) })
    }))
    .await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let missing =
        |outcome: &&Result<_, _>| matches!(outcome, Err(SignUpError::Code(CodeRefusal::Missing)));
    assert_eq!(outcomes.iter().filter(missing).count(), 11, "{outcomes:?}");
}

#[tokio::test]
async fn otp_4_code_is_invalid_after_its_fifth_wrong_try() {
    let world = World::new();
    let code = world.request_code(PHONE).await.unwrap();
    for _ in 0..5 {
        let wrong = world.sign_up(PHONE, &wrong_code()).await;
        assert!(matches!(wrong, Err(SignUpError::Code(CodeRefusal::Mismatch { .. }))));
    }
    assert!(matches!(
        world.sign_up(PHONE, &code).await,
        Err(SignUpError::Code(CodeRefusal::Missing))
    ));
    assert!(!world.has_account(PHONE).await);
}

#[tokio::test]
async fn otp_4_no_more_than_five_parallel_guesses_are_compared() {
    let world = World::new();
    world.request_code(PHONE).await.unwrap();
    let wrong = wrong_code();
    let outcomes = join_all((0..50).map(|_| world.sign_up(PHONE, &wrong))).await;
    let compared = |outcome: &&Result<_, _>| {
        matches!(outcome, Err(SignUpError::Code(CodeRefusal::Mismatch { .. })))
    };
    assert_eq!(outcomes.iter().filter(compared).count(), 5);
}

#[tokio::test]
async fn otp_5_wrong_guess_does_not_burn_the_code() {
    let world = World::new();
    let code = world.request_code(PHONE).await.unwrap();
    for _ in 0..4 {
        world.sign_up(PHONE, &wrong_code()).await.unwrap_err();
    }
    world.sign_up(PHONE, &code).await.unwrap();
}

#[tokio::test]
async fn otp_6_code_is_bound_to_its_number() {
    let world = World::new();
    let code = world.request_code(PHONE).await.unwrap();
    let never_sent = world.sign_up(OTHER_PHONE, &code).await;
    assert!(matches!(never_sent, Err(SignUpError::Code(CodeRefusal::Missing))));
    let others = world.request_code(OTHER_PHONE).await.unwrap();
    for _ in 0..5 {
        world.sign_up(OTHER_PHONE, &code).await.unwrap_err();
    }
    let out_of_tries = world.sign_up(OTHER_PHONE, &others).await;
    assert!(
        matches!(out_of_tries, Err(SignUpError::Code(CodeRefusal::Missing))),
        "each counted as a try"
    );
    world.sign_up(PHONE, &code).await.unwrap();
}

#[tokio::test]
async fn otp_7_new_code_replaces_the_former() {
    let world = World::new();
    let former = world.request_code(PHONE).await.unwrap();
    world.clock.advance(COOLDOWN);
    let code = world.request_code(PHONE).await.unwrap();
    assert!(matches!(
        world.sign_up(PHONE, &former).await,
        Err(SignUpError::Code(CodeRefusal::Mismatch { .. }))
    ));
    world.sign_up(PHONE, &code).await.unwrap();
}

#[tokio::test]
async fn otp_10_refused_message_leaves_no_code_and_no_charge_for_the_number() {
    let causes: [fn() -> SendOutcome; 4] = [
        || SendOutcome::NotSent("gateway is down".into()),
        || SendOutcome::NotRecorded("database is down".into()),
        || SendOutcome::RecipientRefused("not a mobile".into()),
        || SendOutcome::NumberNotServed("a trial account".into()),
    ];
    for delivery in causes {
        let world = World::new();
        world.gateway.answer(delivery());
        match (world.request_code(PHONE).await, delivery()) {
            (Err(RequestCodeError::Send(SendRefusal::NotSent(_))), SendOutcome::NotSent(_))
            | (
                Err(RequestCodeError::Send(SendRefusal::NotStored(_))),
                SendOutcome::NotRecorded(_),
            )
            | (
                Err(RequestCodeError::Send(SendRefusal::RecipientRefused(_))),
                SendOutcome::RecipientRefused(_),
            )
            | (
                Err(RequestCodeError::Send(SendRefusal::NumberNotServed(_))),
                SendOutcome::NumberNotServed(_),
            ) => {}
            (outcome, delivery) => panic!("{delivery:?} was told as {outcome:?}"),
        }
        let dead = world.sign_up(PHONE, &world.gateway.last_code()).await;
        assert!(matches!(dead, Err(SignUpError::Code(CodeRefusal::Missing))));
        let code = world.request_code(PHONE).await.unwrap();
        world.sign_up(PHONE, &code).await.unwrap();
    }
}

/// The gateway takes longer to fail than the cooldown of the number.
#[tokio::test]
async fn otp_10_a_message_that_fails_late_leaves_the_next_code_valid() {
    let world = World::new();
    let fail = world.gateway.answer_late(SendOutcome::NotSent("gateway is down".into()));
    let mut slow = Box::pin(world.request_code(PHONE));
    while world.gateway.messages().is_empty() {
        assert!(poll!(&mut slow).is_pending());
        yield_now().await;
    }
    world.clock.advance(COOLDOWN);
    let code = world.request_code(PHONE).await.unwrap();
    drop(fail);
    assert!(matches!(slow.await, Err(RequestCodeError::Send(SendRefusal::NotSent(_)))));
    world.sign_up(PHONE, &code).await.unwrap();
}

#[tokio::test]
async fn otp_10_refused_messages_never_use_up_a_quota() {
    let world = World::new();
    for _ in 0..40 {
        world.gateway.answer(SendOutcome::NotSent("gateway is down".into()));
        let refused = world.request_code(PHONE).await;
        assert!(matches!(refused, Err(RequestCodeError::Send(SendRefusal::NotSent(_)))));
    }
    world.request_code(PHONE).await.unwrap();
}

#[tokio::test]
async fn otp_10_unknown_delivery_leaves_the_code_valid_and_the_charge() {
    let world = World::new();
    world.gateway.answer(SendOutcome::Unknown("connection broke".into()));
    let unknown = world.request_code(PHONE).await;
    assert!(matches!(unknown, Err(RequestCodeError::Send(SendRefusal::DeliveryUnknown { .. }))));
    let again = world.request_code(PHONE).await;
    assert!(
        matches!(again, Err(RequestCodeError::Denied(Denied::TooMany(Refusal { retry_after, .. }))) if retry_after == COOLDOWN)
    );
    world.sign_up(PHONE, &world.gateway.last_code()).await.unwrap();
}
