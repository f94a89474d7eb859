use passport_sms_client::Class::{
    AccountThrottled, BadRecipient, BadRequest, Config, RecipientBlocked, Transient,
    UnsupportedDestination,
};
use passport_sms_client::Scope::{Account, Number, Region};
use passport_sms_client::{Bill, Cause, Message, Outcome};
use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;

use crate::kit::bill::price;
use crate::kit::transport::Answer;
use crate::kit::verdict::{GatewayReply, Row, Verdict, Wait, about, ends, find, rejected};
use crate::vonage::CURRENCY;

#[derive(Deserialize)]
struct Body {
    messages: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Part {
    status: String,
    message_id: Option<String>,
    error_text: Option<String>,
    message_price: Option<Value>,
}

/// The outcome of `message` by an `answer` that was read at `now`, by all of its parts.
pub(super) fn outcome(answer: &Answer, message: &Message, now: OffsetDateTime) -> Outcome {
    match answer.status {
        200 => {}
        429 => return answer.busy(now),
        status => return Outcome::Unknown(Cause::Status(status)),
    }
    let parts = match answer.json::<Body>() {
        Ok(body) => body.messages,
        Err(unknown) => return unknown,
    };
    let count = parts.len();
    let told = bill(&parts);
    let taken = parts.iter().filter(|part| part.status == "0").count();
    let Some(part) = parts.into_iter().max_by_key(|part| part.status != "0") else {
        return Outcome::Unknown(Cause::Unreadable("it names no message"));
    };
    let text = part.error_text.as_deref().unwrap_or_default();
    let reply = GatewayReply::about(message, &part.status, text);
    let verdict = match taken {
        0 => verdict(&part.status, text),
        _ if taken == count => Verdict::Accepted,
        // Some of the parts may arrive.
        _ => Verdict::Undecided,
    };
    verdict.outcome(reply, part.message_id, now).with_bill(told)
}

/// The sum over the parts, if each has a price.
fn bill(parts: &[Part]) -> Bill {
    let mut prices = parts.iter().map(|part| price(part.message_price.as_ref(), CURRENCY));
    let first = prices.next().flatten();
    let sum = prices.fold(first, |sum, price| sum?.checked_add(price?));
    Bill::UNKNOWN.with_price(sum).with_parts(u32::try_from(parts.len()).ok())
}

fn verdict(status: &str, text: &str) -> Verdict {
    match status {
        "3" | "6" if names_recipient(text) => rejected(BadRecipient),
        _ => find(TABLE, status),
    }
}

/// Whether the text ends in the name of the parameter: “Invalid value for parameter: to”.
fn names_recipient(text: &str) -> bool {
    text.rsplit_once(':').is_some_and(|(_, name)| name.trim() == "to")
}

const TABLE: &[Row] = &[
    ("0", Verdict::Accepted),
    // The documentation suggests 250 ms to one second.
    ("1", ends(AccountThrottled, Wait::Seconds(1))),
    ("3", rejected(BadRequest)),
    ("6", rejected(UnsupportedDestination)),
    ("7", rejected(RecipientBlocked)),
    // Credentials, a barred account, the signature, a session.
    ("4", about(Account, Config)),
    ("8", about(Account, Config)),
    ("14", about(Account, Config)),
    ("32", about(Account, Config)),
    // Too little credit: prices differ by country.
    ("9", about(Region, Config)),
    // The sender: countries have rules of their own.
    ("15", about(Region, Config)),
    // A trial account sends to registered numbers only.
    ("29", about(Number, Config)),
    ("5", rejected(Transient)),
    ("2", rejected(BadRequest)),
    ("12", rejected(BadRequest)),
    ("22", rejected(BadRequest)),
    ("23", rejected(BadRequest)),
];

#[cfg(test)]
mod tests {
    use passport_sms_client::Class::UnknownCode;
    use passport_sms_client::Scope;
    use time::macros::datetime;

    use super::*;
    use crate::fixtures::{NOW, answer, assert_classes, assert_scopes, message, rejection};

