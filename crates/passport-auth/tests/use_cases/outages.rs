//! Each operation, with each of its store calls failing in turn: nothing is sent, lost or half done,
//! and a retry after the outage succeeds.

use std::time::Duration;

use passport_auth::{
    ChallengeError, CodeRefusal, CodeRequest, Credentials, Denied, RequestCodeError, SendOutcome,
    SendRefusal, SignInError, SignUpError,
};
use passport_throttle::Refusal;
use uuid::Uuid;

use crate::{
    doubles::parameters,
    faulty::{FaultKind, each_fault},
    world::{
        COOLDOWN, PASSWORD, PHONE, WRONG_PASSWORD, World, caller, client, credentials, number,
    },
};

/// Call by which the gate refunds a wrong answer that was none: after the two checks of the order, the
/// charge, and the redemption.
const REFUND_OF_THE_GATE: usize = 4;

#[tokio::test]
async fn a_picture_is_returned_only_if_its_answer_is_stored() {
    each_fault(async |fault| {
        let world = World::new();
        let (id, former) = (Uuid::new_v4(), world.chosen_challenge().await);
        let draw = || world.new_challenge.draw(id, Some(former), client(1));
        world.outage.begin(fault);
        let outcome = draw().await;
        if world.outage.end().is_none() {
            outcome.unwrap();
            return false;
        }
        assert!(
            matches!(outcome, Err(ChallengeError::Denied(Denied::Unavailable(_)))),
            "{fault:?}"
        );
        draw().await.unwrap();
        let solved = CodeRequest { challenge: id.into(), ..world.code_request(PHONE).await };
        world.request_code.send(solved).await.unwrap();
        true
    })
    .await;
}

#[tokio::test]
async fn otp_10_nothing_is_sent_unless_all_is_stored() {
    each_fault(async |fault| {
        let world = World::new();
        let request = world.code_request(PHONE).await;
        world.outage.begin(fault);
        let outcome = world.request_code.send(request).await;
        let Some(failed) = world.outage.end() else {
            outcome.unwrap();
            world.sign_up(PHONE, &world.gateway.last_code()).await.unwrap();
            return false;
        };
        match outcome {
            Err(RequestCodeError::Denied(Denied::Unavailable(_))) => {}
            // A wrong answer too many was charged, and nothing else is amiss.
            Ok(_) if fault.call == REFUND_OF_THE_GATE => {
                assert_eq!(failed, "throttle.refund");
                assert_eq!(world.gateway.messages().len(), 1);
                return true;
            }
            outcome => panic!("{failed}, {fault:?}: {outcome:?}"),
        }
        assert_eq!(world.gateway.messages().len(), 0, "{failed}, {fault:?}");

        // A charge remains only if it could not be refunded: any doubt is a refusal.
        let is_charged = match failed {
            "throttle.hit" => {
                fault.kind == FaultKind::AnswerLost && fault.call > REFUND_OF_THE_GATE
            }
            "codes.put" => fault.kind == FaultKind::Down,
            _ => false,
        };
        get_another_code(&world, is_charged).await;
        true
    })
    .await;
}

#[tokio::test]
async fn otp_10_an_unsent_code_is_withdrawn_and_refunded_as_far_as_stores_answer() {
    each_fault(async |fault| {
        let world = World::new();
        let request = world.code_request(PHONE).await;
        world.gateway.answer(SendOutcome::NotSent("gateway is down".into()));
        world.outage.begin(fault);
        let outcome = world.request_code.send(request).await;
        let failed = world.outage.end();
        let is_asked = world.gateway.messages().len() == 1;
        if is_asked {
            assert!(
                matches!(outcome, Err(RequestCodeError::Send(SendRefusal::NotSent(_)))),
                "{outcome:?}"
            );
        } else {
            // Earlier faults are covered by another test.
            let is_late = matches!(failed, Some("codes.withdraw" | "throttle.refund"));
            assert!(!is_late || fault.call == REFUND_OF_THE_GATE);
            return true;
        }
        let was_lost = fault.kind != FaultKind::AnswerLost;
        // A code that could not be withdrawn stays valid; it was not delivered.
        let is_dead = failed != Some("codes.withdraw") || !was_lost;
        let unsent = world.sign_up(PHONE, &world.gateway.last_code()).await;
        assert_eq!(
            matches!(unsent, Err(SignUpError::Code(CodeRefusal::Missing))),
            is_dead,
            "{failed:?}"
        );
        assert_eq!(unsent.is_ok(), !is_dead);

        let is_charged = match failed {
            Some("throttle.refund") => was_lost && fault.call != REFUND_OF_THE_GATE,
            Some("codes.withdraw") => fault.kind == FaultKind::Down,
            _ => false,
        };
        let Some(_) = failed else { return false };
        if is_dead {
            get_another_code(&world, is_charged).await;
        }
        true
    })
    .await;
}

