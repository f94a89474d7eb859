use std::time::Duration;

use passport_sms_client::Class::{BadRecipient, BadRequest, Config, RecipientThrottled};
use passport_sms_client::{Message, Outcome, Scope};
use serde::Deserialize;
use time::OffsetDateTime;

use crate::kit::acs3::{self, Reply, sms_verdict};
use crate::kit::transport::Answer;
use crate::kit::verdict::{Row, Verdict, Wait, about, ends, find, rejected};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    code: String,
    message: Option<String>,
    model: Option<Model>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Model {
    biz_id: Option<String>,
}

/// The outcome of `message` by an `answer` that was read at `now`. `interval` is the time for which the
/// provider refuses a second message.
pub(super) fn outcome(
    answer: &Answer,
    message: &Message,
    interval: Duration,
    now: OffsetDateTime,
) -> Outcome {
    let reply = answer.json::<Body>().map(|body| Reply {
        code: body.code,
        text: body.message.unwrap_or_default(),
        id: body.model.and_then(|model| model.biz_id),
    });
    acs3::outcome(answer, reply, |code, text| verdict(code, text, interval), message, now)
}

fn verdict(code: &str, text: &str, interval: Duration) -> Verdict {
    match code {
        // When the interval began is not told, so this is its latest end.
        "biz.FREQUENCY" => {
            let seconds = u16::try_from(interval.as_secs()).unwrap_or(u16::MAX);
            ends(RecipientThrottled, Wait::Seconds(seconds))
        }
        // The cap has this name here, and the same texts.
        "BUSINESS_LIMIT_CONTROL" => sms_verdict("isv.BUSINESS_LIMIT_CONTROL", text),
        code => match find(TABLE, code) {
            Verdict::UNLISTED => sms_verdict(code, text),
            verdict => verdict,
        },
    }
}

/// Codes of the service itself, beside those of `SendSms`.
const TABLE: &[Row] = &[
    ("MOBILE_NUMBER_ILLEGAL", rejected(BadRecipient)),
    ("INVALID_PARAMETERS", rejected(BadRequest)),
    // The service is not enabled for the account.
    ("FUNCTION_NOT_OPENED", about(Scope::Account, Config)),
];

#[cfg(test)]
mod tests;
