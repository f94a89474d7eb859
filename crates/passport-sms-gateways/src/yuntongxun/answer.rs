use passport_sms_client::{Cause, Message, Outcome};
use serde::Deserialize;
use time::OffsetDateTime;

use crate::kit::transport::Answer;
use crate::kit::verdict::GatewayReply;
use crate::yuntongxun::codes::verdict;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    status_code: String,
    status_msg: Option<String>,
    #[serde(rename = "templateSMS")]
    template_sms: Option<Sent>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    sms_message_sid: Option<String>,
}

/// The outcome of `message` by an `answer` that was read at `now`.
pub(super) fn outcome(answer: &Answer, message: &Message, now: OffsetDateTime) -> Outcome {
    match answer.status {
        200 => {}
        429 => return answer.busy(now),
        status => return Outcome::Unknown(Cause::Status(status)),
    }
    let body: Body = match answer.json() {
        Ok(body) => body,
        Err(unknown) => return unknown,
    };
    let reply = GatewayReply::about(
        message,
        &body.status_code,
        body.status_msg.as_deref().unwrap_or_default(),
    );
    let provider_id = body.template_sms.and_then(|sent| sent.sms_message_sid);
    verdict(&body.status_code).outcome(reply, provider_id, now)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use hyper::body::Bytes;
    use hyper::header::{HeaderValue, RETRY_AFTER};
    use passport_sms_client::{Class, Intent, Locale, Purpose, Rejection};
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30 UTC);

    fn read(status: u16, body: &'static str) -> Outcome {
        let message = Message {
            id: Uuid::nil(),
            to: "+8613800138000".parse().unwrap(),
            intent: Intent::Code {
                purpose: Purpose::Login,
                code: "004217".parse().unwrap(),
                valid_for: Duration::from_mins(5),
            },
            locale: Locale::ZhHans,
        };
        let headers = [(RETRY_AFTER, HeaderValue::from_static("7"))].into_iter().collect();
        let body = Bytes::from_static(body.as_bytes());
        outcome(&Answer { status, headers, body }, &message, NOW)
    }

    fn rejected(body: &'static str) -> Rejection {
        match read(200, body) {
            Outcome::Rejected(rejection) => rejection,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn reads_the_documented_answers() {
        let accepted = r#"{"statusCode":"000000","templateSMS":{"smsMessageSid":"ff8080813c373cab013c94b0f0512345","dateCreated":"20260102030405"}}"#;
        assert!(matches!(
            read(200, accepted),
            Outcome::Accepted { provider_id: Some(id), .. } if id == "ff8080813c373cab013c94b0f0512345"
        ));
        let rejection = rejected(r#"{"statusCode":"160042","statusMsg":"号码格式有误"}"#);
        assert_eq!(rejection.class, Class::BadRecipient);
        assert_eq!((rejection.code.as_str(), rejection.text.as_str()), ("160042", "号码格式有误"));
        assert_eq!(rejection.until, None);
        assert!(matches!(read(200, r#"{"statusCode":"160054"}"#), Outcome::Duplicate));
    }

    #[test]
    fn an_acceptance_needs_no_usable_id() {
        for body in [
            r#"{"statusCode":"000000"}"#,
            r#"{"statusCode":"000000","templateSMS":{}}"#,
            r#"{"statusCode":"000000","templateSMS":{"smsMessageSid":""}}"#,
            r#"{"statusCode":"000000","templateSMS":{"smsMessageSid":"a\nb"}}"#,
        ] {
            assert!(
                matches!(read(200, body), Outcome::Accepted { provider_id: None, .. }),
                "{body}"
            );
        }
    }

    #[test]
    fn caps_end_by_the_documentation() {
        let until = |body| rejected(body).until;
        assert_eq!(until(r#"{"statusCode":"160038"}"#), Some(datetime!(2026-11-22 09:44:30 UTC)));
        assert_eq!(until(r#"{"statusCode":"160040"}"#), Some(datetime!(2026-11-23 00:00 +8)));
        assert_eq!(until(r#"{"statusCode":"160021"}"#), None);
    }

    #[test]
    fn an_unknown_code_is_kept() {
        for code in ["160999", "99", "E1", ""] {
            let body = format!(r#"{{"statusCode":"{code}"}}"#).leak();
            let rejection = rejected(body);
            assert_eq!((rejection.class, rejection.code.as_str()), (Class::UnknownCode, code));
        }
    }

    #[test]
    fn secrets_in_the_text_are_removed() {
        let rejection = rejected(r#"{"statusCode":"160042","statusMsg":"13800138000: 004217?"}"#);
        assert_eq!(rejection.text, "***: ***?");
    }

    #[test]
    fn a_malformed_answer_is_unknown() {
        for body in [
            "",
            " ",
            "null",
            "[]",
            "{}",
            "<html></html>",
            r#"{"statusCode":0}"#,
            r#"{"statusCode":"000000""#,
            r#"{"statusCode":"000000"}garbage"#,
        ] {
            assert!(matches!(read(200, body), Outcome::Unknown(Cause::Unreadable(_))), "{body}");
        }
    }

    #[test]
    fn other_statuses_are_unknown_even_with_a_proper_body() {
        for status in [201, 204, 302, 400, 401, 404, 500, 502, 503] {
            for body in [r#"{"statusCode":"000000"}"#, r#"{"statusCode":"160042"}"#, ""] {
                assert!(
                    matches!(read(status, body), Outcome::Unknown(Cause::Status(s)) if s == status)
                );
            }
        }
    }

    #[test]
    fn a_busy_gateway_has_not_sent() {
        let Outcome::NotSent(Cause::Busy { until }) = read(429, "slow down") else {
            panic!("429 is not sent");
        };
        assert_eq!(until, Some(datetime!(2026-11-22 09:43:37 UTC)));
    }
}
