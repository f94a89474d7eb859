use passport_sms_client::{Bill, Cause, Message, Outcome};
use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;

use crate::kit::bill::parts;
use crate::kit::transport::Answer;
use crate::kit::verdict::{GatewayReply, find};
use crate::tencent::codes::TABLE;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    response: Response,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Response {
    error: Option<Refusal>,
    send_status_set: Option<Vec<Status>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Refusal {
    code: String,
    message: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Status {
    code: String,
    message: Option<String>,
    serial_no: Option<String>,
    /// Number of charged messages.
    fee: Option<Value>,
}

/// The outcome of `message` by an `answer` that was read at `now`, by either of its two levels.
pub(super) fn outcome(answer: &Answer, message: &Message, now: OffsetDateTime) -> Outcome {
    match answer.status {
        200 => {}
        429 => return answer.busy(now),
        status => return Outcome::Unknown(Cause::Status(status)),
    }
    let Response { error, send_status_set } = match answer.json::<Body>() {
        Ok(body) => body.response,
        Err(unknown) => return unknown,
    };
    let (code, text, serial_no, fee) = match (error, send_status_set.unwrap_or_default().pop()) {
        (Some(error), None) if error.code != "Ok" => (error.code, error.message, None, None),
        (None, Some(status)) => (status.code, status.message, status.serial_no, status.fee),
        _ => {
            return Outcome::Unknown(Cause::Unreadable("it names no message, or an error as well"));
        }
    };
    let reply = GatewayReply::about(message, &code, text.as_deref().unwrap_or_default());
    let bill = Bill::UNKNOWN.with_parts(parts(fee.as_ref()));
    find(TABLE, &code).outcome(reply, serial_no, now).with_bill(bill)
}

#[cfg(test)]
mod tests;
