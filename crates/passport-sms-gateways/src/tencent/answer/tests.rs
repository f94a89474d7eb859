use passport_sms_client::Class::{
    self, AccountThrottled, BadRecipient, BadRequest, Config, Content, RecipientBlocked,
    RecipientThrottled, Transient, UnknownCode, UnsupportedDestination,
};
use passport_sms_client::Scope;
use time::macros::datetime;

use super::*;
use crate::fixtures::{
    NOW, answer, answer_with, assert_classes, assert_scopes, message, rejection,
};

/// The documented table once more, so that a slip in one of the two shows.
const DOCUMENTED: &[(Class, &str)] = &[
    (BadRecipient, "InvalidParameterValue.IncorrectPhoneNumber"),
    (BadRecipient, "FailedOperation.PhoneNumberParseFail"),
    (RecipientBlocked, "FailedOperation.PhoneNumberInBlacklist"),
    (UnsupportedDestination, "UnsupportedOperation.UnsupportedRegion UnsupportedOperation"),
    (UnsupportedDestination, "UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone"),
    (UnsupportedDestination, "LimitExceeded.AppCountryOrRegionInBlacklist"),
    (RecipientThrottled, "LimitExceeded.PhoneNumberThirtySecondLimit"),
    (RecipientThrottled, "LimitExceeded.PhoneNumberOneHourLimit"),
    (RecipientThrottled, "LimitExceeded.PhoneNumberDailyLimit"),
    (RecipientThrottled, "LimitExceeded.PhoneNumberSameContentDailyLimit"),
    (RecipientThrottled, "LimitExceeded.DeliveryFrequencyLimit LimitExceeded.PhoneNumberNewLimit"),
    (AccountThrottled, "LimitExceeded.AppDailyLimit LimitExceeded.AppMainlandChinaDailyLimit"),
    (AccountThrottled, "LimitExceeded.AppGlobalDailyLimit LimitExceeded.DailyLimit"),
    (AccountThrottled, "LimitExceeded.AppCountryOrRegionDailyLimit RequestLimitExceeded"),
    (AccountThrottled, "RequestLimitExceeded.UinLimitExceeded"),
    (AccountThrottled, "LimitExceeded.GlobalSmsSendingRateLimit"),
    (Content, "FailedOperation.ContainSensitiveWord InvalidParameter.DirtyWordFound"),
    (BadRequest, "InvalidParameterValue.ContentLengthLimit"),
    (BadRequest, "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter"),
    (BadRequest, "InvalidParameterValue.TemplateParameterLengthLimit"),
    (Config, "AuthFailure.SignatureFailure AuthFailure.SignatureExpire AuthFailure"),
    (Config, "FailedOperation.InsufficientBalanceInSmsPackage"),
    (Config, "UnauthorizedOperation.RequestIpNotInWhitelist UnauthorizedOperation"),
    (Config, "FailedOperation.SignatureIncorrectOrUnapproved"),
    (Config, "FailedOperation.TemplateIncorrectOrUnapproved"),
    (Config, "FailedOperation.TemplateUnapprovedOrNotExist"),
    (Config, "FailedOperation.TemplateParamSetNotMatchApprovedTemplate"),
    (Config, "FailedOperation.TemplateIdNotExist FailedOperation.MissingSignature"),
    (Config, "FailedOperation.MissingSignatureList FailedOperation.MissingTemplateList"),
    (Config, "InvalidParameterValue.SdkAppIdNotExist"),
    (Config, "InvalidParameterValue.TemplateParameterFormatError"),
    (Config, "InternalError.RequestTimeException"),
    (Transient, "InternalError InternalError.OtherError FailedOperation.OtherError"),
    (BadRequest, "InvalidParameter InvalidParameterValue InvalidParameterValue.SomethingElse"),
    (BadRequest, "MissingParameter MissingParameter.EmptyPhoneNumberSet UnknownParameter"),
    (BadRequest, "InvalidAction NoSuchVersion LimitExceeded.PhoneNumberCountLimit"),
    (BadRequest, "FailedOperation.FailResolvePacket FailedOperation.JsonParseFail"),
    (UnknownCode, "FailedOperation.SomethingNew LimitExceeded ok OK"),
];

fn read(body: &str) -> Outcome {
    outcome(&answer(200, body), &message("+8613800138000", "004217"), NOW)
}

fn refused(code: &str) -> Outcome {
    read(&format!(
        r#"{{"Response":{{"Error":{{"Code":"{code}","Message":"m"}},"RequestId":"r"}}}}"#
    ))
}

fn number(code: &str) -> Outcome {
    read(&format!(
        r#"{{"Response":{{"SendStatusSet":[{{"SerialNo":"","PhoneNumber":"+8613800138000","Fee":0,"Code":"{code}","Message":"13800138000 004217","IsoCode":"CN"}}],"RequestId":"r"}}}}"#
    ))
}

#[test]
fn every_documented_code_has_its_class_on_both_levels() {
    assert_classes(DOCUMENTED, refused);
    assert_classes(DOCUMENTED, number);
}

