use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use passport_sms_client::SmsClient;
use passport_sms_gateways::webhook;
use serde_json::{Value, json};

use crate::support::protocol::{Call, Place, Protocol};
use crate::support::signing::hmac;
use crate::support::wire::{Request, answer, expect, is_hex_id, ok};
use crate::support::{NUMBER, TEXT, site};

const SECRET: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const TIMESTAMP: &str = "1795340610";

pub(crate) struct Webhook;

impl Protocol for Webhook {
    fn gateway(&self, place: Place) -> Box<dyn SmsClient> {
        let url = format!("{}/sms?key=s3cret-query", place.endpoint);
        let mut settings = webhook::Settings::new(url, format!("whsec_{SECRET}"));
        settings.https = place.https;
        Box::new(webhook::Webhook::open(settings, &site()).unwrap())
    }

    fn verify(&self, request: &Request, host: &str) -> Result<Call, String> {
        let target = (request.method.as_str(), request.path.as_str(), request.query.as_str());
        expect("target", &target, &("POST", "/sms", "key=s3cret-query"))?;
        let id = request.header("webhook-id")?;
        expect("id", &id.strip_prefix("msg_").map(is_hex_id), &Some(true))?;
        let signed = format!("{id}.{TIMESTAMP}.{}", request.text());
        let signature = hmac(BASE64_STANDARD.decode(SECRET).unwrap(), signed);
        let signature = format!("v1,{}", BASE64_STANDARD.encode(signature));
        let headers = [
            ("content-type", "application/json"),
            ("webhook-signature", signature.as_str()),
            ("webhook-timestamp", TIMESTAMP),
        ];
        request.expect_headers(host, &headers, &["webhook-id"])?;
        let body: Value =
            serde_json::from_slice(&request.body).map_err(|error| error.to_string())?;
        let data = json!({ "to": NUMBER, "locale": "zh-Hans", "text": TEXT });
        let wanted =
            json!({ "type": "sms.send", "timestamp": "2026-11-22T09:43:30Z", "data": data });
        expect("event", &body, &wanted)?;
        Ok(Call::Send { key: Some(id.to_owned()), label: id.to_owned(), nonce: None })
    }

    fn accepted(&self) -> String {
        ok(r#"{"message_id":"id-of-the-double"}"#)
    }

    fn refusal(&self) -> String {
        answer(
            "422 Unprocessable Content",
            r#"{"error":{"code":"bad_recipient","message":"13800138000: 004217"}}"#,
        )
    }

    fn goes_by_status(&self) -> bool {
        true
    }

    fn secrets(&self) -> Vec<String> {
        vec![SECRET.to_owned(), "s3cret-query".to_owned()]
    }
}
