use passport_sms_client::{Bill, Delivery, Receipt, ReceiptError};
use serde::Deserialize;
use serde_json::Value;

use crate::kit::bill::parts;
use crate::kit::verdict::usable_id;

#[derive(Deserialize)]
struct Body {
    #[serde(rename = "Request")]
    request: Report,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    sms_type: String,
    /// Id of the message, in a report.
    content: String,
    status: Option<String>,
    deliver_code: Option<String>,
    sms_count: Option<Value>,
}

/// The report in a pushed body; none for a reply of a user. XML is not read, because the console
/// offers JSON.
pub(super) fn read(body: &[u8]) -> Result<Vec<Receipt>, ReceiptError> {
    let body: Body =
        serde_json::from_slice(body).map_err(|_| ReceiptError::Unreadable("it is no report"))?;
    let report = body.request;
    if report.sms_type != "1" {
        return Ok(Vec::new());
    }
    let status = report.status.ok_or(ReceiptError::Unreadable("it has no status"))?;
    Ok(vec![Receipt {
        provider_id: usable_id(report.content)
            .ok_or(ReceiptError::Unreadable("its content is not 1 to 64 ASCII characters"))?,
        delivery: if status == "0" { Delivery::Delivered } else { Delivery::Undelivered },
        code: report.deliver_code.and_then(usable_id).unwrap_or_default(),
        bill: Bill::UNKNOWN.with_parts(parts(report.sms_count.as_ref())),
    }])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(kind: &str, status: &str, code: &str) -> String {
        format!(
            r#"{{"Request":{{"action":"SMSArrived","smsType":"{kind}","apiVersion":"2013-12-26","content":"ff8080813c37","fromNum":"13800138000","dateSent":"20260102030405","recvTime":"20260102030415","deliverCode":"{code}","status":"{status}","reqId":"r","smsCount":"1"}}}}"#
        )
    }

    #[test]
    fn reads_the_documented_report() {
        for (status, code, delivery) in
            [("0", "DELIVRD", Delivery::Delivered), ("1", "UNDELIV", Delivery::Undelivered)]
        {
            let receipt = Receipt {
                bill: Bill::UNKNOWN.with_parts(Some(1)),
                ..Receipt::new("ff8080813c37", delivery, code)
            };
            assert_eq!(read(report("1", status, code).as_bytes()), Ok(vec![receipt]));
        }
    }

    #[test]
    fn a_reply_of_a_user_is_no_receipt() {
        assert_eq!(read(report("0", "0", "").as_bytes()), Ok(vec![]));
    }

    #[test]
    fn refuses_malformed_reports() {
        for body in [
            "",
            "{}",
            "<Request/>",
            r#"{"Request":{"smsType":"1","content":"1"}}"#,
            r#"{"Request":{"smsType":"1","content":"","status":"0"}}"#,
        ] {
            assert!(matches!(read(body.as_bytes()), Err(ReceiptError::Unreadable(_))), "{body}");
        }
    }
}
