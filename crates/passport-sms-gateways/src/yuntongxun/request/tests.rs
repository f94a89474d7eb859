//! Vectors of the vendor's own client.

use std::time::Duration;

use http_body_util::BodyExt;
use passport_sms_client::{Intent, Locale, Parameter, Purpose, Template, Templates};
use serde_json::Value;
use uuid::Uuid;

use super::*;
use crate::fixtures::site;
use crate::yuntongxun::Settings;

const ACCOUNT: &str = "8a216da8000000000000000000000c0d";
const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const APP: &str = "8a216da800000000000000000000a991";

fn gateway(template: Template, request_id: bool) -> Yuntongxun {
    let mut settings = Settings::new(ACCOUNT, TOKEN, APP, Templates::new(template));
    settings.request_id = request_id;
    Yuntongxun::open(settings, &site()).unwrap()
}

fn message(to: &str, code: &str, minutes: u64) -> Message {
    Message {
        id: Uuid::from_u128(0x0123_4567_89ab_4def_8123_4567_89ab_cdef),
        to: to.parse().unwrap(),
        intent: Intent::Code {
            purpose: Purpose::Register,
            code: code.parse().unwrap(),
            valid_for: Duration::from_mins(minutes),
        },
        locale: Locale::ZhHans,
    }
}

/// Path and query, `Authorization` and body of the request at that second.
async fn wire(gateway: &Yuntongxun, message: &Message, unix: i64) -> (String, String, Value) {
    let now = OffsetDateTime::from_unix_timestamp(unix).unwrap();
    let template = gateway.settings.templates.find(message.intent.topic(), message.locale).unwrap();
    let (head, body) = gateway.request(message, template, now).unwrap().into_parts();
    assert_eq!(head.method, "POST");
    assert_eq!(head.headers["accept"], "application/json");
    assert_eq!(head.headers["content-type"], "application/json;charset=utf-8");
    assert!(head.headers["authorization"].is_sensitive());
    (
        head.uri.to_string(),
        head.headers["authorization"].to_str().unwrap().to_owned(),
        serde_json::from_slice(&body.collect().await.unwrap().to_bytes()).unwrap(),
    )
}

fn path(sig: &str) -> String {
    format!("/2013-12-26/Accounts/{ACCOUNT}/SMS/TemplateSMS?sig={sig}")
}

#[tokio::test]
async fn vector_basic() {
    let template = Template::new("20001", [Parameter::Code, Parameter::Minutes]);
    let message = message("+8613800138000", "123456", 5);
    let (uri, authorization, body) = wire(&gateway(template, false), &message, 1_767_294_245).await;
    assert_eq!(uri, path("81A81AA772A4F44E91D03DBAD37046DA"));
    assert_eq!(authorization, "OGEyMTZkYTgwMDAwMDAwMDAwMDAwMDAwMDAwMDBjMGQ6MjAyNjAxMDIwMzA0MDU=");
    assert_eq!(
        body,
        json!({"to": "13800138000", "appId": APP, "templateId": "20001", "datas": ["123456", "5"]})
    );
}

#[tokio::test]
async fn vector_leading_zero_code() {
    let template = Template::new("20001", [Parameter::Code, Parameter::Minutes]);
    let message = message("+8619912345678", "004217", 10);
    let (uri, authorization, body) = wire(&gateway(template, false), &message, 1_795_311_810).await;
    assert_eq!(uri, path("CE19D34638A4D9E1168CBC7FDAC92FC3"));
    assert_eq!(authorization, "OGEyMTZkYTgwMDAwMDAwMDAwMDAwMDAwMDAwMDBjMGQ6MjAyNjExMjIwOTQzMzA=");
    assert_eq!(
        body,
        json!({"to": "19912345678", "appId": APP, "templateId": "20001", "datas": ["004217", "10"]})
    );
}

#[tokio::test]
async fn vector_leap_day() {
    let template = Template::new("20002", [Parameter::Code]);
    let message = message("+8616600000000", "4821", 5);
    let (uri, authorization, body) = wire(&gateway(template, false), &message, 1_835_366_400).await;
    assert_eq!(uri, path("20C2A821F95D8F230CA471933E96137E"));
    assert_eq!(authorization, "OGEyMTZkYTgwMDAwMDAwMDAwMDAwMDAwMDAwMDBjMGQ6MjAyODAyMjkwMDAwMDA=");
    assert_eq!(
        body,
        json!({"to": "16600000000", "appId": APP, "templateId": "20002", "datas": ["4821"]})
    );
}

#[tokio::test]
async fn the_request_id_is_the_message_id() {
    let gateway = gateway(Template::new("1", [Parameter::Code]), true);
    let message = message("+8613800138000", "123456", 5);
    let first = wire(&gateway, &message, 1_767_294_245).await.2;
    let second = wire(&gateway, &message, 1_767_294_999).await.2;
    assert_eq!(first["reqId"], "0123456789ab4def8123456789abcdef");
    assert_eq!(first["reqId"], second["reqId"]);
}

#[test]
fn numbers_have_the_form_of_the_gateway() {
    for (e164, written) in [
        ("+8613800138000", "13800138000"),
        ("+447700900123", "00447700900123"),
        ("+85251234567", "0085251234567"),
    ] {
        assert_eq!(number(&e164.parse().unwrap()), written);
    }
}
