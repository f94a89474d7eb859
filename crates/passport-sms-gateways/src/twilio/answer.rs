use passport_sms_client::{Cause, Class, Message, Outcome};
use serde::Deserialize;
use time::OffsetDateTime;

use crate::kit::transport::Answer;
use crate::kit::verdict::{GatewayReply, Verdict};
use crate::twilio::charged::Charged;
use crate::twilio::codes::{of_error, of_status};

#[derive(Deserialize)]
struct Sent {
    sid: Option<String>,
    status: String,
    error_code: Option<u32>,
    error_message: Option<String>,
    #[serde(flatten)]
    charged: Charged,
}

#[derive(Deserialize)]
struct Refusal {
    code: u32,
    message: Option<String>,
}

/// The outcome of `message` by an `answer` that was read at `now`: by the status first, then by the
/// code.
pub(super) fn outcome(answer: &Answer, message: &Message, now: OffsetDateTime) -> Outcome {
    match answer.status {
        200..300 => match answer.json() {
            Ok(sent) => created(sent, message, now),
            Err(unknown) => unknown,
        },
        status @ 400..500 => match answer.json::<Refusal>() {
            Ok(refusal) => refused(&refusal, answer, message, now),
            Err(_) if status == 429 => answer.busy(now),
            // The body is not Twilio's, so the answer may come from a proxy.
            Err(_) => Outcome::Unknown(Cause::Status(status)),
        },
        status => Outcome::Unknown(Cause::Status(status)),
    }
}

fn created(sent: Sent, message: &Message, now: OffsetDateTime) -> Outcome {
    match sent.status.as_str() {
        "queued" | "accepted" | "scheduled" | "sending" | "sent" | "delivered" => match sent.sid {
            // Every message has an id, so without one the answer comes from something else.
            None => Outcome::Unknown(Cause::Unreadable("it has no sid")),
            sid => {
                let bill = sent.charged.bill();
                Verdict::Accepted.outcome(GatewayReply::default(), sid, now).with_bill(bill)
            }
        },
        "failed" | "undelivered" | "canceled" => {
            let code = sent.error_code.unwrap_or_default();
            let text = sent.error_message.as_deref().unwrap_or(&sent.status);
            let reply = GatewayReply::about(message, &code.to_string(), text);
            of_error(code).unwrap_or(Verdict::UNLISTED).outcome(reply, None, now)
        }
        _ => Outcome::Unknown(Cause::Unreadable("its status is not documented")),
    }
}

fn refused(refusal: &Refusal, answer: &Answer, message: &Message, now: OffsetDateTime) -> Outcome {
    let verdict = match of_error(refusal.code) {
        Some(verdict) => verdict,
        // A rate limit: the request was not processed.
        None if answer.status == 429 => return answer.busy(now),
        None => of_status(answer.status),
    };
    let text = refusal.message.as_deref().unwrap_or_default();
    let reply = GatewayReply::about(message, &refusal.code.to_string(), text);
    let mut outcome = verdict.outcome(reply, None, now);
    if let Outcome::Rejected(rejection) = &mut outcome
        && rejection.class == Class::AccountThrottled
    {
        rejection.until = answer.retry_after(now);
    }
    outcome
}

#[cfg(test)]
mod tests;
