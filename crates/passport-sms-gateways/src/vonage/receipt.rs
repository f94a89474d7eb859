use std::collections::BTreeMap;

use passport_sms_client::{Delivery, Pushed, Receipt, ReceiptError};

use crate::kit::verdict::usable_id;

/// The receipt in a pushed query, form or JSON body.
pub(super) fn read(pushed: &Pushed<'_>) -> Result<Vec<Receipt>, ReceiptError> {
    let fields: BTreeMap<String, String> = if pushed.is_json() {
        let values: BTreeMap<String, serde_json::Value> = serde_json::from_slice(pushed.body)
            .map_err(|_| ReceiptError::Unreadable("its body is not a JSON object"))?;
        let text = |value: serde_json::Value| value.as_str().map(str::to_owned);
        values.into_iter().filter_map(|(name, value)| Some((name, text(value)?))).collect()
    } else {
        let query = pushed.url.split_once('?').map_or("", |(_, query)| query);
        let content = if pushed.body.is_empty() { query.as_bytes() } else { pushed.body };
        form_urlencoded::parse(content).into_owned().collect()
    };
    let provider_id = fields
        .get("messageId")
        .and_then(|id| usable_id(id.clone()))
        .ok_or(ReceiptError::Unreadable("it has no usable messageId"))?;
    let status = fields.get("status").ok_or(ReceiptError::Unreadable("it has no status"))?;
    let code = fields.get("err-code").and_then(|code| usable_id(code.clone())).unwrap_or_default();
    let delivery = match status.as_str() {
        "delivered" => Delivery::Delivered,
        "accepted" | "buffered" => Delivery::Sent,
        "expired" | "failed" | "rejected" => Delivery::Undelivered,
        // Such as `unknown`, which means that the carrier reports nothing.
        _ => return Ok(Vec::new()),
    };
    Ok(vec![Receipt { provider_id, delivery, code }])
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = "msisdn=447700900123&to=Passport&messageId=0A00&status=failed&err-code=1";

    fn read(url: &str, headers: &[(&str, &str)], body: &str) -> Result<Vec<Receipt>, ReceiptError> {
        super::read(&Pushed { url, headers, body: body.as_bytes() })
    }

    #[test]
    fn reads_every_form() {
        let receipt = Receipt {
            provider_id: "0A00".to_owned(),
            delivery: Delivery::Undelivered,
            code: "1".to_owned(),
        };
        let expected = Ok(vec![receipt]);
        assert_eq!(read("https://a.example/r", &[], FORM), expected);
        assert_eq!(read(&format!("https://a.example/r?{FORM}"), &[], ""), expected);
        let json = r#"{"messageId":"0A00","status":"failed","err-code":"1","price":0.1}"#;
        assert_eq!(read("", &[("Content-Type", "application/json")], json), expected);
    }

    #[test]
    fn every_documented_status_has_its_meaning() {
        for (status, delivery) in [
            ("delivered", Some(Delivery::Delivered)),
            ("accepted", Some(Delivery::Sent)),
            ("buffered", Some(Delivery::Sent)),
            ("expired", Some(Delivery::Undelivered)),
            ("rejected", Some(Delivery::Undelivered)),
            ("unknown", None),
        ] {
            let receipts = read("", &[], &format!("messageId=1&status={status}")).unwrap();
            assert_eq!(receipts.first().map(|it| it.delivery), delivery, "{status}");
        }
    }

    #[test]
    fn refuses_malformed_receipts() {
        for body in ["", "messageId=1", "status=delivered", "messageId=&status=delivered"] {
            assert!(matches!(read("", &[], body), Err(ReceiptError::Unreadable(_))), "{body}");
        }
    }
}
