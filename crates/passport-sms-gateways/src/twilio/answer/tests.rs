use passport_sms_client::Class::{
    AccountThrottled, BadRecipient, BadRequest, Config, Content, RecipientBlocked, Transient,
    UnknownCode, UnsupportedDestination,
};
use passport_sms_client::Scope;
use time::macros::datetime;

use super::*;
use crate::fixtures::{NOW, answer, answer_with, message, rejection};

fn read(answer: &Answer) -> Outcome {
    outcome(answer, &message("+8613800138000", "004217"), NOW)
}

fn error(status: u16, code: u32) -> Answer {
    answer(
        status,
        &format!(
            r#"{{"code":{code},"message":"to 13800138000: 004217","more_info":"https://www.twilio.com/docs/errors/{code}","status":{status}}}"#
        ),
    )
}

/// The documented table once more, so that a slip in one of the two shows.
#[test]
fn every_documented_code_has_its_class() {
    for (status, class, codes) in [
        (429, AccountThrottled, "63038 21611"),
        (400, AccountThrottled, "21611"),
        (400, BadRecipient, "21211 21217 21614 21635"),
        (400, RecipientBlocked, "21610"),
        (400, UnsupportedDestination, "21408 21612"),
        (400, BadRequest, "21602 21603 21604 21609 21617"),
        (400, Config, "21606 21659 21660 21661 21608"),
        (401, Config, "20003 99999"),
        (403, Config, "20005 99999"),
        (404, Config, "20404 99999"),
        (400, Config, "30034 30002"),
        (400, Content, "30007"),
        (400, UnknownCode, "99999 21999"),
        (405, UnknownCode, "20004"),
    ] {
        for code in codes.split(' ') {
            let rejection = rejection(read(&error(status, code.parse().unwrap())));
            assert_eq!((rejection.class, rejection.code.as_str()), (class, code), "{status}");
            assert_eq!(rejection.text, "to ***: ***");
        }
    }
}

#[test]
fn s1_only_the_account_is_about_every_message() {
    for (status, scope, codes) in [
        (401, Scope::Account, "20003 99999"),
        (403, Scope::Account, "20005"),
        (404, Scope::Account, "20404"),
        (400, Scope::Account, "21611 63038 30002"),
        (400, Scope::Region, "21408 21659 21660 21661 30034"),
        (400, Scope::Number, "21608 21606 21612 21211 21610"),
        (403, Scope::Template, "99999"),
        (400, Scope::Message, "99999 21617"),
    ] {
        for code in codes.split(' ') {
            let rejection = rejection(read(&error(status, code.parse().unwrap())));
            assert_eq!(rejection.scope, scope, "{code}");
        }
    }
}

#[test]
fn reads_the_documented_answer() {
    for status in ["queued", "accepted"] {
        let body = format!(
            r#"{{"sid":"SM01","status":"{status}","error_code":null,"error_message":null,"to":"+1"}}"#
        );
        let outcome = read(&answer(201, &body));
        assert!(
            matches!(&outcome, Outcome::Accepted { provider_id: Some(id), .. } if id == "SM01"),
            "{outcome:?}"
        );
    }
}

#[test]
fn a_message_that_failed_at_creation_is_not_accepted() {
    let failed = |code: &str| {
        rejection(read(&answer(
            201,
            &format!(r#"{{"sid":"SM01","status":"failed","error_code":{code}}}"#),
        )))
    };
    assert_eq!(failed("21610").class, RecipientBlocked);
    assert_eq!(failed("30008").class, Transient);
    assert_eq!(failed("99999").class, UnknownCode);
    assert_eq!(failed("null").class, UnknownCode);
}

#[test]
fn a_rate_limit_is_not_sent() {
    let body = r#"{"code":20429,"message":"Too Many Requests","status":429}"#;
    for body in [body, "", r#"{"code":99999,"message":"m"}"#] {
        let outcome = read(&answer_with(429, "retry-after", "7", body));
        let Outcome::NotSent(Cause::Busy { until }) = outcome else { panic!("{outcome:?}") };
        assert_eq!(until, Some(datetime!(2026-11-22 09:43:37 UTC)));
    }
    assert_eq!(rejection(read(&error(429, 63_038))).until, None);
}

#[test]
fn a_malformed_answer_is_unknown() {
    for body in ["", "null", "{}", "<html>", r#"{"sid":"SM01"}"#, r#"{"status":"dancing"}"#] {
        let outcome = read(&answer(201, body));
        assert!(matches!(outcome, Outcome::Unknown(Cause::Unreadable(_))), "{body}: {outcome:?}");
    }
    for status in [302, 500, 502, 503, 504] {
        let outcome = read(&error(status, 21_211));
        assert!(matches!(outcome, Outcome::Unknown(Cause::Status(s)) if s == status));
    }
    let outcome = read(&answer(403, "<html>blocked by a proxy</html>"));
    assert!(matches!(outcome, Outcome::Unknown(Cause::Status(403))), "{outcome:?}");
}
