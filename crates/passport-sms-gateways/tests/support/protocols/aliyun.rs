use passport_sms_client::{Parameter, SmsClient, Template, Templates};
use passport_sms_gateways::aliyun;

use crate::support::protocol::{Call, Place, Protocol, Taken};
use crate::support::signing::{hmac, sha256};
use crate::support::site;
use crate::support::wire::{Request, expect, is_hex_id, ok};

const ID: &str = "testAccessKeyIdAliyun";
const SECRET: &str = "testAccessKeySecretAliyun";
const DATE: &str = "2026-11-22T09:43:30Z";
const FORM: &str = "application/x-www-form-urlencoded";

/// Parameters in the query, or in a form.
pub(crate) struct Aliyun {
    pub(crate) in_form: bool,
}

impl Aliyun {
    fn authorization(&self, request: &Request, host: &str, action: &str, nonce: &str) -> String {
        let digest = sha256(&request.body);
        let mut names =
            "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version"
                .to_owned();
        let mut headers = format!(
            "host:{host}\nx-acs-action:{action}\nx-acs-content-sha256:{digest}\nx-acs-date:{DATE}\nx-acs-signature-nonce:{nonce}\nx-acs-version:2017-05-25\n"
        );
        if self.in_form {
            names.insert_str(0, "content-type;");
            headers.insert_str(0, &format!("content-type:{FORM}\n"));
        }
        let canonical = format!("POST\n/\n{}\n{headers}\n{names}\n{digest}", request.query);
        let text = format!("ACS3-HMAC-SHA256\n{}", sha256(canonical));
        let signature = hex::encode(hmac(SECRET, text));
        format!("ACS3-HMAC-SHA256 Credential={ID},SignedHeaders={names},Signature={signature}")
    }
}

impl Protocol for Aliyun {
    fn gateway(&self, place: Place) -> Box<dyn SmsClient> {
        let template = Template::new("SMS_154950909", [Parameter::Code, Parameter::Minutes]);
        let templates = Templates::new(template);
        let mut settings = aliyun::Settings::new(ID, SECRET, "阿里云短信测试", templates);
        settings.endpoint = place.endpoint;
        settings.https = place.https;
        if self.in_form {
            settings.placement = aliyun::Placement::Form;
        }
        Box::new(aliyun::Aliyun::open(settings, &site()).unwrap())
    }

    fn verify(&self, request: &Request, host: &str) -> Result<Call, String> {
        let target = (request.method.as_str(), request.path.as_str());
        expect("target", &target, &("POST", "/"))?;
        let nonce = request.header("x-acs-signature-nonce")?;
        expect("nonce is 32 hexadecimal digits", &is_hex_id(nonce), &true)?;
        let action = request.header("x-acs-action")?;
        let authorization = self.authorization(request, host, action, nonce);
        let digest = sha256(&request.body);
        let mut headers = vec![
            ("authorization", authorization.as_str()),
            ("x-acs-content-sha256", digest.as_str()),
            ("x-acs-date", DATE),
            ("x-acs-version", "2017-05-25"),
        ];
        if self.in_form {
            headers.push(("content-type", FORM));
        }
        request.expect_headers(host, &headers, &["x-acs-action", "x-acs-signature-nonce"])?;

        let (parameters, other) = if self.in_form {
            (request.text(), request.query.as_str())
        } else {
            (request.query.as_str(), request.text())
        };
        expect("the other place", &other, &"")?;
        let mut pairs = Request::pairs(parameters);
        if action == "QuerySendDetails" {
            let wanted = [
                ("CurrentPage", "1"),
                ("PageSize", "50"),
                ("PhoneNumber", "13800138000"),
                ("SendDate", "20261122"),
            ];
            let wanted = wanted.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
            return expect("parameters", &pairs, &wanted).map(|()| Call::List);
        }
        expect("action", &action, &"SendSms")?;
        let out_id = pairs.remove(0);
        expect("OutId", &(out_id.0.as_str(), is_hex_id(&out_id.1)), &("OutId", true))?;
        let wanted = [
            ("PhoneNumbers", "13800138000"),
            ("SignName", "阿里云短信测试"),
            ("TemplateCode", "SMS_154950909"),
            ("TemplateParam", r#"{"code":"004217","minutes":"5"}"#),
        ];
        let wanted = wanted.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        expect("parameters", &pairs, &wanted)?;
        Ok(Call::Send { key: None, label: out_id.1, nonce: Some(nonce.to_owned()) })
    }

    fn accepted(&self) -> String {
        ok(r#"{"Message":"OK","RequestId":"r","Code":"OK","BizId":"id-of-the-double"}"#)
    }

    fn listing(&self, taken: &[Taken]) -> String {
        let rows: Vec<_> = taken
            .iter()
            .map(|taken| format!(r#"{{"OutId":"{}","SendStatus":1}}"#, taken.label))
            .collect();
        ok(&format!(
            r#"{{"TotalCount":{},"Message":"OK","RequestId":"r","Code":"OK","SmsSendDetailDTOs":{{"SmsSendDetailDTO":[{}]}}}}"#,
            rows.len(),
            rows.join(",")
        ))
    }

    fn refusal(&self) -> String {
        ok(
            r#"{"Message":"13800138000: 004217","RequestId":"r","Code":"isv.MOBILE_NUMBER_ILLEGAL"}"#,
        )
    }

    fn secrets(&self) -> Vec<String> {
        vec![SECRET.to_owned()]
    }
}
