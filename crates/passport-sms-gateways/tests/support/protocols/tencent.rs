use passport_sms_client::{Parameter, SmsClient, Template, Templates};
use passport_sms_gateways::tencent;
use serde_json::{Value, json};

use crate::support::protocol::{Call, Place, Protocol};
use crate::support::signing::{hmac, sha256};
use crate::support::wire::{Request, expect, is_hex_id, ok};
use crate::support::{NUMBER, site};

const ID: &str = "testSecretIdTencent";
const SECRET: &str = "testSecretKeyTencent";
const TIMESTAMP: &str = "1795340610";
const SCOPE: &str = "2026-11-22/sms/tc3_request";

pub(crate) struct Tencent;

fn authorization(request: &Request, host: &str) -> String {
    let canonical = format!(
        "POST\n/\n\ncontent-type:application/json\nhost:{host}\n\ncontent-type;host\n{}",
        sha256(&request.body)
    );
    let text = format!("TC3-HMAC-SHA256\n{TIMESTAMP}\n{SCOPE}\n{}", sha256(canonical));
    let key = hmac(hmac(hmac(format!("TC3{SECRET}"), "2026-11-22"), "sms"), "tc3_request");
    let signature = hex::encode(hmac(key, text));
    format!(
        "TC3-HMAC-SHA256 Credential={ID}/{SCOPE}, SignedHeaders=content-type;host, Signature={signature}"
    )
}

impl Protocol for Tencent {
    fn gateway(&self, place: Place) -> Box<dyn SmsClient> {
        let template = Template::new("449739", [Parameter::Code, Parameter::Minutes]);
        let mut settings =
            tencent::Settings::new(ID, SECRET, "1400006666", Templates::new(template));
        settings.sign_name = Some("腾讯云".to_owned());
        settings.endpoint = place.endpoint;
        settings.https = place.https;
        Box::new(tencent::Tencent::open(settings, &site()).unwrap())
    }

    fn verify(&self, request: &Request, host: &str) -> Result<Call, String> {
        let target = (request.method.as_str(), request.path.as_str(), request.query.as_str());
        expect("target", &target, &("POST", "/", ""))?;
        let authorization = authorization(request, host);
        let headers = [
            ("authorization", authorization.as_str()),
            ("content-type", "application/json"),
            ("x-tc-action", "SendSms"),
            ("x-tc-region", "ap-guangzhou"),
            ("x-tc-timestamp", TIMESTAMP),
            ("x-tc-version", "2021-01-11"),
        ];
        request.expect_headers(host, &headers, &[])?;
        let mut body: Value =
            serde_json::from_slice(&request.body).map_err(|error| error.to_string())?;
        let context = body["SessionContext"].take();
        let label = context.as_str().unwrap_or_default().to_owned();
        expect("SessionContext is 32 hexadecimal digits", &is_hex_id(&label), &true)?;
        let wanted = json!({
            "PhoneNumberSet": [NUMBER],
            "SmsSdkAppId": "1400006666",
            "TemplateId": "449739",
            "SignName": "腾讯云",
            "TemplateParamSet": ["004217", "5"],
            "SessionContext": null,
        });
        expect("payload", &body, &wanted)?;
        Ok(Call::Send { key: None, label, nonce: None })
    }

    fn accepted(&self) -> String {
        ok(
            r#"{"Response":{"SendStatusSet":[{"SerialNo":"id-of-the-double","PhoneNumber":"+8613800138000","Fee":1,"SessionContext":"s","Code":"Ok","Message":"send success","IsoCode":"CN"}],"RequestId":"r"}}"#,
        )
    }

    fn refusal(&self) -> String {
        ok(
            r#"{"Response":{"SendStatusSet":[{"SerialNo":"","PhoneNumber":"+8613800138000","Fee":0,"Code":"InvalidParameterValue.IncorrectPhoneNumber","Message":"13800138000: 004217"}],"RequestId":"r"}}"#,
        )
    }

    fn secrets(&self) -> Vec<String> {
        vec![SECRET.to_owned()]
    }
}
