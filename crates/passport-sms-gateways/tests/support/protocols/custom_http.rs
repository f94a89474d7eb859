use passport_sms_client::SmsClient;
use passport_sms_gateways::custom_http::{Body, Credentials, CustomHttp, Settings, Signature};
use serde_json::{Value, json};

use crate::support::protocol::{Call, Place, Protocol};
use crate::support::signing::hmac;
use crate::support::wire::{Request, answer, expect, is_hex_id};
use crate::support::{NUMBER, TEXT, site};

const TOKEN: &str = "testCustomHttpToken";
const KEY: &str = "testCustomHttpSigningKey";
const CONSTANT: &str = "testCustomHttpConstant";
const TIMESTAMP: &str = "1795340610";

/// A provider that exists only here: JSON, a bearer token, a signature, and its own header.
pub(crate) struct Described;

impl Protocol for Described {
    fn gateway(&self, place: Place) -> Box<dyn SmsClient> {
        let url = format!("{}/v1/{{account}}/messages?key=s3cret-query", place.endpoint);
        let mut settings = Settings::new(url, "/messages/0/status = queued");
        settings.credentials = Credentials::Bearer(TOKEN.into());
        settings.variables = vec![("account".to_owned(), CONSTANT.into())];
        settings.headers = vec![
            ("X-Time".to_owned(), "{timestamp}".into()),
            ("X-Signature".to_owned(), "{signature}".into()),
        ];
        settings.signature = Some(Signature::new(KEY, "{timestamp}\n{body}"));
        let body = r#"{"messages":[{"to":"{to}","text":"{text}","ref":"{id}"}]}"#;
        settings.body = Body::Json(body.into());
        settings.id = Some("/messages/0/id".to_owned());
        settings.code = vec!["/error/code".to_owned()];
        settings.reason = Some("/error/message".to_owned());
        settings.codes = vec![("number".to_owned(), "bad_recipient".to_owned())];
        settings.https = place.https;
        Box::new(CustomHttp::open(settings, &site()).unwrap())
    }

    fn verify(&self, request: &Request, host: &str) -> Result<Call, String> {
        let path = format!("/v1/{CONSTANT}/messages");
        let target = (request.method.as_str(), request.path.as_str(), request.query.as_str());
        expect("target", &target, &("POST", path.as_str(), "key=s3cret-query"))?;
        let signature = hex::encode(hmac(KEY, format!("{TIMESTAMP}\n{}", request.text())));
        let headers = [
            ("authorization", &*format!("Bearer {TOKEN}")),
            ("content-type", "application/json"),
            ("x-signature", &signature),
            ("x-time", TIMESTAMP),
        ];
        request.expect_headers(host, &headers, &[])?;
        let mut body: Value =
            serde_json::from_slice(&request.body).map_err(|error| error.to_string())?;
        let label = body["messages"][0]["ref"].take();
        let label = label.as_str().unwrap_or_default().to_owned();
        expect("ref", &is_hex_id(&label), &true)?;
        let wanted = json!({ "messages": [{ "to": NUMBER, "text": TEXT, "ref": null }] });
        expect("body", &body, &wanted)?;
        Ok(Call::Send { key: None, label, nonce: None })
    }

    fn accepted(&self) -> String {
        answer("202 Accepted", r#"{"messages":[{"status":"queued","id":"id-of-the-double"}]}"#)
    }

    fn refusal(&self) -> String {
        answer(
            "422 Unprocessable Content",
            r#"{"error":{"code":"number","message":"8613800138000: 004217"}}"#,
        )
    }

    fn secrets(&self) -> Vec<String> {
        [TOKEN, KEY, CONSTANT, "s3cret-query"].map(str::to_owned).to_vec()
    }
}
