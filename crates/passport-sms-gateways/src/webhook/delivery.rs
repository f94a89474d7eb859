use passport_sms_client::{Delivery, Receipt, ReceiptError};
use serde::Deserialize;

use crate::kit::verdict::usable_id;
use crate::webhook::charged::Charged;

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    data: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Data {
    message_id: String,
    status: String,
    code: Option<String>,
    #[serde(flatten)]
    bill: Charged,
}

/// The receipt in a verified event; none in events of other types, which a receiver may push to the
/// same address.
pub(super) fn read(body: &[u8]) -> Result<Vec<Receipt>, ReceiptError> {
    const UNREADABLE: ReceiptError = ReceiptError::Unreadable("it is not an event as documented");
    let event: Event = serde_json::from_slice(body).map_err(|_| UNREADABLE)?;
    if event.kind != "sms.delivery" {
        return Ok(Vec::new());
    }
    let data: Data =
        serde_json::from_value(event.data.unwrap_or_default()).map_err(|_| UNREADABLE)?;
    Ok(vec![Receipt {
        provider_id: usable_id(data.message_id).ok_or(UNREADABLE)?,
        delivery: match data.status.as_str() {
            "delivered" => Delivery::Delivered,
            "undelivered" => Delivery::Undelivered,
            _ => return Err(ReceiptError::Unreadable("its status is not documented")),
        },
        code: data.code.and_then(usable_id).unwrap_or_default(),
        bill: data.bill.bill(),
    }])
}

#[cfg(test)]
mod tests {
    use passport_sms_client::{Pushed, ReceiptReader};

    use super::*;
    use crate::fixtures::{NOW, site};
    use crate::webhook::signature::Key;
    use crate::webhook::{Settings, Webhook};

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    #[test]
    fn only_signed_events_are_read() {
        let mut settings = Settings::new("https://relay.example.com", SECRET);
        settings.receipt_secrets = vec![SECRET.into()];
        let gateway = Webhook::open(settings, &site()).unwrap();
        let body = r#"{"type":"sms.delivery","data":{"message_id":"r-1","status":"undelivered","code":"30005"}}"#;
        let now = NOW.unix_timestamp();
        let signature = Key::parse(SECRET).unwrap().entry("evt_1", now, body.as_bytes());
        let timestamp = now.to_string();
        let headers = [
            ("webhook-id", "evt_1"),
            ("webhook-timestamp", timestamp.as_str()),
            ("webhook-signature", signature.as_str()),
        ];
        let read = |body: &str| {
            gateway.read(&Pushed { url: "", headers: &headers, body: body.as_bytes() })
        };
        let receipt = Receipt::new("r-1", Delivery::Undelivered, "30005");
        assert_eq!(read(body), Ok(vec![receipt]));
        assert_eq!(read(&body.replace("un", "")), Err(ReceiptError::Forged));
    }

    #[test]
    fn other_events_carry_no_receipt() {
        assert_eq!(read(br#"{"type":"ping"}"#), Ok(vec![]));
        assert_eq!(read(br#"{"type":"ping","data":{"a":1}}"#), Ok(vec![]));
    }

    #[test]
    fn refuses_malformed_events() {
        for body in [
            "",
            "[]",
            r#"{"type":"sms.delivery"}"#,
            r#"{"type":"sms.delivery","data":{"message_id":"r-1"}}"#,
            r#"{"type":"sms.delivery","data":{"message_id":"","status":"delivered"}}"#,
            r#"{"type":"sms.delivery","data":{"message_id":"r-1","status":"lost"}}"#,
        ] {
            assert!(matches!(read(body.as_bytes()), Err(ReceiptError::Unreadable(_))), "{body}");
        }
    }
}
