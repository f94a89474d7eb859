//! Every refusal of every use case of the pages on the way into an account: status, place and text.

use std::{collections::HashSet, time::Duration};

use passport_auth::{
    BoxError, ChallengeError, ChallengeRefusal, ChangePasswordError, CheckCodeError, CodeRefusal,
    CodeSignInError, CodeSignUpError, ConsentRequired, ContinuationGone, Denied, NotAdmitted,
    RequestCodeError, ResetPasswordError, RestoreError, SendRefusal, SignInError, Unavailable,
    UndoNumberError, WrongCredentials, WrongProof, policies,
};
use passport_pages::{Language, Place};
use passport_throttle::{Policy, Quota};
use passport_user::PasswordRefusal;

use super::*;
use crate::http::api::problem;

const WAIT: Duration = Duration::from_secs(47);

fn cause() -> BoxError {
    "the cause".into()
}

fn too_many(policy: Policy) -> Denied {
    let quota = Quota::new(1, WAIT).unwrap();
    Denied::TooMany(passport_throttle::Refusal { policy, quota, retry_after: WAIT })
}

/// Each denial, and what pages make of it.
fn denials() -> [(Denied, Refusal); 5] {
    [
        (too_many(policies::SIGN_INS_PER_CLIENT), Refusal::Limit(WAIT)),
        (Denied::TooSoon { retry_after: WAIT }, Refusal::Wait(WAIT)),
        (Denied::Stopped, Refusal::Stopped),
        (Denied::Busy { retry_after: WAIT }, Refusal::Busy),
        (Denied::Unavailable(Unavailable::new(cause())), Refusal::Unavailable),
    ]
}

fn codes() -> [(CodeRefusal, Refusal); 3] {
    [
        (CodeRefusal::Missing, Refusal::CodeGone),
        (CodeRefusal::Mismatch { tries_left: 0 }, Refusal::CodeGone),
        (CodeRefusal::Mismatch { tries_left: 2 }, Refusal::CodeWrong { tries_left: 2 }),
    ]
}

fn passwords() -> [(PasswordRefusal, Refusal); 4] {
    [
        (PasswordRefusal::TooShort { min: 8 }, Refusal::PasswordShort { min: 8 }),
        (PasswordRefusal::TooLong { max: 128 }, Refusal::PasswordLong { max: 128 }),
        (PasswordRefusal::Common, Refusal::PasswordCommon),
        (PasswordRefusal::PhoneNumber, Refusal::PasswordIsNumber),
    ]
}

fn consent() -> ConsentRequired {
    ConsentRequired { current: "2026-11-29".parse().unwrap() }
}

fn refused(refusal: Refusal) -> Obstacle {
    Obstacle::Refused(refusal)
}

#[test]
fn p5_the_refusals_of_each_use_case_are_told() {
    for ((one, other), told) in
        denials().into_iter().zip(denials()).map(|((a, r), (b, _))| ((a, b), r))
    {
        assert_eq!(code_sign_in(CodeSignInError::Denied(one)), refused(told.clone()));
        assert_eq!(sign_up(CodeSignUpError::Denied(other)), refused(told));
    }
    for (denied, told) in denials() {
        assert_eq!(sign_in(SignInError::Denied(denied)), refused(told));
    }
    for (denied, told) in denials() {
        assert_eq!(check_code(CheckCodeError::Denied(denied)), refused(told));
    }
    for (denied, told) in denials() {
        assert_eq!(reset_password(ResetPasswordError::Denied(denied)), refused(told));
    }
    for (denied, told) in denials() {
        assert_eq!(undo_number(UndoNumberError::Denied(denied)), refused(told));
    }
    for (denied, told) in denials() {
        assert_eq!(restore(RestoreError::Denied(denied)), Some(told));
    }
    for (denied, told) in denials() {
        assert_eq!(change_password(ChangePasswordError::Denied(denied)), Some(told));
    }
    for (denied, told) in denials() {
        assert_eq!(challenge(&ChallengeError::Denied(denied)), told);
    }
    for (denied, told) in denials() {
        assert_eq!(not_requested(RequestCodeError::Denied(denied)).unwrap(), told);
    }
    for (refusal, told) in codes() {
        assert_eq!(code_sign_in(CodeSignInError::Code(refusal)), refused(told.clone()));
        assert_eq!(sign_up(CodeSignUpError::Code(refusal)), refused(told.clone()));
        assert_eq!(check_code(CheckCodeError::Code(refusal)), refused(told.clone()));
        assert_eq!(reset_password(ResetPasswordError::Code(refusal)), refused(told.clone()));
        assert_eq!(undo_number(UndoNumberError::Code(refusal)), refused(told));
    }
    for (refusal, told) in passwords() {
        assert_eq!(sign_up(CodeSignUpError::Password(refusal)), refused(told.clone()));
        assert_eq!(reset_password(ResetPasswordError::Password(refusal)), refused(told.clone()));
        assert_eq!(change_password(ChangePasswordError::Password(refusal)), Some(told));
    }
}