/// Requests a code, after the cooldown if a charge remains, and signs up with it.
async fn get_another_code(world: &World, is_charged: bool) {
    if is_charged {
        let refused = world.request_code(PHONE).await;
        assert!(
            matches!(refused, Err(RequestCodeError::Denied(Denied::TooMany(Refusal { retry_after, .. })))
                if retry_after == COOLDOWN)
        );
        world.clock.advance(COOLDOWN);
    }
    let code = world.request_code(PHONE).await.expect("a code is sent");
    world.sign_up(PHONE, &code).await.expect("the code is good");
}

#[tokio::test]
async fn a_code_makes_one_account_and_is_lost_only_if_its_store_fails() {
    each_fault(async |fault| {
        let world = World::new();
        let code = world.request_code(PHONE).await.unwrap();
        world.outage.begin(fault);
        let outcome = world.sign_up(PHONE, &code).await;
        let Some(failed) = world.outage.end() else {
            outcome.unwrap();
            return false;
        };
        match outcome {
            Err(SignUpError::Denied(Denied::Unavailable(_))) => {
                assert!(["throttle.hit", "failures.begin", "codes.redeem"].contains(&failed));
            }
            Err(SignUpError::NotStored(_)) => {
                assert!(failed == "users.insert" || fault.kind == FaultKind::Down);
            }
            // A charge that remains costs a guess; without its record a request cannot be repeated.
            Ok(_) => {
                assert!(["throttle.refund", "failures.succeed", "codes.put"].contains(&failed));
                assert_ne!(fault.kind, FaultKind::Down);
            }
            outcome => panic!("{failed}, {fault:?}: {outcome:?}"),
        }
        let has_account = match (failed, fault.kind) {
            ("throttle.refund" | "failures.succeed" | "codes.put", kind) => kind != FaultKind::Down,
            ("users.insert", kind) => kind == FaultKind::AnswerLost,
            _ => false,
        };
        assert_eq!(world.has_account(PHONE).await, has_account);

        let again = world.sign_up(PHONE, &code).await;
        match (failed, fault.kind) {
            ("codes.put", FaultKind::CallLost) => {
                assert!(matches!(again, Err(SignUpError::Code(CodeRefusal::Missing))));
            }
            // The code was spent, and its store could not say so or give it back.
            ("codes.redeem", FaultKind::AnswerLost)
            | (
                "throttle.refund" | "failures.succeed" | "codes.put" | "users.insert",
                FaultKind::Down,
            ) => {
                assert!(matches!(again, Err(SignUpError::Code(CodeRefusal::Missing))));
                world.clock.advance(COOLDOWN);
                get_another_code(&world, false).await;
            }
            _ => assert!(again.is_ok(), "{failed}, {fault:?}: {again:?}"),
        }
        world.sign_in(PHONE, PASSWORD).await.unwrap();
        true
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_token_is_returned_only_if_the_sign_in_is_stored() {
    each_fault(async |fault| {
        let world = World::new();
        let user = world.user(PHONE).await;
        let former = world.sign_in(PHONE, PASSWORD).await.unwrap();
        let token = Some(former.token.clone());
        let credentials = Credentials { former: token, ..credentials(PHONE, PASSWORD) };
        world.outage.begin(fault);
        let outcome = world.sign_in.sign_in(credentials).await;
        let failed = world.outage.end();
        match (failed, &outcome) {
            // A refund may fail, and then the charge remains.
            (Some("throttle.refund" | "failures.succeed" | "failures.clear"), Ok(_)) => {
                assert_ne!(fault.kind, FaultKind::Down);
            }
            // The record of the sign-in may fail too.
            (Some("users.record_login" | "cache.invalidate") | None, Ok(_)) => {}
            (Some(failed), Err(SignInError::Denied(Denied::Unavailable(_)))) => {
                assert!(!["users.record_login", "cache.invalidate"].contains(&failed));
            }
            unexpected => panic!("{fault:?}: {unexpected:?}"),
        }
        let sessions = world.sessions_of(&user).await;
        if let Ok(signed_in) = &outcome {
            assert!(world.is_signed_in(signed_in).await);
            assert!(!world.is_signed_in(&former).await);
            assert_eq!(sessions, 1);
        } else {
            // The former session is live, unless it was ended and the answer was lost. The token of the
            // new session was dropped.
            let is_over = failed == Some("sessions.revoke") && fault.kind == FaultKind::AnswerLost;
            assert_eq!(world.is_signed_in(&former).await, !is_over, "{failed:?}, {fault:?}");
            assert!(sessions <= 2, "{failed:?}, {fault:?}");
        }
        let is_charged = match (failed, fault.kind) {
            // The first call charges the attempt, the second one failure and success.
            (Some("throttle.hit"), kind) => kind == FaultKind::AnswerLost && fault.call == 1,
            (Some("throttle.refund"), kind) => kind != FaultKind::AnswerLost,
            (Some("failures.begin" | "users.find_by_phone"), kind) => kind == FaultKind::Down,
            _ => false,
        };
        world.sign_in(PHONE, PASSWORD).await.unwrap();
        assert_eq!(world.guesses_left(PHONE).await, 5, "{failed:?}: the series began anew");
        let left = 10 - usize::from(is_charged) - 5;
        assert_eq!(world.client_guesses_left().await, left, "{failed:?}");
        failed.is_some()
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_wrong_password_never_signs_in_and_an_outage_counts_no_failure() {
    each_fault(async |fault| {
        let world = World::new();
        let user = world.user(PHONE).await;
        world.outage.begin(fault);
        let outcome = world.sign_in(PHONE, WRONG_PASSWORD).await;
        let failed = world.outage.end();
        let is_told_wrong = matches!(outcome, Err(SignInError::WrongCredentials(_)));
        let is_told_down = matches!(outcome, Err(SignInError::Denied(Denied::Unavailable(_))));
        let was_compared = [None, Some("throttle.refund")].contains(&failed);
        assert!(if was_compared { is_told_wrong } else { is_told_down });
        assert_eq!(world.sessions_of(&user).await, 0);

        let is_charged = match failed {
            None | Some("throttle.refund") => true,
            Some("throttle.hit") => fault.kind == FaultKind::AnswerLost && fault.call == 1,
            Some(_) => fault.kind == FaultKind::Down,
        };
        let is_failure = match failed {
            Some("throttle.hit") => false,
            // Any doubt is counted as a failure.
            Some("failures.begin") => fault.kind == FaultKind::AnswerLost,
            _ => is_charged,
        };
        let guesses = 5 - usize::from(is_failure);
        assert_eq!(world.guesses_left(PHONE).await, guesses, "{failed:?}, {fault:?}");
        let left = 10 - usize::from(is_charged) - guesses;
        assert_eq!(world.client_guesses_left().await, left, "{failed:?}, {fault:?}");
        failed.is_some()
    })
    .await;
}

#[tokio::test]
async fn pwd_7_a_failed_renewal_of_a_hash_does_not_fail_the_sign_in() {
    each_fault(async |fault| {
        let mut world = World::new();
        world.user(PHONE).await;
        world.hash_at(5);
        world.outage.begin(fault);
        let outcome = world.sign_in(PHONE, PASSWORD).await;
        let failed = world.outage.end();
        if failed == Some("users.replace_password_hash") && fault.kind != FaultKind::Down {
            outcome.unwrap();
        }
        world.sign_in(PHONE, PASSWORD).await.unwrap();
        let user = world.sign_up.users.find_by_phone(&number(PHONE)).await.unwrap().unwrap();
        assert_eq!(
            parameters(user.password_hash.as_ref().expect("the user has a password")),
            "v=2,t=2b,r=5"
        );
        failed.is_some()
    })
    .await;
}

#[tokio::test]
async fn a_session_is_not_accepted_while_a_store_is_down() {
    for users_are_cached in [false, true] {
        each_fault(async |fault| {
            let world = World::with(|setup| setup.users_are_cached = users_are_cached);
            world.user(PHONE).await;
            let signed_in = world.sign_in(PHONE, PASSWORD).await.unwrap();
            // The session is due to be touched.
            world.clock.advance(Duration::from_mins(30));
            world.outage.begin(fault);
            let outcome = world.authenticate.authenticate(&signed_in.token).await;
            let failed = world.outage.end();
            match (failed, fault.kind) {
                // What was read from the repository is not cached.
                (Some("cache.fill"), FaultKind::CallLost | FaultKind::AnswerLost) => {
                    assert!(outcome.unwrap().is_some());
                }
                _ => assert_eq!(outcome.is_err(), failed.is_some()),
            }
            assert!(world.is_signed_in(&signed_in).await);
            world.clock.advance(Duration::from_mins(59));
            assert!(world.is_signed_in(&signed_in).await, "the next touch succeeded");
            failed.is_some()
        })
        .await;
    }
}

#[tokio::test]
async fn ses_5_sign_out_succeeds_only_if_the_token_is_invalid() {
    each_fault(async |fault| {
        let world = World::new();
        world.user(PHONE).await;
        let signed_in = world.sign_in(PHONE, PASSWORD).await.unwrap();
        world.outage.begin(fault);
        let outcome = world.sign_out.sign_out(&signed_in.token, &caller(1)).await;
        let failed = world.outage.end();
        assert_eq!(outcome.is_err(), failed.is_some());
        let is_dead = match failed {
            Some("sessions.revoke") => fault.kind == FaultKind::AnswerLost,
            Some(_) => false,
            None => true,
        };
        assert_eq!(world.is_signed_in(&signed_in).await, !is_dead);
        world.sign_out.sign_out(&signed_in.token, &caller(1)).await.unwrap();
        assert!(!world.is_signed_in(&signed_in).await);
        failed.is_some()
    })
    .await;
}
