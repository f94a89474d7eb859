//! Codes that signed-in people ask for, and their limits.

use std::time::Duration;

use passport_auth::{
    Authenticated, CodePurpose, Denied, RequestOwnCodeError, SendOutcome, SendRefusal, SentCode,
    Solved, policies,
};
use passport_throttle::Policy;

use crate::{
    faulty::{Fault, FaultKind, each_fault},
    world::{COOLDOWN, OTHER_PHONE, PHONE, World, caller, nth_phone, number},
};

const HOUR: Duration = Duration::from_hours(1);
/// Call by which a code for a confirmation is charged to its user: after the two checks of the order.
const USER_CHARGE: usize = 2;

async fn confirm(world: &World, person: &Authenticated) -> Result<SentCode, RequestOwnCodeError> {
    world.accounts.request_own_code.confirm(person.clone(), caller(1)).await
}

async fn change(
    world: &World,
    person: &Authenticated,
    phone: &str,
) -> Result<SentCode, RequestOwnCodeError> {
    let (solved, own_codes) = (world.solved().await, &world.accounts.request_own_code);
    own_codes.change_number(person.clone(), number(phone), solved, caller(1)).await
}

fn policy(outcome: &Result<SentCode, RequestOwnCodeError>) -> Policy {
    match outcome {
        Err(RequestOwnCodeError::Denied(Denied::TooMany(refusal))) => refusal.policy,
        outcome => panic!("no limit refused: {outcome:?}"),
    }
}

#[tokio::test]
async fn a_code_goes_to_the_own_number_without_a_challenge() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    let sent = confirm(&world, &person).await.unwrap();
    assert!(sent.id.is_some());
    assert_eq!((sent.length, sent.expires_in), (6, Duration::from_mins(5)));
    let message = world.gateway.messages().pop().unwrap();
    assert_eq!((message.to, message.purpose), (number(PHONE), CodePurpose::Confirm));
}

#[tokio::test]
async fn a_user_has_five_codes_for_confirmations_an_hour() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    for _ in 0..5 {
        confirm(&world, &person).await.unwrap();
    }
    let sent = world.gateway.messages().len();
    assert_eq!(policy(&confirm(&world, &person).await), policies::CONFIRM_CODES_PER_USER);
    assert_eq!(world.gateway.messages().len(), sent);
    let other = world.person(OTHER_PHONE).await;
    confirm(&world, &other).await.unwrap();
    world.clock.advance(HOUR);
    confirm(&world, &person).await.unwrap();
}

/// They count on the number too, as every message does.
#[tokio::test]
async fn rl_1_own_codes_count_on_number_and_client() {
    let world = World::new();
    let person = world.person(PHONE).await;
    let cooldown = confirm(&world, &person).await;
    assert_eq!(policy(&cooldown), policies::SMS_PER_PHONE_COOLDOWN);
    world.clock.advance(COOLDOWN);
    confirm(&world, &person).await.unwrap();
    world.typed_code(OTHER_PHONE, CodePurpose::SignIn).await;
    let cooldown = change(&world, &person, OTHER_PHONE).await;
    assert_eq!(policy(&cooldown), policies::SMS_PER_PHONE_COOLDOWN);
}

#[tokio::test]
async fn a_user_has_three_codes_for_new_numbers_an_hour_and_five_a_day() {
    let world = World::roomy();
    for _ in 0..3 {
        let person = world.person(PHONE).await;
        change(&world, &person, OTHER_PHONE).await.unwrap();
    }
    let person = world.person(PHONE).await;
    let refused = change(&world, &person, OTHER_PHONE).await;
    assert_eq!(policy(&refused), policies::CHANGE_CODES_PER_USER_HOUR);
    world.clock.advance(HOUR);
    let person = world.person(PHONE).await;
    for _ in 0..2 {
        change(&world, &person, OTHER_PHONE).await.unwrap();
    }
    world.clock.advance(HOUR);
    let person = world.person(PHONE).await;
    let refused = change(&world, &person, OTHER_PHONE).await;
    assert_eq!(policy(&refused), policies::CHANGE_CODES_PER_USER_DAY);
}

