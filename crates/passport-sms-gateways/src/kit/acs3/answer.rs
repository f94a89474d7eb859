use std::time::Duration;

use passport_sms_client::{Cause, Class, Message, Outcome};
use time::OffsetDateTime;

use crate::kit::transport::{Answer, after};
use crate::kit::verdict::{GatewayReply, Verdict};

/// The relevant fields of an answer.
#[derive(Debug)]
pub struct Reply {
    /// `Code`
    pub code: String,
    /// `Message`; empty if it is missing.
    pub text: String,
    /// `BizId`, the id of an accepted message.
    pub id: Option<String>,
}

/// The outcome of `message` by an `answer` that was read at `now`: by the code first, then by the
/// HTTP status. `reply` is the body, or the outcome if it is malformed; `verdict` classifies a code
/// and its text.
pub fn outcome(
    answer: &Answer,
    reply: Result<Reply, Outcome>,
    verdict: impl Fn(&str, &str) -> Verdict,
    message: &Message,
    now: OffsetDateTime,
) -> Outcome {
    let Reply { code, text, id } = match reply {
        Ok(reply) => reply,
        Err(malformed) => {
            return match answer.status {
                200 => malformed,
                429 => answer.busy(now),
                status => Outcome::Unknown(Cause::Status(status)),
            };
        }
    };
    let verdict = verdict(&code, &text);
    match (verdict, answer.status) {
        (Verdict::UNLISTED, 429) => return answer.busy(now),
        // An unknown code, and a status that tells nothing about the message.
        (Verdict::UNLISTED, status @ (300..400 | 500..)) => {
            return Outcome::Unknown(Cause::Status(status));
        }
        (Verdict::Accepted, status) if status != 200 => {
            return Outcome::Unknown(Cause::Status(status));
        }
        _ => {}
    }
    let mut outcome = verdict.outcome(GatewayReply::about(message, &code, &text), id, now);
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
