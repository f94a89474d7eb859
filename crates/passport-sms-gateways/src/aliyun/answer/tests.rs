use passport_sms_client::Class::{
    self, AccountThrottled, BadRecipient, BadRequest, Config, Content, RecipientThrottled,
    Transient, UnknownCode, UnsupportedDestination,
};
use passport_sms_client::{Cause, Scope};
use time::macros::datetime;

use super::*;
use crate::fixtures::{
    NOW, answer, answer_with, assert_classes, assert_scopes, message, rejection,
};

/// The documented table once more, so that a slip in one of the two shows.
const DOCUMENTED: &[(Class, &str)] = &[
    (BadRecipient, "isv.MOBILE_NUMBER_ILLEGAL isv.PHONE_NUMBER_ILLEGAL"),
    (RecipientThrottled, "isv.BUSINESS_LIMIT_CONTROL"),
    (AccountThrottled, "isv.DAY_LIMIT_CONTROL isv.MONTH_LIMIT_CONTROL"),
    (AccountThrottled, "Throttling Throttling.User Throttling.Api"),
    (
        UnsupportedDestination,
        "isv.DOMESTIC_NUMBER_NOT_SUPPORTED isv.NOT_SUPPORTED_COUNTRY isv.COUNTRY_RESTRICTED",
    ),
    (Content, "isv.SMS_CONTENT_ILLEGAL isv.BLACK_KEY_CONTROL_LIMIT"),
    (BadRequest, "isv.TEMPLATE_PARAMS_ILLEGAL isv.PARAM_NOT_SUPPORT_URL isv.PARAM_LENGTH_LIMIT"),
    (Config, "isv.SMS_TEMPLATE_ILLEGAL isv.SMS_SIGNATURE_ILLEGAL isv.SMS_SIGN_ILLEGAL"),
    (Config, "isv.SIGN_STATE_ILLEGAL isv.SMS_SIGNATURE_SCENE_ILLEGAL"),
    (Config, "isv.TEMPLATE_MISSING_PARAMETERS isv.EXTEND_CODE_ERROR"),
    (Config, "isv.AMOUNT_NOT_ENOUGH isv.OUT_OF_SERVICE isv.PRODUCT_UN_SUBSCRIPT"),
    (Config, "isv.PRODUCT_UNSUBSCRIBE isv.ACCOUNT_NOT_EXISTS isv.ACCOUNT_ABNORMAL"),
    (Config, "isp.RAM_PERMISSION_DENY isv.DENY_IP_RANGE"),
    (Config, "SignatureDoesNotMatch InvalidAccessKeyId.NotFound InvalidAccessKeyId.Inactive"),
    (Config, "InvalidTimeStamp.Expired InvalidTimeStamp.Format MissingSignature"),
    (Config, "MissingSignatureNonce"),
    (BadRequest, "isv.INVALID_PARAMETERS isv.INVALID_JSON_PARAM isv.MOBILE_COUNT_OVER_LIMIT"),
    (BadRequest, "MissingPhoneNumbers InvalidAction InvalidAction.NotFound InvalidVersion"),
    (Transient, "isp.SYSTEM_ERROR isp.GATEWAY_ERROR isp.UNKNOWN ServiceUnavailable InternalError"),
    (UnknownCode, "isv.SOMETHING_NEW isv.ok ok"),
];

fn read(answer: &Answer) -> Outcome {
    outcome(answer, &message("+8613800138000", "004217"), NOW)
}

