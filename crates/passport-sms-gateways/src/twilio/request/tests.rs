//! Vectors of the provider's own client.

use super::*;
use crate::fixtures::{message, site};
use crate::twilio::{Credentials, Settings};

const ACCOUNT: &str = "AC00000000000000000000000000000001";
const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const BASIC: &str = "Basic QUMwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMTowMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg==";

fn settings() -> Settings {
    let credentials = Credentials::AuthToken(TOKEN.into());
    Settings::new(ACCOUNT, credentials, Sender::From("+15005550006".into()))
}

fn gateway(settings: Settings) -> Twilio {
    Twilio::open(settings, &site()).unwrap()
}

#[test]
fn vector_basic() {
    let gateway = gateway(settings());
    assert_eq!(gateway.authorization().unwrap(), BASIC);
    assert!(gateway.authorization().unwrap().is_sensitive());
    assert_eq!(
        gateway.form("+15551234567", "Your code is 123456", None),
        "To=%2B15551234567&From=%2B15005550006&Body=Your+code+is+123456"
    );
}

#[test]
fn vector_messaging_service_and_callback() {
    let mut settings = settings();
    settings.sender = Sender::MessagingService("MG00000000000000000000000000000001".into());
    let url = "https://id.example.com/sms/dlr/twilio?m=01JD9Z6V3Q7W0";
    let site = site().with_receipts_url(url).unwrap();
    let gateway = Twilio::open(settings, &site).unwrap();
    assert_eq!(gateway.authorization().unwrap(), BASIC);
    assert_eq!(
        gateway.form("+8613800138000", "【Passport】验证码 004217，5 分钟内有效", Some(300)),
        "To=%2B8613800138000&StatusCallback=https%3A%2F%2Fid.example.com%2Fsms%2Fdlr%2Ftwilio%3Fm%3D01JD9Z6V3Q7W0&ValidityPeriod=300&MessagingServiceSid=MG00000000000000000000000000000001&Body=%E3%80%90Passport%E3%80%91%E9%AA%8C%E8%AF%81%E7%A0%81+004217%EF%BC%8C5+%E5%88%86%E9%92%9F%E5%86%85%E6%9C%89%E6%95%88"
    );
}

#[test]
fn vector_api_key_auth() {
    let mut settings = settings();
    settings.credentials = Credentials::ApiKey {
        sid: "SK00000000000000000000000000000001".into(),
        secret: "testApiKeySecret".into(),
    };
    let gateway = gateway(settings);
    assert_eq!(
        gateway.authorization().unwrap(),
        "Basic U0swMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMTp0ZXN0QXBpS2V5U2VjcmV0"
    );
    assert_eq!(
        gateway.form("+447700900123", "a+b & c=d % é ~ * \n end", None),
        "To=%2B447700900123&From=%2B15005550006&Body=a%2Bb+%26+c%3Dd+%25+%C3%A9+~+%2A+%0A+end"
    );
}

#[test]
fn a_message_waits_at_most_until_its_code_expires() {
    let gateway = gateway(settings());
    let mut message = message("+15551234567", "004217");
    for (seconds, validity) in [(0, "1"), (300, "300"), (86_400, "36000")] {
        let Intent::Code { valid_for, .. } = &mut message.intent else { panic!("it is a code") };
        *valid_for = std::time::Duration::from_secs(seconds);
        let request = gateway.create(&message).unwrap();
        let body = format!("{:?}", request.body());
        assert!(body.contains(&format!("&ValidityPeriod={validity}&")), "{body}");
        assert_eq!(request.uri(), &*format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json"));
    }
}

#[test]
fn a_question_is_about_all_messages_to_the_number() {
    let message = message("+15551234567", "004217");
    let request = gateway(settings()).list(&message).unwrap();
    assert_eq!(request.method(), "GET");
    assert_eq!(request.uri().query().unwrap(), "To=%2B15551234567&PageSize=100");
}