#[tokio::test]
async fn a_user_has_three_new_numbers_a_day() {
    let world = World::roomy();
    for n in 0..3 {
        let person = world.person(PHONE).await;
        change(&world, &person, &nth_phone(n)).await.unwrap();
        world.clock.advance(HOUR);
    }
    let person = world.person(PHONE).await;
    let sent = world.gateway.messages().len();
    let refused = change(&world, &person, &nth_phone(3)).await;
    assert_eq!(policy(&refused), policies::NEW_NUMBERS_PER_USER);
    assert_eq!(world.gateway.messages().len(), sent);
    change(&world, &person, &nth_phone(2)).await.expect("a number counts once");
}

/// A number that cannot be counted gets no message.
#[tokio::test]
async fn a_new_number_is_counted_though_an_answer_is_lost() {
    let world = World::roomy();
    let mut call = 0;
    let mut passed = 0;
    loop {
        let person = world.person(PHONE).await;
        let phone = nth_phone(call);
        let solved = world.solved().await;
        world.outage.begin(Fault { kind: FaultKind::CallLost, call });
        let own_codes = &world.accounts.request_own_code;
        let outcome = own_codes.change_number(person, number(&phone), solved, caller(1)).await;
        let Some(failed) = world.outage.end() else { break };
        let is_harmless = outcome.is_ok();
        assert!(!is_harmless || failed == "throttle.refund", "{failed}: {outcome:?}");
        passed += usize::from(is_harmless);
        call += 1;
        world.clock.advance(24 * HOUR);
    }
    assert_eq!(passed, 1, "the refund of the gate");
}

#[tokio::test]
async fn a_message_that_was_not_sent_is_not_charged_to_the_user() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    let causes: [fn() -> SendOutcome; 3] = [
        || SendOutcome::NotSent("gateway is down".into()),
        || SendOutcome::NotRecorded("database is down".into()),
        || SendOutcome::MessageRefused("no template".into()),
    ];
    for outcome in causes.repeat(4) {
        world.gateway.answer(outcome());
        let refused = confirm(&world, &person).await;
        assert!(matches!(refused, Err(RequestOwnCodeError::Send(_))), "{refused:?}");
        world.gateway.answer(outcome());
        let refused = change(&world, &person, OTHER_PHONE).await;
        assert!(matches!(refused, Err(RequestOwnCodeError::Send(_))), "{refused:?}");
    }
    for _ in 0..5 {
        confirm(&world, &person).await.unwrap();
    }
    for _ in 0..3 {
        change(&world, &person, OTHER_PHONE).await.unwrap();
    }
    // A message that may have been sent, or that the number refused, counts.
    let other = world.person(OTHER_PHONE).await;
    for n in 0..5 {
        world.gateway.answer(match n {
            0..3 => SendOutcome::Unknown("connection broke".into()),
            _ => SendOutcome::RecipientRefused("not a mobile".into()),
        });
        confirm(&world, &other).await.unwrap_err();
    }
    assert_eq!(policy(&confirm(&world, &other).await), policies::CONFIRM_CODES_PER_USER);
}

/// A refusal of the message's own limits takes nothing from those of the user.
#[tokio::test]
async fn a_message_beyond_the_limits_of_the_number_is_not_charged_to_the_user() {
    let world = World::new();
    let person = world.person(PHONE).await;
    for _ in 0..20 {
        let refused = confirm(&world, &person).await;
        assert_eq!(policy(&refused), policies::SMS_PER_PHONE_COOLDOWN);
    }
    world.clock.advance(COOLDOWN);
    confirm(&world, &person).await.unwrap();
}