#[test]
fn p5_what_a_flow_meets_after_its_proof_is_told() {
    let dead = Obstacle::Dead;
    let missing = || refused(Refusal::ConsentMissing);
    for (obstacle, expected) in [
        (code_sign_in(CodeSignInError::SignUpClosed), dead(Dead::SignUpClosed)),
        (code_sign_in(CodeSignInError::NoAccount), dead(Dead::NoAccount)),
        (code_sign_in(CodeSignInError::KeptBack), dead(Dead::KeptBack)),
        (code_sign_in(CodeSignInError::Consent(consent())), missing()),
        (code_sign_in(CodeSignInError::NotAdmitted(NotAdmitted::Disabled)), dead(Dead::Disabled)),
        (sign_in(SignInError::NotAdmitted(NotAdmitted::Disabled)), dead(Dead::Disabled)),
        (
            sign_in(SignInError::WrongCredentials(WrongCredentials)),
            refused(Refusal::CredentialsWrong),
        ),
        (sign_up(CodeSignUpError::SignUpClosed), dead(Dead::SignUpClosed)),
        (sign_up(CodeSignUpError::PasswordRequired), refused(Refusal::PasswordMissing)),
        (sign_up(CodeSignUpError::Consent(consent())), missing()),
        (sign_up(CodeSignUpError::PhoneTaken), Obstacle::Taken),
        (reset_password(ResetPasswordError::NoAccount), dead(Dead::NoAccount)),
        (reset_password(ResetPasswordError::Disabled), dead(Dead::Disabled)),
        (reset_password(ResetPasswordError::Conflict), refused(Refusal::Conflict)),
        (undo_number(UndoNumberError::NothingToUndo), dead(Dead::NothingToUndo)),
    ] {
        assert_eq!(obstacle, expected);
    }
    let (continuation, purge_at) =
        ("x".parse::<Continuation>().unwrap(), OffsetDateTime::UNIX_EPOCH);
    let leaving = || NotAdmitted::Leaving { purge_at, continuation: continuation.clone() };
    let expected = Obstacle::Leaving { continuation: continuation.clone(), purge_at };
    assert_eq!(code_sign_in(CodeSignInError::NotAdmitted(leaving())), expected);
    assert_eq!(sign_in(SignInError::NotAdmitted(leaving())), expected);
    assert_eq!(restore(RestoreError::Gone(ContinuationGone)), None);
    assert_eq!(change_password(ChangePasswordError::WrongProof(WrongProof)), None);
    assert_eq!(change_password(ChangePasswordError::Conflict), Some(Refusal::Conflict));
}

#[test]
fn p5_why_no_code_was_sent_is_told() {
    let send = RequestCodeError::Send;
    for (refusal, expected) in [
        (RequestCodeError::Challenge(ChallengeRefusal::Missing), Refusal::PictureGone),
        (RequestCodeError::Challenge(ChallengeRefusal::Wrong), Refusal::PictureWrong),
        (send(SendRefusal::CountryNotServed), Refusal::CountryNotServed),
        (send(SendRefusal::NotStored(Unavailable::new(cause()))), Refusal::Unavailable),
        (send(SendRefusal::RecipientRefused(cause())), Refusal::RecipientRefused),
        (
            send(SendRefusal::RecipientThrottled { retry_after: WAIT, cause: cause() }),
            Refusal::RecipientThrottled(WAIT),
        ),
        (send(SendRefusal::NumberNotServed(cause())), Refusal::NotSent),
        (send(SendRefusal::MessageRefused(cause())), Refusal::NotSent),
        (send(SendRefusal::NotSent(cause())), Refusal::NotSent),
    ] {
        assert_eq!(not_requested(refusal).unwrap(), expected);
    }
    for (policy, expected) in [
        (policies::SMS_PER_PHONE_COOLDOWN, Refusal::CodeSent(WAIT)),
        (policies::SMS_PER_PHONE_HOUR, Refusal::NumberLimit(WAIT)),
        (policies::SMS_PER_PHONE_DAY, Refusal::NumberLimit(WAIT)),
        (policies::SMS_PER_CLIENT_HOUR, Refusal::SendLimit(WAIT)),
        (policies::SMS_PER_CLIENT_DAY, Refusal::SendLimit(WAIT)),
        (policies::WRONG_CODES_PER_CLIENT, Refusal::Limit(WAIT)),
        (policies::WRONG_ANSWERS_PER_CLIENT, Refusal::Limit(WAIT)),
    ] {
        let told = not_requested(RequestCodeError::Denied(too_many(policy)));
        assert_eq!(told.unwrap(), expected, "{policy}");
    }
    assert_eq!(challenge(&ChallengeError::Unknown), Refusal::Server);
    assert_eq!(challenge(&ChallengeError::NotMade(cause())), Refusal::Server);
}

