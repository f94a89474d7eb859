use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use passport_sms_client::SmsClient;
use passport_sms_gateways::vonage;

use crate::support::protocol::{Call, Place, Protocol};
use crate::support::wire::{Request, expect, is_hex_id, ok};
use crate::support::{CALLBACK, TEXT, site};

const SECRET: &str = "testVonageSecret";

pub(crate) struct Vonage;

impl Protocol for Vonage {
    fn gateway(&self, place: Place) -> Box<dyn SmsClient> {
        let mut settings = vonage::Settings::new("testkey1", SECRET, "Passport");
        settings.endpoint = place.endpoint;
        settings.https = place.https;
        Box::new(vonage::Vonage::open(settings, &site()).unwrap())
    }

    fn verify(&self, request: &Request, host: &str) -> Result<Call, String> {
        let target = (request.method.as_str(), request.path.as_str(), request.query.as_str());
        expect("target", &target, &("POST", "/sms/json", ""))?;
        let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("testkey1:{SECRET}")));
        let form = "application/x-www-form-urlencoded";
        request.expect_headers(host, &[("authorization", &basic), ("content-type", form)], &[])?;
        let mut pairs = Request::pairs(request.text());
        expect("number of fields", &pairs.len(), &6)?;
        let (name, label) = pairs.remove(3);
        expect("client-ref", &(name.as_str(), is_hex_id(&label)), &("client-ref", true))?;
        let wanted = [
            ("to", "8613800138000"),
            ("from", "Passport"),
            ("text", TEXT),
            ("callback", CALLBACK),
            ("type", "unicode"),
        ];
        let wanted = wanted.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        expect("form", &pairs, &wanted)?;
        Ok(Call::Send { key: None, label, nonce: None })
    }

    fn accepted(&self) -> String {
        ok(r#"{"message-count":"1","messages":[{"status":"0","message-id":"id-of-the-double"}]}"#)
    }

    fn refusal(&self) -> String {
        ok(
            r#"{"message-count":"1","messages":[{"status":"3","error-text":"8613800138000 004217 is an invalid value for parameter: to"}]}"#,
        )
    }

    fn secrets(&self) -> Vec<String> {
        vec![SECRET.to_owned(), "s3cret-path".to_owned()]
    }
}