#[tokio::test]
async fn a_new_number_needs_a_solved_challenge_and_a_fresh_session() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    let challenge = world.challenge().await;
    let wrong = Solved { challenge, answer: "wrong".to_owned() };
    let own_codes = &world.accounts.request_own_code;
    let refused =
        own_codes.change_number(person.clone(), number(OTHER_PHONE), wrong, caller(1)).await;
    assert!(matches!(refused, Err(RequestOwnCodeError::Challenge(_))), "{refused:?}");
    world.clock.advance(Duration::from_mins(6));
    let refused = change(&world, &person, OTHER_PHONE).await;
    assert!(matches!(refused, Err(RequestOwnCodeError::NotFresh(_))), "{refused:?}");
    // A confirmation is what makes it fresh.
    confirm(&world, &person).await.unwrap();
}

#[tokio::test]
async fn a_country_that_is_not_served_costs_nothing() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    let solved = world.solved().await;
    let own_codes = &world.accounts.request_own_code;
    for _ in 0..4 {
        let refused = own_codes
            .change_number(person.clone(), number("+12015550123"), solved.clone(), caller(1))
            .await;
        assert!(
            matches!(refused, Err(RequestOwnCodeError::Send(SendRefusal::CountryNotServed))),
            "{refused:?}"
        );
    }
    let sent = own_codes.change_number(person, number(OTHER_PHONE), solved, caller(1)).await;
    sent.expect("the challenge is left, and so are the codes");
}

/// Whether a number is registered plays no part before its proof.
#[tokio::test]
async fn enu_1_a_registered_new_number_gets_a_code_like_any_other() {
    let world = World::roomy();
    world.user(OTHER_PHONE).await;
    let person = world.person(PHONE).await;
    let mut seen = Vec::new();
    for phone in [OTHER_PHONE, "13700137000"] {
        world.outage.calls();
        let sent = change(&world, &person, phone).await.unwrap();
        seen.push((sent.expires_in, sent.resend_after, sent.length, world.outage.calls()));
    }
    assert_eq!(seen[0], seen[1]);
    assert!(!seen[0].3.iter().any(|call| call.starts_with("users")), "no account is looked up");
}

#[tokio::test]
async fn otp_10_nothing_is_sent_while_a_store_is_down() {
    for store in ["throttle", "failures", "codes"] {
        let world = World::roomy();
        let person = world.person(PHONE).await;
        let solved = world.solved().await;
        let sent = world.gateway.messages().len();
        world.outage.take_down(&[store]);
        confirm(&world, &person).await.unwrap_err();
        let own_codes = &world.accounts.request_own_code;
        own_codes
            .change_number(person.clone(), number(OTHER_PHONE), solved, caller(1))
            .await
            .unwrap_err();
        assert_eq!(world.gateway.messages().len(), sent, "{store}");
        world.outage.end();
        confirm(&world, &person).await.unwrap();
        change(&world, &person, OTHER_PHONE).await.unwrap();
    }
}

/// As for all other codes: a message is sent only if its code is stored, and an outage costs nothing
/// but in doubt.
#[tokio::test]
async fn otp_10_own_codes_are_sent_only_if_all_is_stored() {
    each_fault(async |fault| {
        let world = World::roomy();
        let person = world.person(PHONE).await;
        let before = world.gateway.messages().len();
        world.outage.begin(fault);
        let outcome = confirm(&world, &person).await;
        let failed = world.outage.end();
        let sent = world.gateway.messages().len() - before;
        assert_eq!(sent, usize::from(outcome.is_ok()), "{failed:?}, {fault:?}: {outcome:?}");
        assert_eq!(outcome.is_ok(), failed.is_none(), "{failed:?}, {fault:?}: {outcome:?}");
        let mut left = 0;
        while confirm(&world, &person).await.is_ok() {
            left += 1;
        }
        // The charge of the user remains where the store could not refund it, or not say that it has one.
        let is_charged = match (failed, fault.kind) {
            (None, _) => true,
            (Some("throttle.hit"), FaultKind::AnswerLost) => fault.call == USER_CHARGE,
            (Some("throttle.hit" | "codes.put"), FaultKind::Down) => fault.call > USER_CHARGE,
            _ => false,
        };
        assert_eq!(left, 5 - usize::from(is_charged), "{failed:?}, {fault:?}");
        failed.is_some()
    })
    .await;
}
