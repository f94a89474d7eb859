use passport_sms_client::{Bill, Delivery, Receipt, ReceiptError};
use serde::Deserialize;

use crate::kit::verdict::usable_id;

#[derive(Deserialize)]
struct Row {
    sid: String,
    report_status: String,
    errmsg: Option<String>,
}

/// The carriers' reports in a pushed body.
pub(super) fn read(body: &[u8]) -> Result<Vec<Receipt>, ReceiptError> {
    let reports: Vec<Row> = serde_json::from_slice(body)
        .map_err(|_| ReceiptError::Unreadable("it is not an array of reports"))?;
    reports.into_iter().map(receipt).collect()
}

fn receipt(report: Row) -> Result<Receipt, ReceiptError> {
    Ok(Receipt {
        provider_id: usable_id(report.sid)
            .ok_or(ReceiptError::Unreadable("its sid is not 1 to 64 ASCII characters"))?,
        delivery: match report.report_status.as_str() {
            "SUCCESS" => Delivery::Delivered,
            "FAIL" => Delivery::Undelivered,
            _ => return Err(ReceiptError::Unreadable("its report_status is not documented")),
        },
        code: report.errmsg.and_then(usable_id).unwrap_or_default(),
        bill: Bill::UNKNOWN,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_report() {
        let body = r#"[{"user_receive_time":"2026-01-02 03:04:15","nationcode":"86","mobile":"13800138000",
            "report_status":"SUCCESS","errmsg":"DELIVRD","description":"ok","sid":"5000:1"},
            {"report_status":"FAIL","errmsg":"MBBLACK","sid":"5000:2"}]"#;
        let receipts = read(body.as_bytes()).unwrap();
        let told: Vec<_> = receipts
            .iter()
            .map(|it| (it.provider_id.as_str(), it.delivery, it.code.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("5000:1", Delivery::Delivered, "DELIVRD"),
                ("5000:2", Delivery::Undelivered, "MBBLACK"),
            ]
        );
    }

    #[test]
    fn refuses_malformed_reports() {
        for body in [
            "",
            "{}",
            r#"[{"sid":"5000:1"}]"#,
            r#"[{"sid":"","report_status":"FAIL"}]"#,
            r#"[{"sid":"5000:1","report_status":"success"}]"#,
        ] {
            assert!(matches!(read(body.as_bytes()), Err(ReceiptError::Unreadable(_))), "{body}");
        }
    }
}