    fn read(body: &str) -> Outcome {
        outcome(&answer(200, body), &message("+8613800138000", "004217"), NOW)
    }

    fn refused(status: &str, text: &str) -> Outcome {
        read(&format!(
            r#"{{"message-count":"1","messages":[{{"status":"{status}","error-text":"{text}"}}]}}"#
        ))
    }

    #[test]
    fn every_documented_code_has_its_class() {
        let documented = [
            (AccountThrottled, "1"),
            (RecipientBlocked, "7"),
            (Config, "4 8 9 14 15 29 32"),
            (Transient, "5"),
            (BadRequest, "2 12 22 23 3"),
            (UnsupportedDestination, "6"),
            (UnknownCode, "10 33 99 00"),
        ];
        assert_classes(&documented, |status| refused(status, "according to us"));
        let told = [(BadRecipient, "3 6")];
        assert_classes(&told, |status| refused(status, "Invalid value for parameter: to"));
        let until = rejection(refused("1", "Throttled")).until;
        assert_eq!(until, Some(datetime!(2026-11-22 09:43:31 UTC)));
    }

    #[test]
    fn s1_only_the_account_is_about_every_message() {
        let documented = [
            (Account, "1 4 8 14 32"),
            (Region, "9 15"),
            (Number, "29 6 7"),
            (Scope::Message, "2 3 12 33"),
        ];
        assert_scopes(&documented, |status| refused(status, "according to us"));
    }

    #[test]
    fn every_part_counts() {
        let all =
            r#"{"messages":[{"status":"0","message-id":"0A"},{"status":"0","message-id":"0B"}]}"#;
        assert!(matches!(read(all), Outcome::Accepted { provider_id: Some(_), .. }));
        let some = r#"{"messages":[{"status":"0","message-id":"0A"},{"status":"9"}]}"#;
        let outcome = read(some);
        assert!(
            matches!(&outcome, Outcome::Unknown(Cause::Undecided { code, .. }) if code == "9"),
            "{outcome:?}"
        );
        let none = r#"{"messages":[{"status":"9"},{"status":"9"}]}"#;
        assert_eq!(rejection(read(none)).class, Config);
    }

    #[test]
    fn l4_the_price_is_the_sum_over_the_parts() {
        let told = |body: &str| match read(body) {
            Outcome::Accepted { bill, .. } => (bill.price.map(|it| it.to_string()), bill.parts),
            other => panic!("{other:?}"),
        };
        let one = r#"{"messages":[{"status":"0","message-id":"0A","remaining-balance":"15.53590000","message-price":"0.03330000","network":"23410"}]}"#;
        assert_eq!(told(one), (Some("0.0333 EUR".to_owned()), Some(1)));
        let two = r#"{"messages":[{"status":"0","message-price":"0.03330000"},{"status":"0","message-price":"0.03330000"}]}"#;
        assert_eq!(told(two), (Some("0.0666 EUR".to_owned()), Some(2)));
        let half = r#"{"messages":[{"status":"0","message-price":"0.03330000"},{"status":"0","message-price":[]}]}"#;
        assert_eq!(told(half), (None, Some(2)));
    }

    #[test]
    fn a_malformed_answer_is_unknown() {
        for body in ["", "null", "{}", r#"{"messages":[]}"#, r#"{"messages":[{}]}"#, "<html>"] {
            assert!(matches!(read(body), Outcome::Unknown(Cause::Unreadable(_))), "{body}");
        }
        for status in [202, 302, 401, 500] {
            let body = r#"{"messages":[{"status":"0"}]}"#;
            let outcome = outcome(&answer(status, body), &message("+15551234567", "004217"), NOW);
            assert!(matches!(outcome, Outcome::Unknown(Cause::Status(s)) if s == status));
        }
    }

    #[test]
    fn secrets_in_the_text_are_removed() {
        let text = rejection(refused("5", "8613800138000 004217")).text;
        assert_eq!(text, "*** ***");
    }
}
