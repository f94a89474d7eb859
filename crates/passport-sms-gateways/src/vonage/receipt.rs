use std::collections::BTreeMap;

use passport_sms_client::{Bill, Delivery, Price, Pushed, Receipt, ReceiptError};
use serde_json::Value;

use crate::kit::verdict::usable_id;
use crate::vonage::CURRENCY;

/// The receipt in a pushed query, form or JSON body.
pub(super) fn read(pushed: &Pushed<'_>) -> Result<Vec<Receipt>, ReceiptError> {
    let fields: BTreeMap<String, String> = if pushed.is_json() {
        let values: BTreeMap<String, Value> = serde_json::from_slice(pushed.body)
            .map_err(|_| ReceiptError::Unreadable("its body is not a JSON object"))?;
        let text = |value: Value| match value {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
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
    let price = fields.get("price").and_then(|price| Price::parse(price, CURRENCY));
    let bill = Bill::UNKNOWN.with_price(price);
    Ok(vec![Receipt { bill, ..Receipt::new(provider_id, delivery, code) }])
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
        let receipt = Receipt::new("0A00", Delivery::Undelivered, "1");
        let expected = Ok(vec![receipt.clone()]);
        assert_eq!(read("https://a.example/r", &[], FORM), expected);
        assert_eq!(read(&format!("https://a.example/r?{FORM}"), &[], ""), expected);
        let json = r#"{"messageId":"0A00","status":"failed","err-code":"1"}"#;
        assert_eq!(read("", &[("Content-Type", "application/json")], json), expected);
        let bill = Bill::UNKNOWN.with_price(Price::parse("0.0333", "EUR"));
        let expected = Ok(vec![Receipt { bill, ..receipt }]);
        assert_eq!(read("", &[], &format!("{FORM}&price=0.03330000")), expected);
        for price in ["\"0.03330000\"", "0.0333"] {
            let json = json.replace('}', &format!(",\"price\":{price}}}"));
            assert_eq!(read("", &[("Content-Type", "application/json")], &json), expected);
        }
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
