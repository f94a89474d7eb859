use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest, Md5};
use passport_sms_client::{Parameter, SmsClient, Template, Templates};
use passport_sms_gateways::yuntongxun;
use serde_json::Value;

use crate::support::protocol::{Call, Place, Protocol};
use crate::support::site;
use crate::support::wire::{Request, expect, is_hex_id, ok};

const ACCOUNT: &str = "8a216da8000000000000000000000c0d";
const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const APP: &str = "8a216da800000000000000000000a991";
/// The time of the tests in China.
const TIMESTAMP: &str = "20261122174330";

pub(crate) struct Yuntongxun;

fn sig() -> String {
    hex::encode_upper(Md5::digest(format!("{ACCOUNT}{TOKEN}{TIMESTAMP}")))
}

impl Protocol for Yuntongxun {
    fn gateway(&self, place: Place) -> Box<dyn SmsClient> {
        let template = Template::new("20001", [Parameter::Code, Parameter::Minutes]);
        let mut settings = yuntongxun::Settings::new(ACCOUNT, TOKEN, APP, Templates::new(template));
        settings.endpoint = place.endpoint;
        settings.https = place.https;
        Box::new(yuntongxun::Yuntongxun::open(settings, &site()).unwrap())
    }

    fn verify(&self, request: &Request, host: &str) -> Result<Call, String> {
        let path = format!("/2013-12-26/Accounts/{ACCOUNT}/SMS/TemplateSMS");
        let query = format!("sig={}", sig());
        let target = (request.method.as_str(), request.path.as_str(), request.query.as_str());
        expect("target", &target, &("POST", path.as_str(), query.as_str()))?;
        let authorization = BASE64_STANDARD.encode(format!("{ACCOUNT}:{TIMESTAMP}"));
        let headers = [
            ("accept", "application/json"),
            ("authorization", authorization.as_str()),
            ("content-type", "application/json;charset=utf-8"),
        ];
        request.expect_headers(host, &headers, &[])?;

        let body: BTreeMap<String, Value> =
            serde_json::from_slice(&request.body).map_err(|error| error.to_string())?;
        let names: Vec<&str> = body.keys().map(String::as_str).collect();
        expect("fields", &names, &vec!["appId", "datas", "reqId", "templateId", "to"])?;
        expect("appId", &body["appId"], &APP.into())?;
        expect("templateId", &body["templateId"], &"20001".into())?;
        expect("datas", &body["datas"], &vec!["004217", "5"].into())?;
        expect("to", &body["to"], &"13800138000".into())?;
        let id = body["reqId"].as_str().unwrap_or_default();
        expect("reqId is 32 hexadecimal digits", &is_hex_id(id), &true)?;
        Ok(Call::Send { key: Some(id.to_owned()), label: id.to_owned(), nonce: None })
    }

    fn accepted(&self) -> String {
        ok(
            r#"{"statusCode":"000000","templateSMS":{"smsMessageSid":"id-of-the-double","dateCreated":"20261122174330"}}"#,
        )
    }

    fn repeated(&self) -> String {
        ok(r#"{"statusCode":"160054","statusMsg":"请求重复"}"#)
    }

    fn refusal(&self) -> String {
        ok(r#"{"statusCode":"160042","statusMsg":"13800138000: 004217"}"#)
    }

    fn secrets(&self) -> Vec<String> {
        vec![TOKEN.to_owned(), sig()]
    }
}
