use std::time::Duration;

use serde::Deserialize;
use time::OffsetDateTime;

use crate::aliyun::codes::verdict;
use crate::message::Message;
use crate::outcome::{Cause, Class, Outcome};
use crate::transport::{Answer, after};
use crate::verdict::{GatewayReply, Verdict};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    code: String,
    message: Option<String>,
    biz_id: Option<String>,
}

/// What the answer, read at `now`, says about the message: the code first, then the status.
pub(super) fn outcome(answer: &Answer, message: &Message, now: OffsetDateTime) -> Outcome {
    let body: Body = match answer.json() {
        Ok(body) => body,
        Err(unreadable) => {
            return match answer.status {
                200 => unreadable,
                429 => answer.busy(now),
                status => Outcome::Unknown(Cause::Status(status)),
            };
        }
    };
    let text = body.message.as_deref().unwrap_or_default();
    let verdict = verdict(&body.code, text);
    match (verdict, answer.status) {
        (Verdict::UNLISTED, 429) => return answer.busy(now),
        // No error that is known, and a status that says nothing about the message.
        (Verdict::UNLISTED, status @ (300..400 | 500..)) => {
            return Outcome::Unknown(Cause::Status(status));
        }
        (Verdict::Accepted, status) if status != 200 => {
            return Outcome::Unknown(Cause::Status(status));
        }
        _ => {}
    }
    let mut outcome =
        verdict.outcome(GatewayReply::about(message, &body.code, text), body.biz_id, now);
    if let Outcome::Rejected(rejection) = &mut outcome
        && rejection.class == Class::AccountThrottled
    {
        rejection.until = rejection.until.or_else(|| retry_after(answer, now));
    }
    outcome
}

/// `x-acs-retry-after`, in milliseconds.
fn retry_after(answer: &Answer, now: OffsetDateTime) -> Option<OffsetDateTime> {
    let wait = answer.header("x-acs-retry-after")?.trim().parse().ok()?;
    after(now, Duration::from_millis(wait))
}

#[cfg(test)]
mod tests;
