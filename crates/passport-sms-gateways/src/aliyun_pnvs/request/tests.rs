//! Vectors of the provider's own client, `alibabacloud-dypnsapi20170525` 2.0.0 for Python, whose signing
//! function (`alibabacloud-tea-openapi` 0.4.6) signed its query under the headers that are sent here.

use passport_sms_client::{Purpose, Templates};
use time::macros::datetime;

use super::*;
use crate::Site;
use crate::fixtures::{NOW, clock, message};

const AUTHORIZATION: &str = "ACS3-HMAC-SHA256 Credential=testAccessKeyIdAliyun,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=";

fn gateway(sign_name: &str, template: Template) -> AliyunPnvs {
    let settings = Settings::new(
        "testAccessKeyIdAliyun",
        "testAccessKeySecretAliyun",
        sign_name,
        Templates::new(template),
    );
    AliyunPnvs::open(settings, &Site::new(clock())).unwrap()
}

fn assert_sent(request: &Request, action: &str, query: &str, signature: &str) {
    assert_eq!(request.method(), "POST");
    assert_eq!(request.uri().to_string(), format!("/?{query}"));
    assert_eq!(request.headers()["x-acs-action"], action);
    assert_eq!(request.headers()["x-acs-version"], "2017-05-25");
    let authorization = &request.headers()["authorization"];
    assert!(authorization.is_sensitive());
    assert_eq!(authorization.to_str().unwrap(), format!("{AUTHORIZATION}{signature}"));
}

fn nonce(hex: &str) -> Uuid {
    hex.parse().unwrap()
}

#[test]
fn vector_basic() {
    let template = Template::new("100001", [Parameter::Code, Parameter::Minutes]);
    let gateway = gateway("速通互联验证码", template.clone());
    let message = message("+8613800138000", "004217");
    let nonce = nonce("c0ffee00c0ffee00c0ffee00c0ffee00");
    let request = gateway.send_code(&message, &template, NOW, nonce).unwrap();
    assert_sent(
        &request,
        "SendSmsVerifyCode",
        "CountryCode=86&DuplicatePolicy=1&Interval=30&OutId=0123456789ab4def8123456789abcdef&PhoneNumber=13800138000&SignName=%E9%80%9F%E9%80%9A%E4%BA%92%E8%81%94%E9%AA%8C%E8%AF%81%E7%A0%81&TemplateCode=100001&TemplateParam=%7B%22code%22%3A%22004217%22%2C%22min%22%3A%225%22%7D",
        "b09168b5079a5e2ceb12ea2adb595c2cdcb82e61e67f15b67e25e427088170df",
    );
}

#[test]
fn vector_scheme_name() {
    let parameters = [
        ("CountryCode", "86".to_owned()),
        ("DuplicatePolicy", "1".to_owned()),
        ("Interval", "5".to_owned()),
        ("OutId", "01JD9Z6V3Q7W0".to_owned()),
        ("PhoneNumber", "19912345678".to_owned()),
        ("SchemeName", "注册 & 登录".to_owned()),
        ("SignName", "Passport".to_owned()),
        ("TemplateCode", "100003".to_owned()),
        ("TemplateParam", r#"{"code":"a1B2","min":"10"}"#.to_owned()),
    ];
    let gateway = gateway("x", Template::new("1", []));
    let now = datetime!(2026-02-28 23:59:59 UTC);
    let nonce = nonce("3156853299f313e23d1673dc12e1703d");
    let request = gateway.call("SendSmsVerifyCode", &parameters, now, nonce).unwrap();
    assert_sent(
        &request,
        "SendSmsVerifyCode",
        "CountryCode=86&DuplicatePolicy=1&Interval=5&OutId=01JD9Z6V3Q7W0&PhoneNumber=19912345678&SchemeName=%E6%B3%A8%E5%86%8C%20%26%20%E7%99%BB%E5%BD%95&SignName=Passport&TemplateCode=100003&TemplateParam=%7B%22code%22%3A%22a1B2%22%2C%22min%22%3A%2210%22%7D",
        "e312fbcebb3d6226db241f4fbb58d890173e70abee19584432b6021c67e2d1e0",
    );
}

#[test]
fn vector_question() {
    let gateway = gateway("x", Template::new("1", []));
    let message = message("+8613800138000", "004217");
    let nonce = nonce("00000000000040008000000000000001");
    let request = gateway.query_send_details(&message, NOW, NOW, nonce).unwrap();
    assert_sent(
        &request,
        "QuerySendDetails",
        "CurrentPage=1&PageSize=50&PhoneNumber=13800138000&SendDate=20261122",
        "09a4215226bf6e238091bce845099b4631d8581cf38c1251d386e87adb3e358d",
    );
}

#[test]
fn the_settings_reach_the_request() {
    let template = Template::new("100003", [Parameter::Code]).naming(Parameter::Code, "captcha");
    let mut gateway = gateway("Passport", template.clone());
    gateway.settings.scheme_name = Some("sign-up".to_owned());
    gateway.settings.interval = std::time::Duration::from_secs(5);
    let message = message("+8619912345678", "a1B2");
    let request = gateway.send_code(&message, &template, NOW, Uuid::nil()).unwrap();
    let query = request.uri().query().unwrap();
    for part in
        ["&Interval=5&", "&SchemeName=sign-up&", "&TemplateParam=%7B%22captcha%22%3A%22a1B2%22%7D"]
    {
        assert!(query.contains(part), "{query}");
    }
}

#[test]
fn the_provider_draws_and_returns_no_code() {
    let template = Template::new("100001", [Parameter::Code, Parameter::Minutes]);
    let gateway = gateway("Passport", template.clone());
    for purpose in Purpose::ALL {
        let mut message = message("+8613800138000", "004217");
        if let passport_sms_client::Intent::Code { purpose: of_message, .. } = &mut message.intent {
            *of_message = purpose;
        }
        let request = gateway.send_code(&message, &template, NOW, Uuid::nil()).unwrap();
        let query = request.uri().query().unwrap();
        for part in ["%23", "CodeType", "CodeLength", "ReturnVerifyCode", "ValidTime"] {
            assert!(!query.contains(part), "{query}");
        }
    }
}

#[test]
fn a_question_is_about_the_day_in_china() {
    let gateway = gateway("Passport", Template::new("1", []));
    let message = message("+8613800138000", "004217");
    let sent_at = datetime!(2026-11-22 16:00:00 UTC);
    let request = gateway.query_send_details(&message, sent_at, sent_at, Uuid::nil()).unwrap();
    assert!(request.uri().query().unwrap().ends_with("&SendDate=20261123"), "{}", request.uri());
}
