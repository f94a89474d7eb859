use passport_sms_client::{Finding, Message};
use serde::Deserialize;

use crate::kit::acs3::{self, Row};
use crate::kit::transport::Answer;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    code: String,
    #[serde(rename = "Model")]
    rows: Option<Vec<Row>>,
}

/// Finds `message` in an answer of `QuerySendDetails`.
pub(super) fn finding(answer: &Answer, message: &Message) -> Finding {
    match answer.json::<Body>() {
        Ok(body) if answer.status == 200 && body.code == "OK" => {
            acs3::finding(body.rows.into_iter().flatten(), message)
        }
        Ok(_) | Err(_) => Finding::Unsure,
    }
}

#[cfg(test)]
mod tests {
    use passport_sms_client::{Bill, Delivery};

    use super::*;
    use crate::fixtures::{answer, message};

    fn find(status: u16, body: &str) -> Finding {
        finding(&answer(status, body), &message("+8613800138000", "004217"))
    }

    fn listed(send_status: u8) -> String {
        format!(
            r#"{{"TotalCount":2,"Message":"成功","Code":"OK","Success":true,"Model":[
            {{"OutId":"","SendStatus":3,"ErrCode":"DELIVERED"}},
            {{"OutId":"0123456789ab4def8123456789abcdef","SendStatus":{send_status},"ErrCode":"MK:0001","PhoneNum":"13800138000"}}]}}"#
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
            let has = Finding::Has { provider_id: None, delivery, code, bill: Bill::UNKNOWN };
            assert_eq!(find(200, &listed(status)), has);
        }
    }

    #[test]
    fn other_answers_settle_nothing() {
        for body in [
            r#"{"Code":"OK","Model":[]}"#,
            r#"{"Code":"OK","Model":null}"#,
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
