use passport_sms_client::{Bill, Delivery, Receipt, ReceiptError};
use serde::Deserialize;
use serde_json::Value;

use crate::kit::bill::parts;
use crate::kit::verdict::usable_id;

#[derive(Deserialize)]
struct Report {
    biz_id: String,
    success: bool,
    err_code: Option<String>,
    sms_size: Option<Value>,
}

/// The reports in a pushed `SmsReport`.
pub(super) fn read(body: &[u8]) -> Result<Vec<Receipt>, ReceiptError> {
    let reports: Vec<Report> = serde_json::from_slice(body)
        .map_err(|_| ReceiptError::Unreadable("it is not an array of reports"))?;
    reports.into_iter().map(receipt).collect()
}

fn receipt(report: Report) -> Result<Receipt, ReceiptError> {
    Ok(Receipt {
        provider_id: usable_id(report.biz_id)
            .ok_or(ReceiptError::Unreadable("its biz_id is not 1 to 64 ASCII characters"))?,
        delivery: if report.success { Delivery::Delivered } else { Delivery::Undelivered },
        code: report.err_code.and_then(usable_id).unwrap_or_default(),
        bill: Bill::UNKNOWN.with_parts(parts(report.sms_size.as_ref())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_report() {
        let body = r#"[{"phone_number":"13800138000","send_time":"2026-01-02 03:04:05","report_time":"2026-01-02 03:04:15",
            "success":true,"err_code":"DELIVERED","err_msg":"ok","sms_size":"1","biz_id":"900619746936498440^0","out_id":"01"},
            {"phone_number":"13800138000","success":false,"err_code":"MK:0001","biz_id":"2^0"},
            {"success":false,"biz_id":"3^0"}]"#;
        let receipt = |id: &str, delivery, code: &str, parts| {
            let bill = Bill::UNKNOWN.with_parts(parts);
            Receipt { bill, ..Receipt::new(id, delivery, code) }
        };
        assert_eq!(
            read(body.as_bytes()).unwrap(),
            [
                receipt("900619746936498440^0", Delivery::Delivered, "DELIVERED", Some(1)),
                receipt("2^0", Delivery::Undelivered, "MK:0001", None),
                receipt("3^0", Delivery::Undelivered, "", None),
            ]
        );
        assert_eq!(read(b"[]").unwrap(), []);
    }

    #[test]
    fn refuses_malformed_reports() {
        for body in [
            "",
            "{}",
            "null",
            r#"[{"success":true}]"#,
            r#"[{"biz_id":"1^0"}]"#,
            r#"[{"biz_id":"1^0","success":"true"}]"#,
            r#"[{"biz_id":"","success":true}]"#,
            r#"[{"biz_id":"a b","success":true}]"#,
        ] {
            assert!(matches!(read(body.as_bytes()), Err(ReceiptError::Unreadable(_))), "{body}");
        }
    }
}
