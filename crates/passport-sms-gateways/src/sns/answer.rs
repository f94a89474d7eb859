use passport_sms_client::Class::{self, AccountThrottled, BadRecipient, Config, RecipientBlocked};
use passport_sms_client::{Cause, Message, Outcome, Scope};
use time::OffsetDateTime;

use crate::kit::transport::Answer;
use crate::kit::verdict::{GatewayReply, Row, Verdict, about, find, rejected};
use crate::sns::xml;

/// The outcome of `message` by an `answer` that was read at `now`.
pub(super) fn outcome(answer: &Answer, message: &Message, now: OffsetDateTime) -> Outcome {
    let document = xml::read(&answer.body);
    match (answer.status, document) {
        (200, Some((root, mut texts))) if root == "PublishResponse" => {
            match texts.remove("MessageId") {
                Some(id) => Verdict::Accepted.outcome(GatewayReply::default(), Some(id), now),
                None => Outcome::Unknown(Cause::Unreadable("it has no MessageId")),
            }
        }
        (200, _) => Outcome::Unknown(Cause::Unreadable("it is not XML of the documented form")),
        (status @ 400..500, Some((root, texts))) if root == "ErrorResponse" => {
            let text = |name| texts.get(name).map(String::as_str).unwrap_or_default();
            let code = text("Code");
            match verdict(code, text("Message")) {
                _ if code.is_empty() => Outcome::Unknown(Cause::Status(status)),
                Verdict::UNLISTED if status == 429 => answer.busy(now),
                verdict => {
                    let reply = GatewayReply::about(message, code, text("Message"));
                    let mut outcome = verdict.outcome(reply, None, now);
                    if let Outcome::Rejected(rejection) = &mut outcome
                        && rejection.class == Class::AccountThrottled
                    {
                        rejection.until = answer.retry_after(now);
                    }
                    outcome
                }
            }
        }
        (429, _) => answer.busy(now),
        (status, _) => Outcome::Unknown(Cause::Status(status)),
    }
}

fn verdict(code: &str, text: &str) -> Verdict {
    match code {
        "InvalidParameter" if names_recipient(text) => rejected(BadRecipient),
        code => find(TABLE, code),
    }
}

/// `Invalid parameter: PhoneNumber Reason: +1555 is not valid to publish to`: the code does not
/// tell which parameter is invalid, and all others come from the settings.
fn names_recipient(text: &str) -> bool {
    text.contains("PhoneNumber")
}

/// Codes that are not listed, such as `InternalError`, come with statuses that are unknown anyway,
/// or are unknown codes.
const TABLE: &[Row] = &[
    ("Throttling*", rejected(AccountThrottled)),
    ("Throttled*", rejected(AccountThrottled)),
    ("InvalidParameter", rejected(Config)),
    ("OptedOut", rejected(RecipientBlocked)),
    ("Signature*", about(Scope::Account, Config)),
    ("InvalidClientTokenId", about(Scope::Account, Config)),
    ("AuthorizationError", about(Scope::Account, Config)),
    ("InternalError", Verdict::Undecided),
];

#[cfg(test)]
mod tests {
    use passport_sms_client::Class::UnknownCode;

    use super::*;
    use crate::fixtures::{
        NOW, answer, answer_with, assert_classes, assert_scopes, message, rejection,
    };

    fn error(status: u16, code: &str) -> Outcome {
        error_in_words(status, code, "+8613800138000: 004217")
    }

    fn error_in_words(status: u16, code: &str, text: &str) -> Outcome {
        let body = format!(
            r#"<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>{code}</Code><Message>{text}</Message></Error><RequestId>r</RequestId></ErrorResponse>"#
        );
        outcome(&answer(status, &body), &message("+8613800138000", "004217"), NOW)
    }

    #[test]
    fn every_documented_code_has_its_class() {
        let documented = [
            (AccountThrottled, "Throttling ThrottlingException Throttled"),
            (RecipientBlocked, "OptedOut"),
            (
                Config,
                "SignatureDoesNotMatch InvalidClientTokenId AuthorizationError InvalidParameter",
            ),
            (UnknownCode, "SomethingNew"),
        ];
        assert_classes(&documented, |code| error(400, code));
        assert_classes(&documented, |code| error(403, code));
        assert!(matches!(error(429, "SomethingNew"), Outcome::NotSent(_)));
    }

    #[test]
    fn s1_only_the_account_is_about_every_message() {
        let documented = [
            (Scope::Account, "SignatureDoesNotMatch InvalidClientTokenId AuthorizationError"),
            (Scope::Account, "Throttling"),
            (Scope::Template, "InvalidParameter"),
            (Scope::Number, "OptedOut"),
            (Scope::Message, "SomethingNew"),
        ];
        assert_scopes(&documented, |code| error_in_words(400, code, ""));
    }

    #[test]
    fn a_parameter_is_the_number_where_it_is_named() {
        for (text, class) in [
            ("Invalid parameter: PhoneNumber Reason: +8613800138000 is not valid", BadRecipient),
            ("Invalid parameter: MessageAttributes", Config),
            ("+8613800138000: 004217", Config),
            ("", Config),
        ] {
            let outcome = error_in_words(400, "InvalidParameter", text);
            assert_eq!(rejection(outcome).class, class, "{text}");
        }
    }

    #[test]
    fn reads_the_documented_answers() {
        let body = r#"<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>567910cd-659e-55d4-8ccb-5aaf14679dc0</MessageId></PublishResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishResponse>"#;
        let outcome = outcome(&answer(200, body), &message("+15551234567", "004217"), NOW);
        assert!(
            matches!(&outcome, Outcome::Accepted { provider_id: Some(id), .. } if id == "567910cd-659e-55d4-8ccb-5aaf14679dc0"),
            "{outcome:?}"
        );
        let Outcome::Rejected(rejection) = error(400, "OptedOut") else { panic!("it is refused") };
        assert_eq!(rejection.text, "+***: ***");
    }

    #[test]
    fn a_failure_of_the_gateway_is_unknown() {
        for status in [500, 503] {
            assert!(matches!(error(status, "InternalError"), Outcome::Unknown(Cause::Status(_))));
        }
        assert!(matches!(error(400, "InternalError"), Outcome::Unknown(Cause::Undecided { .. })));
    }

    #[test]
    fn a_malformed_answer_is_unknown() {
        let read = |answer| outcome(&answer, &message("+15551234567", "004217"), NOW);
        for body in ["", "{}", "<PublishResponse/>", "<PublishResponse>", "<Other>1</Other>"] {
            let outcome = read(answer(200, body));
            assert!(matches!(outcome, Outcome::Unknown(Cause::Unreadable(_))), "{body}");
        }
        for status in [302, 400, 403, 500] {
            let outcome = read(answer(status, "<html></html>"));
            assert!(matches!(outcome, Outcome::Unknown(Cause::Status(s)) if s == status));
        }
        let outcome = read(answer_with(429, "retry-after", "7", ""));
        assert!(matches!(outcome, Outcome::NotSent(Cause::Busy { until: Some(_) })));
    }
}
