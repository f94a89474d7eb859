use passport_sms_client::Class::{BadRequest, Config, RecipientThrottled, Transient};
use passport_sms_client::{Cause, Message, Outcome, Scope};
use serde::Deserialize;
use time::OffsetDateTime;

use crate::kit::transport::Answer;
use crate::kit::verdict::{GatewayReply, Row, Verdict, about, find, rejected};

/// “See the status of each number”.
const PARTLY: &str = "E000510";

#[derive(Deserialize)]
struct Body {
    code: String,
    description: Option<String>,
    result: Option<Vec<Number>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Number {
    sms_msg_id: Option<String>,
    status: String,
}

/// The outcome of `message` by an `answer` that was read at `now`: by the number's code, if there
/// is one. The HTTP statuses of errors are not documented, so a well-formed body counts with any
/// 4xx; an acceptance counts only with 200.
pub(super) fn outcome(answer: &Answer, message: &Message, now: OffsetDateTime) -> Outcome {
    let body: Body = match answer.json() {
        Ok(body) if matches!(answer.status, 200 | 400..500) => body,
        _ if answer.status == 429 => return answer.busy(now),
        Err(unreadable) if answer.status == 200 => return unreadable,
        _ => return Outcome::Unknown(Cause::Status(answer.status)),
    };
    let text = body.description.as_deref().unwrap_or_default();
    let number = body.result.and_then(|mut numbers| numbers.pop());
    let (code, id) = match (body.code.as_str(), number) {
        ("000000" | PARTLY, Some(number)) => (number.status, number.sms_msg_id),
        ("000000" | PARTLY, None) => {
            return Outcome::Unknown(Cause::Unreadable("it names no message"));
        }
        (code, _) => (code.to_owned(), None),
    };
    match find(TABLE, &code) {
        Verdict::Accepted if answer.status != 200 => Outcome::Unknown(Cause::Status(answer.status)),
        Verdict::UNLISTED if answer.status == 429 => answer.busy(now),
        verdict => verdict.outcome(GatewayReply::about(message, &code, text), id, now),
    }
}

const TABLE: &[Row] = &[
    ("000000", Verdict::Accepted),
    // Credentials and permissions; E000112 is a frozen account, E000620 the address list.
    ("E0000*", about(Scope::Account, Config)),
    ("E0001*", about(Scope::Account, Config)),
    ("E000620", about(Scope::Account, Config)),
    // “The system is abnormal”, usually because it cannot read the request.
    ("E000000", rejected(Config)),
    ("E000503", rejected(BadRequest)),
    // Too many messages wait to be sent.
    ("E200015", rejected(Transient)),
    // The template: its variables, its kind, not active yet, its protocol, its kind again.
    ("E200028", rejected(Config)),
    ("E200029", rejected(Config)),
    ("E200030", rejected(Config)),
    ("E200031", rejected(Config)),
    ("E200033", rejected(Config)),
    // The number occurs twice in one request, but each of ours has one.
    ("E200041", rejected(BadRequest)),
    // The frequency of messages to the number.
    ("E200048", rejected(RecipientThrottled)),
];

#[cfg(test)]
mod tests {
    use passport_sms_client::Class::UnknownCode;

    use super::*;
    use crate::fixtures::{NOW, answer, answer_with, assert_classes, assert_scopes, message};

    fn read(status: u16, body: &str) -> Outcome {
        outcome(&answer(status, body), &message("+8613800138000", "004217"), NOW)
    }

    fn number(code: &str, status: &str) -> String {
        format!(
            r#"{{"code":"{code}","description":"m","result":[{{"originTo":"+8613800138000","createTime":"t","from":"10690","smsMsgId":"d6e3_1","status":"{status}"}}]}}"#
        )
    }

    #[test]
    fn every_documented_code_has_its_class() {
        let documented = [
            (Config, "E000001 E000099 E000101 E000112 E000620 E200028 E200033"),
            (BadRequest, "E000503"),
            (UnknownCode, "E000511 E200099 999999"),
        ];
        assert_classes(&documented, |code| {
            read(200, &format!(r#"{{"code":"{code}","description":"m"}}"#))
        });
        assert_classes(&documented, |code| {
            read(403, &format!(r#"{{"code":"{code}","description":"m","result":null}}"#))
        });
        assert_classes(&documented, |code| read(200, &number(PARTLY, code)));
    }

    #[test]
    fn s1_only_the_account_is_about_every_message() {
        let documented = [
            (Scope::Account, "E000001 E000101 E000112 E000620"),
            (Scope::Template, "E200028 E200033 E000000"),
            (Scope::Message, "E000503 E000511"),
        ];
        assert_scopes(&documented, |code| read(200, &number(PARTLY, code)));
    }

    #[test]
    fn s8_a_full_queue_and_faults_of_a_template_have_their_classes() {
        let documented = [
            (Transient, "E200015"),
            (Config, "E200028 E200029 E200030 E200031 E200033"),
            (BadRequest, "E200041"),
            (RecipientThrottled, "E200048"),
        ];
        assert_classes(&documented, |code| read(200, &number(PARTLY, code)));
        assert_classes(&documented, |code| {
            read(400, &format!(r#"{{"code":"{code}","description":"m"}}"#))
        });
    }

    #[test]
    fn the_number_decides() {
        for code in ["000000", PARTLY] {
            let outcome = read(200, &number(code, "000000"));
            assert!(
                matches!(&outcome, Outcome::Accepted { provider_id: Some(id), .. } if id == "d6e3_1"),
                "{outcome:?}"
            );
        }
        let outcome = read(200, &number("000000", "E200033"));
        assert!(matches!(outcome, Outcome::Rejected(_)), "{outcome:?}");
    }

    #[test]
    fn a_malformed_answer_is_unknown() {
        for body in ["", "{}", "<html>", r#"{"code":"000000"}"#, r#"{"code":"E000510"}"#] {
            assert!(matches!(read(200, body), Outcome::Unknown(Cause::Unreadable(_))), "{body}");
        }
        for (status, body) in
            [(302, ""), (500, "<html>"), (500, r#"{"code":"E000001"}"#), (404, "")]
        {
            let outcome = read(status, body);
            assert!(matches!(outcome, Outcome::Unknown(Cause::Status(s)) if s == status));
        }
        let outcome = read(403, &number("000000", "000000"));
        assert!(matches!(outcome, Outcome::Unknown(Cause::Status(403))), "{outcome:?}");
    }

    #[test]
    fn a_busy_gateway_has_not_sent() {
        let answer = answer_with(429, "retry-after", "7", "slow down");
        let outcome = outcome(&answer, &message("+8613800138000", "004217"), NOW);
        assert!(matches!(outcome, Outcome::NotSent(Cause::Busy { until: Some(_) })), "{outcome:?}");
    }
}
