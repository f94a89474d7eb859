use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use passport_sms_client::SmsClient;
use passport_sms_gateways::twilio;
use serde_json::json;

use crate::support::protocol::{Call, Place, Protocol, Taken};
use crate::support::wire::{Request, answer, expect, ok};
use crate::support::{CALLBACK, NUMBER, TEXT, site};

const ACCOUNT: &str = "AC00000000000000000000000000000001";
const TOKEN: &str = "0123456789abcdef0123456789abcdef";

pub(crate) struct Twilio;

impl Protocol for Twilio {
    fn gateway(&self, place: Place) -> Box<dyn SmsClient> {
        let credentials = twilio::Credentials::AuthToken(TOKEN.into());
        let sender = twilio::Sender::From("+15005550006".to_owned());
        let mut settings = twilio::Settings::new(ACCOUNT, credentials, sender);
        settings.endpoint = place.endpoint;
        settings.https = place.https;
        Box::new(twilio::Twilio::open(settings, &site()).unwrap())
    }

    fn verify(&self, request: &Request, host: &str) -> Result<Call, String> {
        let path = format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json");
        expect("path", &request.path, &path)?;
        let basic = BASE64_STANDARD.encode(format!("{ACCOUNT}:{TOKEN}"));
        let basic = format!("Basic {basic}");
        if request.method == "GET" {
            request.expect_headers(host, &[("authorization", &basic)], &[])?;
            let pairs = Request::pairs(&request.query);
            let wanted = [("To", NUMBER), ("PageSize", "100")];
            let wanted = wanted.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
            return expect("query", &pairs, &wanted).map(|()| Call::List);
        }
        expect("target", &(request.method.as_str(), request.query.as_str()), &("POST", ""))?;
        let form = "application/x-www-form-urlencoded";
        let headers = [("authorization", basic.as_str()), ("content-type", form)];
        request.expect_headers(host, &headers, &[])?;
        let wanted = [
            ("To", NUMBER),
            ("StatusCallback", CALLBACK),
            ("ValidityPeriod", "300"),
            ("From", "+15005550006"),
            ("Body", TEXT),
        ];
        let wanted = wanted.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        expect("form", &Request::pairs(request.text()), &wanted)?;
        Ok(Call::Send { key: None, label: TEXT.to_owned(), nonce: None })
    }

    fn accepted(&self) -> String {
        answer(
            "201 Created",
            r#"{"sid":"id-of-the-double","status":"queued","error_code":null,"error_message":null}"#,
        )
    }

    fn listing(&self, taken: &[Taken]) -> String {
        let messages: Vec<_> = taken
            .iter()
            .map(|taken| {
                json!({"sid": "id-of-the-double", "body": taken.label, "status": "sent",
                    "date_created": "Sun, 22 Nov 2026 09:43:30 +0000"})
            })
            .collect();
        ok(&json!({ "messages": messages, "next_page_uri": null }).to_string())
    }

    fn refusal(&self) -> String {
        answer(
            "400 Bad Request",
            r#"{"code":21211,"message":"Invalid 'To' +8613800138000: 004217","status":400}"#,
        )
    }

    fn secrets(&self) -> Vec<String> {
        vec![TOKEN.to_owned(), "s3cret-path".to_owned()]
    }
}
