use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use passport_sms_client::{Parameter, SmsClient, Template, Templates};
use passport_sms_gateways::huawei;

use crate::support::protocol::{Call, Place, Protocol};
use crate::support::signing::sha256;
use crate::support::wire::{Request, expect, is_hex_id, ok};
use crate::support::{CALLBACK, NUMBER, site};

const KEY: &str = "testAppKeyHuawei";
const SECRET: &str = "testAppSecretHuawei";
const CREATED: &str = "2026-11-22T09:43:30Z";

pub(crate) struct Huawei;

impl Protocol for Huawei {
    fn gateway(&self, place: Place) -> Box<dyn SmsClient> {
        let template = Template::new("8ff55eac1d0b", [Parameter::Code, Parameter::Minutes]);
        let templates = Templates::new(template);
        let mut settings = huawei::Settings::new(KEY, SECRET, "1069031221", templates);
        settings.sign_name = Some("华为云".to_owned());
        settings.endpoint = place.endpoint;
        settings.https = place.https;
        Box::new(huawei::Huawei::open(settings, &site()).unwrap())
    }

    fn verify(&self, request: &Request, host: &str) -> Result<Call, String> {
        let target = (request.method.as_str(), request.path.as_str(), request.query.as_str());
        expect("target", &target, &("POST", "/sms/batchSendSms/v1", ""))?;
        let wsse = request.header("x-wsse")?;
        let nonce = wsse.split("Nonce=\"").nth(1).and_then(|rest| rest.split('"').next());
        let nonce = nonce.unwrap_or_default();
        expect("nonce is 32 hexadecimal digits", &is_hex_id(nonce), &true)?;
        let digest = BASE64_STANDARD.encode(sha256(format!("{nonce}{CREATED}{SECRET}")));
        let wanted = format!(
            r#"UsernameToken Username="{KEY}",PasswordDigest="{digest}",Nonce="{nonce}",Created="{CREATED}""#
        );
        let headers = [
            ("authorization", r#"WSSE realm="SDP",profile="UsernameToken",type="Appkey""#),
            ("content-type", "application/x-www-form-urlencoded"),
            ("x-wsse", wanted.as_str()),
        ];
        request.expect_headers(host, &headers, &[])?;
        let wanted = [
            ("from", "1069031221"),
            ("to", NUMBER),
            ("templateId", "8ff55eac1d0b"),
            ("templateParas", r#"["004217","5"]"#),
            ("signature", "华为云"),
            ("statusCallback", CALLBACK),
        ];
        let wanted = wanted.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        expect("form", &Request::pairs(request.text()), &wanted)?;
        Ok(Call::Send { key: None, label: String::new(), nonce: Some(nonce.to_owned()) })
    }

    fn accepted(&self) -> String {
        ok(
            r#"{"result":[{"originTo":"+8613800138000","createTime":"t","from":"10690","smsMsgId":"id-of-the-double","status":"000000"}],"code":"000000","description":"Success"}"#,
        )
    }

    fn refusal(&self) -> String {
        ok(r#"{"code":"E000503","description":"13800138000: 004217"}"#)
    }

    fn secrets(&self) -> Vec<String> {
        vec![SECRET.to_owned(), "s3cret-path".to_owned()]
    }
}
