use passport_sms_client::{Cause, Class, Message, Outcome, Scope};
use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;

use crate::kit::transport::Answer;
use crate::kit::verdict::{GatewayReply, Verdict, about, rejected, usable_id};
use crate::webhook::charged::Charged;
use crate::webhook::request;

/// The body of a 2xx.
#[derive(Deserialize)]
struct Taken {
    message_id: Option<Value>,
    accepted: Option<bool>,
    error: Option<Fault>,
    #[serde(flatten)]
    charged: Charged,
}

#[derive(Deserialize)]
struct Refusal {
    error: Fault,
}

#[derive(Deserialize)]
struct Fault {
    code: String,
}

/// The outcome of `message` by an `answer` that was read at `now`: by the status, and with a 2xx by the
/// body, because a proxy answers 200 with a page of its own.
pub(super) fn outcome(answer: &Answer, message: &Message, now: OffsetDateTime) -> Outcome {
    let status = answer.status;
    if (200..300).contains(&status) {
        return taken(answer, message, now).unwrap_or_else(|unknown| unknown);
    }
    let fault = serde_json::from_slice::<Refusal>(&answer.body).ok().map(|it| it.error.code);
    let class = match status {
        422 | 429 if fault.as_deref() == Some("recipient_throttled") => Class::RecipientThrottled,
        429 => return answer.busy(now),
        503 if answer.retry_after(now).is_some() => Class::AccountThrottled,
        // Redirections are never followed. A 403 may be about this message.
        300..400 | 401 | 403 | 404 | 410 | 415 => Class::Config,
        422 if fault.as_deref() == Some(BAD_RECIPIENT) => Class::BadRecipient,
        400 | 422 => Class::BadRequest,
        402..500 => Class::UnknownCode,
        _ => return Outcome::Unknown(Cause::Status(status)),
    };
    let code = fault.unwrap_or_else(|| status.to_string());
    let verdict = match class {
        Class::Config if status != 403 => about(Scope::Account, class),
        class => rejected(class),
    };
    let mut outcome = verdict.outcome(GatewayReply::about(message, &code, ""), None, now);
    if let Outcome::Rejected(rejection) = &mut outcome
        && matches!(class, Class::AccountThrottled | Class::RecipientThrottled)
    {
        rejection.until = answer.retry_after(now);
    }
    outcome
}

const BAD_RECIPIENT: &str = "bad_recipient";

