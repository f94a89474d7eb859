//! `QuerySendDetails`: the messages to a number on one day, found by our label.

use passport_sms_client::{Bill, Delivery, Finding, Message};
use serde::Deserialize;
use time::OffsetDateTime;

use crate::kit::cst;

/// Label of a message, which receipts and queries repeat.
pub fn out_id(message: &Message) -> String {
    message.id.simple().to_string()
}

/// Parameters of the query for `number`, in the form of the API, on the day of `sent_at` in China.
pub fn query(number: String, sent_at: OffsetDateTime) -> [(&'static str, String); 4] {
    let day = cst::date(sent_at);
    [
        ("CurrentPage", "1".to_owned()),
        ("PageSize", "50".to_owned()),
        ("PhoneNumber", number),
        ("SendDate", format!("{:04}{:02}{:02}", day.year(), u8::from(day.month()), day.day())),
    ]
}

/// One message of the answer. A row has no `BizId`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Row {
    out_id: Option<String>,
    send_status: Option<u8>,
    err_code: Option<String>,
}

/// Finds `message` among `rows`. The list lags, and a busy number has more rows than one page, so a
/// message without a row may still be there.
pub fn finding(rows: impl IntoIterator<Item = Row>, message: &Message) -> Finding {
    let id = out_id(message);
    let row = rows.into_iter().find(|row| row.out_id.as_ref() == Some(&id));
    row.map_or(Finding::Unsure, |row| Finding::Has {
        provider_id: None,
        delivery: match row.send_status {
            Some(1) => Some(Delivery::Sent),
            Some(2) => Some(Delivery::Undelivered),
            Some(3) => Some(Delivery::Delivered),
            _ => None,
        },
        code: row.err_code.unwrap_or_default(),
        bill: Bill::UNKNOWN,
    })
}