#[test]
fn s1_only_the_account_is_about_every_message() {
    let documented = [
        (
            Scope::Account,
            "AuthFailure.SignatureFailure UnauthorizedOperation.RequestIpNotInWhitelist",
        ),
        (
            Scope::Account,
            "InternalError.RequestTimeException InvalidParameterValue.SdkAppIdNotExist",
        ),
        (Scope::Account, "LimitExceeded.AppDailyLimit RequestLimitExceeded"),
        (
            Scope::Region,
            "LimitExceeded.AppMainlandChinaDailyLimit LimitExceeded.AppGlobalDailyLimit",
        ),
        (Scope::Region, "LimitExceeded.AppCountryOrRegionDailyLimit LimitExceeded.DailyLimit"),
        (Scope::Region, "FailedOperation.InsufficientBalanceInSmsPackage"),
        (Scope::Region, "LimitExceeded.AppCountryOrRegionInBlacklist"),
        (Scope::Region, "UnsupportedOperation.UnsupportedRegion"),
        (Scope::Template, "UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone"),
        (Scope::Template, "FailedOperation.TemplateIncorrectOrUnapproved"),
        (Scope::Template, "FailedOperation.SignatureIncorrectOrUnapproved"),
        (Scope::Template, "UnauthorizedOperation.IndividualUserMarketingSmsPermissionDeny"),
        (Scope::Number, "LimitExceeded.PhoneNumberDailyLimit LimitExceeded.DeliveryFrequencyLimit"),
        (Scope::Message, "InvalidParameterValue.SomethingElse FailedOperation.SomethingNew"),
    ];
    assert_scopes(&documented, refused);
    assert_scopes(&documented, number);
}

#[test]
fn reads_the_documented_answer() {
    let ok = r#"{"Response":{"SendStatusSet":[{"SerialNo":"5000:1045710669157053657849499619","PhoneNumber":"+8613800138000","Fee":1,"SessionContext":"s","Code":"Ok","Message":"send success","IsoCode":"CN"}],"RequestId":"r"}}"#;
    assert!(matches!(
        read(ok),
        Outcome::Accepted { provider_id: Some(id), bill }
            if id == "5000:1045710669157053657849499619" && bill.parts == Some(1)
    ));
    // The number of charged messages changes nothing else, whatever it is.
    for fee in ["null", "[]", "-1", "\"many\""] {
        let body = ok.replace("\"Fee\":1", &format!("\"Fee\":{fee}"));
        assert!(matches!(read(&body), Outcome::Accepted { bill: Bill::UNKNOWN, .. }), "{fee}");
    }
    assert_eq!(rejection(number("LimitExceeded.DailyLimit")).text, "*** ***");
}

#[test]
fn caps_end_by_the_documentation() {
    let until = |code| rejection(number(code)).until;
    let midnight = Some(datetime!(2026-11-23 00:00 +8));
    for (code, moment) in [
        ("LimitExceeded.PhoneNumberThirtySecondLimit", Some(datetime!(2026-11-22 09:44 UTC))),
        ("LimitExceeded.PhoneNumberOneHourLimit", Some(datetime!(2026-11-22 10:43:30 UTC))),
        ("LimitExceeded.PhoneNumberDailyLimit", midnight),
        ("LimitExceeded.PhoneNumberSameContentDailyLimit", midnight),
        ("LimitExceeded.DeliveryFrequencyLimit", Some(datetime!(2026-11-22 09:44:30 UTC))),
        ("LimitExceeded.AppDailyLimit", midnight),
        ("RequestLimitExceeded", Some(datetime!(2026-11-22 09:43:31 UTC))),
        ("AuthFailure.SignatureExpire", None),
    ] {
        assert_eq!(until(code), moment, "{code}");
    }
}

#[test]
fn a_timeout_behind_the_gateway_is_unknown() {
    for code in ["InternalError.Timeout", "InternalError.SendAndRecvFail"] {
        for outcome in [refused(code), number(code)] {
            assert!(matches!(outcome, Outcome::Unknown(Cause::Undecided { .. })), "{outcome:?}");
        }
    }
}

#[test]
fn a_malformed_answer_is_unknown() {
    let both = r#"{"Response":{"Error":{"Code":"AuthFailure"},"SendStatusSet":[{"Code":"Ok"}]}}"#;
    let ok_as_error = r#"{"Response":{"Error":{"Code":"Ok"}}}"#;
    for body in [
        "",
        "null",
        "{}",
        "<html>",
        r#"{"Response":{}}"#,
        r#"{"Response":{"SendStatusSet":[],"RequestId":"r"}}"#,
        r#"{"Response":{"SendStatusSet":[{}]}}"#,
        both,
        ok_as_error,
    ] {
        let outcome = read(body);
        assert!(matches!(outcome, Outcome::Unknown(Cause::Unreadable(_))), "{body}: {outcome:?}");
    }
    for status in [201, 302, 400, 404, 500, 503] {
        let body = r#"{"Response":{"SendStatusSet":[{"Code":"Ok"}]}}"#;
        let outcome = outcome(&answer(status, body), &message("+8613800138000", "004217"), NOW);
        assert!(matches!(outcome, Outcome::Unknown(Cause::Status(s)) if s == status));
    }
}

#[test]
fn a_busy_gateway_has_not_sent() {
    let answer = answer_with(429, "retry-after", "7", "slow down");
    let outcome = outcome(&answer, &message("+8613800138000", "004217"), NOW);
    let Outcome::NotSent(Cause::Busy { until }) = outcome else { panic!("{outcome:?}") };
    assert_eq!(until, Some(datetime!(2026-11-22 09:43:37 UTC)));
}
