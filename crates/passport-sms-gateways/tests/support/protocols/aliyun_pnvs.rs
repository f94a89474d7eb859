use passport_sms_client::{Parameter, SmsClient, Template, Templates};
use passport_sms_gateways::aliyun_pnvs;

use crate::support::protocol::{Call, Place, Protocol, Taken};
use crate::support::signing::{hmac, sha256};
use crate::support::site;
use crate::support::wire::{Request, expect, is_hex_id, ok};

const ID: &str = "testAccessKeyIdAliyun";
const SECRET: &str = "testAccessKeySecretAliyun";
const DATE: &str = "2026-11-22T09:43:30Z";
const NAMES: &str =
    "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version";

pub(crate) struct AliyunPnvs;

fn authorization(request: &Request, host: &str, action: &str, nonce: &str) -> String {
    let digest = sha256(&request.body);
    let headers = format!(
        "host:{host}\nx-acs-action:{action}\nx-acs-content-sha256:{digest}\nx-acs-date:{DATE}\nx-acs-signature-nonce:{nonce}\nx-acs-version:2017-05-25\n"
    );
    let canonical = format!("POST\n/\n{}\n{headers}\n{NAMES}\n{digest}", request.query);
    let text = format!("ACS3-HMAC-SHA256\n{}", sha256(canonical));
    let signature = hex::encode(hmac(SECRET, text));
    format!("ACS3-HMAC-SHA256 Credential={ID},SignedHeaders={NAMES},Signature={signature}")
}

impl Protocol for AliyunPnvs {
    fn gateway(&self, place: Place) -> Box<dyn SmsClient> {
        let template = Template::new("100001", [Parameter::Code, Parameter::Minutes]);
        let templates = Templates::new(template);
        let mut settings = aliyun_pnvs::Settings::new(ID, SECRET, "速通互联验证码", templates);
        settings.endpoint = place.endpoint;
        settings.https = place.https;
        Box::new(aliyun_pnvs::AliyunPnvs::open(settings, &site()).unwrap())
    }

    fn verify(&self, request: &Request, host: &str) -> Result<Call, String> {
        let target = (request.method.as_str(), request.path.as_str(), request.text());
        expect("target", &target, &("POST", "/", ""))?;
        let nonce = request.header("x-acs-signature-nonce")?;
        expect("nonce is 32 hexadecimal digits", &is_hex_id(nonce), &true)?;
        let action = request.header("x-acs-action")?;
        let authorization = authorization(request, host, action, nonce);
        let digest = sha256("");
        let headers = [
            ("authorization", authorization.as_str()),
            ("x-acs-content-sha256", digest.as_str()),
            ("x-acs-date", DATE),
            ("x-acs-version", "2017-05-25"),
        ];
        request.expect_headers(host, &headers, &["x-acs-action", "x-acs-signature-nonce"])?;

        let owned = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let mut pairs = Request::pairs(&request.query);
        if action == "QuerySendDetails" {
            let wanted = owned(&[
                ("CurrentPage", "1"),
                ("PageSize", "50"),
                ("PhoneNumber", "13800138000"),
                ("SendDate", "20261122"),
            ]);
            return expect("parameters", &pairs, &wanted).map(|()| Call::List);
        }
        expect("action", &action, &"SendSmsVerifyCode")?;
        let out_id = pairs.remove(3);
        expect("OutId", &(out_id.0.as_str(), is_hex_id(&out_id.1)), &("OutId", true))?;
        let wanted = owned(&[
            ("CountryCode", "86"),
            ("DuplicatePolicy", "1"),
            ("Interval", "30"),
            ("PhoneNumber", "13800138000"),
            ("SignName", "速通互联验证码"),
            ("TemplateCode", "100001"),
            ("TemplateParam", r#"{"code":"004217","min":"5"}"#),
        ]);
        expect("parameters", &pairs, &wanted)?;
        Ok(Call::Send { key: None, label: out_id.1, nonce: Some(nonce.to_owned()) })
    }

    fn accepted(&self) -> String {
        ok(
            r#"{"Code":"OK","Message":"OK","RequestId":"r","Success":true,"Model":{"OutId":"o","RequestId":"r","BizId":"id-of-the-double"}}"#,
        )
    }

    fn listing(&self, taken: &[Taken]) -> String {
        let rows: Vec<_> = taken
            .iter()
            .map(|taken| format!(r#"{{"OutId":"{}","SendStatus":1}}"#, taken.label))
            .collect();
        ok(&format!(
            r#"{{"TotalCount":{},"Message":"OK","Code":"OK","Success":true,"Model":[{}]}}"#,
            rows.len(),
            rows.join(",")
        ))
    }

    fn refusal(&self) -> String {
        ok(
            r#"{"Message":"13800138000: 004217","RequestId":"r","Code":"isv.MOBILE_NUMBER_ILLEGAL","Success":false}"#,
        )
    }

    fn secrets(&self) -> Vec<String> {
        vec![SECRET.to_owned()]
    }
}