fn said(status: u16, code: &str, text: &str) -> Outcome {
    read(&answer(status, &format!(r#"{{"Message":"{text}","RequestId":"r","Code":"{code}"}}"#)))
}

#[test]
fn every_documented_code_has_its_class() {
    assert_classes(DOCUMENTED, |code| said(200, code, ""));
    // Errors of the API gateway before the service come with such a status.
    assert_classes(&DOCUMENTED[..DOCUMENTED.len() - 1], |code| said(400, code, ""));
}

#[test]
fn s1_only_the_account_is_about_every_message() {
    let documented = [
        (Scope::Account, "isv.OUT_OF_SERVICE isv.ACCOUNT_NOT_EXISTS isv.ACCOUNT_ABNORMAL"),
        (Scope::Account, "isp.RAM_PERMISSION_DENY isv.DENY_IP_RANGE SignatureDoesNotMatch"),
        (Scope::Account, "InvalidAccessKeyId.NotFound InvalidTimeStamp.Expired Throttling.User"),
        (Scope::Region, "isv.AMOUNT_NOT_ENOUGH isv.PRODUCT_UN_SUBSCRIPT isv.DAY_LIMIT_CONTROL"),
        (Scope::Region, "isv.MONTH_LIMIT_CONTROL isv.NOT_SUPPORTED_COUNTRY isv.COUNTRY_RESTRICTED"),
        (Scope::Template, "isv.SMS_TEMPLATE_ILLEGAL isv.SMS_SIGN_ILLEGAL isv.SIGN_STATE_ILLEGAL"),
        (Scope::Template, "isv.TEMPLATE_MISSING_PARAMETERS isv.DOMESTIC_NUMBER_NOT_SUPPORTED"),
        (Scope::Number, "isv.BUSINESS_LIMIT_CONTROL isv.MOBILE_NUMBER_ILLEGAL"),
        (Scope::Message, "isv.SOMETHING_NEW isv.INVALID_PARAMETERS isv.SMS_CONTENT_ILLEGAL"),
    ];
    assert_scopes(&documented, |code| said(200, code, ""));
}

#[test]
fn failures_with_a_status_of_their_own_keep_their_class() {
    assert_eq!(rejection(said(503, "ServiceUnavailable", "")).class, Transient);
    assert_eq!(rejection(said(500, "InternalError", "")).class, Transient);
}

#[test]
fn reads_the_documented_answers() {
    let ok = r#"{"Message":"OK","RequestId":"r","Code":"OK","BizId":"900619746936498440^0"}"#;
    assert!(matches!(
        read(&answer(200, ok)),
        Outcome::Accepted { provider_id: Some(id), .. } if id == "900619746936498440^0"
    ));
    let limit = rejection(said(200, "isv.BUSINESS_LIMIT_CONTROL", "触发分钟级流控Permits:1"));
    assert_eq!(limit.text, "触发分钟级流控Permits:1");
}

#[test]
fn caps_end_by_the_text_or_the_documentation() {
    let until = |code, text| rejection(said(200, code, text)).until;
    let cap = "isv.BUSINESS_LIMIT_CONTROL";
    let minute = Some(datetime!(2026-11-22 09:44:30 UTC));
    let midnight = Some(datetime!(2026-11-23 00:00 +8));
    assert_eq!(until(cap, "触发分钟级流控Permits:1"), minute);
    assert_eq!(until(cap, "触发小时级流控Permits:5"), Some(datetime!(2026-11-22 10:43:30 UTC)));
    assert_eq!(until(cap, "触发天级流控Permits:10"), midnight);
    assert_eq!(until(cap, "Frequency limit"), minute);
    assert_eq!(until("isv.DAY_LIMIT_CONTROL", ""), midnight);
    assert_eq!(until("isv.MONTH_LIMIT_CONTROL", ""), Some(datetime!(2026-12-01 00:00 +8)));
    assert_eq!(until("isv.SMS_TEMPLATE_ILLEGAL", "触发天级流控"), None);
}

#[test]
fn the_header_states_the_pause_of_a_throttled_account() {
    let body = r#"{"Message":"slow","RequestId":"r","Code":"Throttling.User"}"#;
    let told = rejection(read(&answer_with(400, "x-acs-retry-after", "1500", body)));
    assert_eq!(told.until, Some(datetime!(2026-11-22 09:43:31.5 UTC)));
    assert_eq!(rejection(read(&answer(400, body))).until, None);
    // It applies to no other refusal.
    let other = r#"{"Message":"no","Code":"isv.DENY_IP_RANGE"}"#;
    let other = rejection(read(&answer_with(400, "x-acs-retry-after", "1500", other)));
    assert_eq!(other.until, None);
}

#[test]
fn a_used_nonce_is_unknown() {
    let outcome = said(400, "SignatureNonceUsed", "used");
    assert!(matches!(outcome, Outcome::Unknown(Cause::Undecided { .. })), "{outcome:?}");
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
        (500, "<html>"),
        (502, ""),
        (500, r#"{"Code":"Something.New"}"#),
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
    let rejection = rejection(said(200, "isv.MOBILE_NUMBER_ILLEGAL", "13800138000: 004217"));
    assert_eq!(rejection.text, "***: ***");
}
