use passport_sms_client::{Delivery, Finding, Message};
use serde::Deserialize;

use crate::aliyun::request::out_id;
use crate::kit::transport::Answer;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    code: String,
    #[serde(rename = "SmsSendDetailDTOs")]
    details: Option<Details>,
}

#[derive(Deserialize)]
struct Details {
    #[serde(rename = "SmsSendDetailDTO", default)]
    rows: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    out_id: Option<String>,
    send_status: Option<u8>,
    err_code: Option<String>,
}

/// The row of this message among those of the day to the number. The list lags, and a busy number
/// has more rows than one page, so a message without a row may still be there.
pub(super) fn finding(answer: &Answer, message: &Message) -> Finding {
    let Ok(body) = answer.json::<Body>() else { return Finding::Unsure };
    let id = out_id(message);
    let row = (answer.status == 200 && body.code == "OK")
        .then_some(body.details)
        .flatten()
        .and_then(|details| details.rows.into_iter().find(|row| row.out_id.as_ref() == Some(&id)));
    row.map_or(Finding::Unsure, |row| Finding::Has {
        // A row has no `BizId`.
        provider_id: None,
        delivery: match row.send_status {
            Some(1) => Some(Delivery::Sent),
            Some(2) => Some(Delivery::Undelivered),
            Some(3) => Some(Delivery::Delivered),
            _ => None,
        },
        code: row.err_code.unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{answer, message};

    fn find(status: u16, body: &str) -> Finding {
        finding(&answer(status, body), &message("+8613800138000", "004217"))
    }

    fn listed(send_status: u8) -> String {
        format!(
            r#"{{"TotalCount":2,"Message":"OK","RequestId":"r","Code":"OK","SmsSendDetailDTOs":{{"SmsSendDetailDTO":[
            {{"OutId":"","SendStatus":3,"ErrCode":"DELIVERED"}},
            {{"OutId":"0123456789ab4def8123456789abcdef","SendStatus":{send_status},"ErrCode":"MK:0001"}}]}}}}"#
        )
    }

    #[test]
    fn our_label_settles_it() {
        for (status, delivery) in [
            (1, Some(Delivery::Sent)),
            (2, Some(Delivery::Undelivered)),
            (3, Some(Delivery::Delivered)),
            (9, None),
        ] {
            let code = "MK:0001".to_owned();
            let has = Finding::Has { provider_id: None, delivery, code };
            assert_eq!(find(200, &listed(status)), has);
        }
    }

    #[test]
    fn other_answers_settle_nothing() {
        for body in [
            r#"{"Code":"OK","SmsSendDetailDTOs":{"SmsSendDetailDTO":[]}}"#,
            r#"{"Code":"OK","SmsSendDetailDTOs":{}}"#,
            r#"{"Code":"OK"}"#,
            r#"{"Code":"isp.SYSTEM_ERROR"}"#,
            "",
            "[]",
        ] {
            assert_eq!(find(200, body), Finding::Unsure, "{body}");
        }
        assert_eq!(find(500, &listed(3)), Finding::Unsure);
        assert_eq!(find(200, &listed(3).replace("\"OK\"", "\"isv.X\"")), Finding::Unsure);
    }
}
