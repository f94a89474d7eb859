use passport_sms_client::Class::{self, Transient, UnknownCode};
use passport_sms_client::{Cause, Rejection};
use time::macros::datetime;

use super::*;
use crate::fixtures::{NOW, answer, answer_with, assert_classes, message, rejection};

/// Known codes once more, so that a slip in one of the two tables shows.
const KNOWN: &[(Class, &str)] = &[
    (BadRecipient, "MOBILE_NUMBER_ILLEGAL isv.MOBILE_NUMBER_ILLEGAL"),
    (RecipientThrottled, "biz.FREQUENCY BUSINESS_LIMIT_CONTROL isv.BUSINESS_LIMIT_CONTROL"),
    (BadRequest, "INVALID_PARAMETERS isv.INVALID_PARAMETERS MissingPhoneNumber InvalidVersion"),
    (Config, "FUNCTION_NOT_OPENED isv.AMOUNT_NOT_ENOUGH isv.SMS_TEMPLATE_ILLEGAL"),
    (Config, "isv.SMS_SIGNATURE_ILLEGAL isp.RAM_PERMISSION_DENY SignatureDoesNotMatch"),
    (Transient, "isp.SYSTEM_ERROR ServiceUnavailable InternalError"),
    (UnknownCode, "biz.SOMETHING frequency ok"),
];

fn read(answer: &Answer) -> Outcome {
    outcome(answer, &message("+8613800138000", "004217"), Duration::from_secs(30), NOW)
}

fn refused(status: u16, code: &str, text: &str) -> Outcome {
    let body = format!(
        r#"{{"Code":"{code}","Message":"{text}","RequestId":"r","Success":false,"Model":null}}"#
    );
    read(&answer(status, &body))
}

fn rejected_with(code: &str, text: &str) -> Rejection {
    rejection(refused(200, code, text))
}

#[test]
fn every_known_code_has_its_class() {
    assert_classes(KNOWN, |code| refused(200, code, ""));
    // Errors of the API gateway before the service come with such a status.
    assert_classes(&KNOWN[..KNOWN.len() - 1], |code| refused(400, code, ""));
}

#[test]
fn reads_the_documented_answer_and_ignores_a_code_in_it() {
    let ok = r#"{"AccessDeniedDetail":"","Code":"OK","Message":"成功","RequestId":"r","Success":true,"Model":{"VerifyCode":"4232","RequestId":"r","OutId":"x","BizId":"112231421412414124123^4"}}"#;
    assert!(matches!(
        read(&answer(200, ok)),
        Outcome::Accepted { provider_id: Some(id), .. } if id == "112231421412414124123^4"
    ));
    let bare = r#"{"Code":"OK"}"#;
    assert!(matches!(read(&answer(200, bare)), Outcome::Accepted { provider_id: None, .. }));
}

#[test]
fn caps_end_when_the_interval_or_the_text_says() {
    let frequency = rejected_with("biz.FREQUENCY", "check frequency failed");
    assert_eq!(frequency.until, Some(datetime!(2026-11-22 09:44:00 UTC)));
    for code in ["BUSINESS_LIMIT_CONTROL", "isv.BUSINESS_LIMIT_CONTROL"] {
        let day = rejected_with(code, "触发天级流控Permits:10");
        assert_eq!(day.until, Some(datetime!(2026-11-23 00:00 +8)), "{code}");
    }
}

#[test]
fn a_malformed_answer_is_unknown() {
    for body in ["", "null", "[]", "{}", "<html>", r#"{"Code":0}"#, r#"{"Code":"OK""#] {
        let outcome = read(&answer(200, body));
        assert!(matches!(outcome, Outcome::Unknown(Cause::Unreadable(_))), "{body}: {outcome:?}");
    }
    for (status, body) in [
        (302, ""),
        (404, "<html>"),
        (502, ""),
        (201, r#"{"Code":"OK"}"#),
        (500, r#"{"Code":"OK"}"#),
    ] {
        let outcome = read(&answer(status, body));
        assert!(matches!(outcome, Outcome::Unknown(Cause::Status(s)) if s == status), "{body}");
    }
}

#[test]
fn a_busy_gateway_has_not_sent() {
    let outcome = read(&answer_with(429, "retry-after", "7", "slow down"));
    let Outcome::NotSent(Cause::Busy { until }) = outcome else { panic!("{outcome:?}") };
    assert_eq!(until, Some(datetime!(2026-11-22 09:43:37 UTC)));
}

#[test]
fn secrets_in_the_text_are_removed() {
    let rejection = rejected_with("isv.MOBILE_NUMBER_ILLEGAL", "13800138000: 004217");
    assert_eq!(rejection.text, "***: ***");
}
