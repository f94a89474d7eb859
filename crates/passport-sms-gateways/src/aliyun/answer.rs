use passport_sms_client::{Message, Outcome};
use serde::Deserialize;
use time::OffsetDateTime;

use crate::kit::acs3::{self, Reply};
use crate::kit::transport::Answer;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    code: String,
    message: Option<String>,
    biz_id: Option<String>,
}

/// The outcome of `message` by an `answer` that was read at `now`.
pub(super) fn outcome(answer: &Answer, message: &Message, now: OffsetDateTime) -> Outcome {
    let reply = answer.json::<Body>().map(|body| Reply {
        code: body.code,
        text: body.message.unwrap_or_default(),
        id: body.biz_id,
    });
    acs3::outcome(answer, reply, acs3::sms_verdict, message, now)
}

#[cfg(test)]
mod tests;