/// Each refusal with its status and place.
fn table() -> Vec<(Refusal, u16, Place)> {
    use Place::{Code, Consent, Form, Mobile, Password, Picture};
    let origin = Refusal::Origin { expected: "https://passport.test".to_owned() };
    vec![
        (Refusal::MobileMissing, 422, Mobile),
        (Refusal::MobileInvalid, 422, Mobile),
        (Refusal::CountryNotServed, 403, Mobile),
        (Refusal::RecipientRefused, 422, Mobile),
        (Refusal::RecipientThrottled(WAIT), 429, Mobile),
        (Refusal::CodeSent(WAIT), 429, Mobile),
        (Refusal::NumberLimit(WAIT), 429, Mobile),
        (Refusal::NumberTaken, 409, Mobile),
        (Refusal::PictureMissing, 422, Picture),
        (Refusal::PictureCharacter('!'), 422, Picture),
        (Refusal::PictureLength(5), 422, Picture),
        (Refusal::PictureWrong, 422, Picture),
        (Refusal::PictureGone, 410, Picture),
        (Refusal::SendLimit(WAIT), 429, Form),
        (Refusal::NotSent, 502, Form),
        (Refusal::CodeMissing, 422, Code),
        (Refusal::CodeForm(6), 422, Code),
        (Refusal::CodeWrong { tries_left: 2 }, 422, Code),
        (Refusal::CodeWrong { tries_left: 1 }, 422, Code),
        (Refusal::CodeGone, 410, Code),
        (Refusal::PasswordMissing, 422, Password),
        (Refusal::PasswordShort { min: 8 }, 422, Password),
        (Refusal::PasswordLong { max: 128 }, 422, Password),
        (Refusal::PasswordCommon, 422, Password),
        (Refusal::PasswordIsNumber, 422, Password),
        (Refusal::CredentialsWrong, 401, Password),
        (Refusal::ConsentMissing, 422, Consent),
        (Refusal::Wait(WAIT), 429, Form),
        (Refusal::Limit(WAIT), 429, Form),
        (Refusal::Stopped, 429, Form),
        (Refusal::Busy, 503, Form),
        (Refusal::Unavailable, 503, Form),
        (Refusal::Server, 500, Form),
        (Refusal::Stale, 403, Form),
        (Refusal::CrossSite, 403, Form),
        (origin, 403, Form),
        (Refusal::Cookies, 403, Form),
        (Refusal::Disabled, 403, Form),
        (Refusal::SignUpClosed, 403, Form),
        (Refusal::NoAccount, 410, Form),
        (Refusal::KeptBack, 409, Form),
        (Refusal::NothingToUndo, 410, Form),
        (Refusal::Conflict, 409, Form),
        (Refusal::FormTooLarge, 413, Form),
        (Refusal::FormMediaType, 415, Form),
        (Refusal::FormTimedOut, 408, Form),
        (Refusal::FormMalformed, 400, Form),
    ]
}

/// The sentences of the frozen API, which are its own and in one language.
const WIRE: &str = include_str!("../../errno.rs");

#[test]
fn p5_every_refusal_has_a_status_a_place_and_a_text_of_the_pages_in_each_language() {
    let mut texts = HashSet::new();
    let wire: Vec<_> = WIRE.split('"').filter(|it| it.chars().any(|it| it > '\u{3000}')).collect();
    for (refusal, expected, place) in table() {
        assert_eq!(status(&refusal).as_u16(), expected, "{refusal:?}");
        assert_eq!(refusal.place(), place, "{refusal:?}");
        assert_eq!(refusal.wait().is_some(), format!("{refusal:?}").contains("47s"), "{refusal:?}");
        for language in Language::ALL {
            let text = refusal.text(language);
            let is_chinese = text.chars().any(|it| ('\u{4e00}'..'\u{a000}').contains(&it));
            assert_eq!(is_chinese, language != Language::En, "{text}");
            assert!(!text.contains(['{', '}']), "{text}");
            assert!(wire.iter().all(|sentence| *sentence != text), "{text}");
            for code in problem::Code::ALL {
                assert_ne!(code.row().title_zh, text, "{code:?}");
                assert_ne!(code.row().title, text, "{code:?}");
            }
            assert!(!text.contains("云通讯"), "{text}");
            texts.insert(text);
        }
    }
    // Two kinds share the text of a broken form.
    assert_eq!(texts.len(), (table().len() - 1) * 3, "no two refusals have one text");
}

#[test]
fn what_used_something_up_is_repeated_to_a_repeat() {
    for (refusal, status, _) in table() {
        if did_something(&refusal) {
            assert!(!matches!(status, 400 | 408 | 413 | 415 | 500 | 503), "{refusal:?}");
        }
    }
    assert!(did_something(&Refusal::CodeWrong { tries_left: 2 }));
    assert!(did_something(&Refusal::PictureWrong));
    assert!(!did_something(&Refusal::CodeMissing));
    assert!(!did_something(&Refusal::Wait(WAIT)));
}