/// The outcome by the body of a 2xx.
fn taken(answer: &Answer, message: &Message, now: OffsetDateTime) -> Result<Outcome, Outcome> {
    let Taken { message_id, accepted, error, charged } = answer.json()?;
    let id = match message_id {
        Some(Value::String(id)) => usable_id(id),
        Some(Value::Number(id)) => usable_id(id.to_string()),
        _ => None,
    };
    let is_accepted = accepted != Some(false) && (id.is_some() || accepted.is_some());
    Ok(match error {
        None if is_accepted => {
            let id = id.unwrap_or_else(|| request::id(message));
            let outcome = Verdict::Accepted.outcome(GatewayReply::default(), Some(id), now);
            outcome.with_bill(charged.bill())
        }
        Some(Fault { code }) if !is_accepted => {
            let class =
                if code == BAD_RECIPIENT { Class::BadRecipient } else { Class::UnknownCode };
            rejected(class).outcome(GatewayReply::about(message, &code, ""), None, now)
        }
        None | Some(_) => Outcome::Unknown(Cause::Unreadable(
            "it says neither that the message is accepted nor refused",
        )),
    })
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::fixtures::{NOW, answer, answer_with, message, rejection};

    fn read(answer: &Answer) -> Outcome {
        outcome(answer, &message("+8613800138000", "004217"), NOW)
    }

    #[test]
    fn an_acceptance_is_stated_in_the_body() {
        let own = "msg_0123456789ab4def8123456789abcdef";
        for (status, body, id) in [
            (200, r#"{"message_id":"r-1"}"#, "r-1"),
            (201, r#"{"message_id":"r-1","queue":7}"#, "r-1"),
            (202, r#"{"message_id":7}"#, "7"),
            (200, r#"{"accepted":true}"#, own),
            (200, r#"{"accepted":true,"message_id":"r-1"}"#, "r-1"),
            (200, r#"{"accepted":true,"message_id":""}"#, own),
            (200, r#"{"message_id":"r-1","error":null}"#, "r-1"),
        ] {
            let outcome = read(&answer(status, body));
            assert!(
                matches!(&outcome, Outcome::Accepted { provider_id: Some(it), .. } if it == id),
                "{body}: {outcome:?}"
            );
        }
    }

    #[test]
    fn l4_a_receiver_may_tell_the_price() {
        let told = |body: &str| match read(&answer(200, body)) {
            Outcome::Accepted { bill, .. } => (bill.price.map(|it| it.to_string()), bill.parts),
            other => panic!("{other:?}"),
        };
        let full = r#"{"message_id":"r-1","price":"0.0333","currency":"EUR","parts":2}"#;
        assert_eq!(told(full), (Some("0.0333 EUR".to_owned()), Some(2)));
        let odd = r#"{"message_id":"r-1","price":{},"currency":7,"parts":"x"}"#;
        assert_eq!(told(odd), (None, None));
    }

    #[test]
    fn s9_a_2xx_that_says_nothing_is_unknown() {
        for status in [200, 201, 202, 204, 206] {
            for body in [
                "",
                " ",
                "OK",
                "thanks",
                "<!doctype html><title>Sign in</title>",
                "{}",
                "[]",
                "null",
                "true",
                r#""r-1""#,
                r#"{"message_id":"r-1""#,
                r#"{"message_id":"r-1"}<html>"#,
                r#"{"message_id":""}"#,
                r#"{"message_id":null}"#,
                r#"{"message_id":"a b"}"#,
                r#"{"message_id":["r-1"]}"#,
                r#"{"accepted":false}"#,
                r#"{"accepted":false,"message_id":"r-1"}"#,
                r#"{"accepted":"true"}"#,
                r#"{"message_id":"r-1","error":{"code":"x"}}"#,
                r#"{"error":"no"}"#,
                r#"{"ok":true}"#,
            ] {
                let outcome = read(&answer(status, body));
                let unknown = matches!(outcome, Outcome::Unknown(Cause::Unreadable(_)));
                assert!(unknown, "{status} {body}: {outcome:?}");
            }
        }
    }

    #[test]
    fn s9_a_2xx_with_an_error_is_a_refusal() {
        for (class, code) in [(Class::BadRecipient, "bad_recipient"), (Class::UnknownCode, "else")]
        {
            let body = format!(r#"{{"error":{{"code":"{code}"}}}}"#);
            let rejection = rejection(read(&answer(200, &body)));
            assert_eq!((rejection.class, rejection.code.as_str()), (class, code));
        }
    }

    #[test]
    fn a_refusal_is_a_status() {
        for (class, statuses) in [
            (Class::Config, "301 302 307 308 401 403 404 410 415"),
            (Class::BadRequest, "400 422"),
            (Class::UnknownCode, "402 405 409 413 418 451"),
        ] {
            for status in statuses.split(' ') {
                let rejection = rejection(read(&answer(status.parse().unwrap(), "no")));
                assert_eq!((rejection.class, rejection.code.as_str()), (class, status));
            }
        }
    }

    #[test]
    fn s1_only_the_account_is_about_every_message() {
        for (scope, statuses) in [
            (Scope::Account, "301 308 401 404 410 415"),
            (Scope::Template, "403"),
            (Scope::Message, "400 402 405 422 451"),
        ] {
            for status in statuses.split(' ') {
                let rejection = rejection(read(&answer(status.parse().unwrap(), "no")));
                assert_eq!(rejection.scope, scope, "{status}");
            }
        }
    }

    #[test]
    fn only_422_can_blame_the_number() {
        let body = r#"{"error":{"code":"bad_recipient"}}"#;
        let class = |status, body| rejection(read(&answer(status, body))).class;
        assert_eq!(class(422, body), Class::BadRecipient);
        assert_eq!(class(400, body), Class::BadRequest);
        assert_eq!(class(422, r#"{"error":{"code":"else"}}"#), Class::BadRequest);
    }

    #[test]
    fn s4_a_cap_of_the_number_states_its_wait() {
        let body = r#"{"error":{"code":"recipient_throttled"}}"#;
        for status in [422, 429] {
            let capped = rejection(read(&answer_with(status, "retry-after", "30", body)));
            assert_eq!((capped.class, capped.scope), (Class::RecipientThrottled, Scope::Number));
            assert_eq!(capped.until, Some(datetime!(2026-11-22 09:44:00 UTC)));
            assert_eq!(rejection(read(&answer(status, body))).until, None);
        }
    }

    #[test]
    fn a_busy_receiver_states_the_pause() {
        let until = Some(datetime!(2026-11-22 09:44:00 UTC));
        for value in ["30", "Sun, 22 Nov 2026 09:44:00 GMT"] {
            let busy = rejection(read(&answer_with(503, "retry-after", value, "")));
            assert_eq!((busy.class, busy.until), (Class::AccountThrottled, until));
            let outcome = read(&answer_with(429, "retry-after", value, ""));
            let Outcome::NotSent(Cause::Busy { until: told }) = outcome else {
                panic!("{outcome:?}")
            };
            assert_eq!(told, until);
        }
    }

    #[test]
    fn a_failing_receiver_is_unknown() {
        for status in [500, 502, 503, 504] {
            let outcome = read(&answer(status, r#"{"error":{"code":"bad_recipient"}}"#));
            assert!(matches!(outcome, Outcome::Unknown(Cause::Status(s)) if s == status));
        }
    }

    #[test]
    fn secrets_in_the_text_are_removed() {
        let refusal = rejection(read(&answer(400, r#"{"error":{"code":"13800138000 004217"}}"#)));
        assert_eq!(refusal.code, "*** ***");
    }
}
