//! Vectors of the provider's own client, payloads included.

use passport_sms_client::{Parameter, Templates};
use serde_json::Value;

use super::*;
use crate::fixtures::{message, site};
use crate::tencent::Settings;

fn gateway(sign_name: Option<&str>) -> (Tencent, Template) {
    let template = Template::new("449739", [Parameter::Code, Parameter::Minutes]);
    let templates = Templates::new(template.clone());
    let mut settings =
        Settings::new("testSecretIdTencent", "testSecretKeyTencent", "1400006666", templates);
    settings.sign_name = sign_name.map(str::to_owned);
    (Tencent::open(settings, &site()).unwrap(), template)
}

/// Signs the payload at that second, and compares every step.
fn assert_signed(payload: &str, unix: i64, date: &str, digests: [&str; 3]) {
    let [payload_digest, canonical_digest, signature] = digests;
    let now = OffsetDateTime::from_unix_timestamp(unix).unwrap();
    let content = Content { host: "sms.tencentcloudapi.com", payload, now };
    assert_eq!(
        content.canonical(),
        format!(
            "POST\n/\n\ncontent-type:application/json\nhost:sms.tencentcloudapi.com\n\ncontent-type;host\n{payload_digest}"
        )
    );
    assert_eq!(
        content.string_to_sign(),
        format!("TC3-HMAC-SHA256\n{unix}\n{date}/sms/tc3_request\n{canonical_digest}")
    );

    // The clock is in another time zone; the signed date is not.
    let elsewhere = now.to_offset(time::macros::offset!(+14));
    let request = gateway(None).0.request(payload.to_owned(), elsewhere).unwrap();
    assert_eq!((request.method().as_str(), request.uri().to_string().as_str()), ("POST", "/"));
    for (name, value) in [
        ("content-type", "application/json"),
        ("x-tc-action", "SendSms"),
        ("x-tc-version", "2021-01-11"),
        ("x-tc-timestamp", &unix.to_string()),
        ("x-tc-region", "ap-guangzhou"),
        (
            "authorization",
            &format!(
                "TC3-HMAC-SHA256 Credential=testSecretIdTencent/{date}/sms/tc3_request, SignedHeaders=content-type;host, Signature={signature}"
            ),
        ),
    ] {
        assert_eq!(request.headers()[name], value);
    }
    assert!(request.headers()["authorization"].is_sensitive());
}

#[test]
fn vector_basic() {
    let payload = r#"{"PhoneNumberSet": ["+8613800138000"], "SmsSdkAppId": "1400006666", "TemplateId": "449739", "SignName": "\u817e\u8baf\u4e91", "TemplateParamSet": ["123456", "5"]}"#;
    let digests = [
        "8331058fd4eb04af005140005957cded3d9c05d0ada6afdbc895ed2e964bb341",
        "2e2f11ca26386ae8de81e8099a4005f07b360c7c1cca041cff54315fe4fe4316",
        "517c933c5f536592e49b06000e4195fa9ce662cfee6bcbb02901da26b34c406a",
    ];
    assert_signed(payload, 1_767_323_045, "2026-01-02", digests);
}

#[test]
fn vector_session_context() {
    let payload = r#"{"PhoneNumberSet": ["+8613800138000"], "SmsSdkAppId": "1400006666", "TemplateId": "449740", "SignName": "Passport", "TemplateParamSet": ["004217"], "SessionContext": "01JD9Z6V3Q7W0"}"#;
    let digests = [
        "0b86823800ed9b76449193fab27f2393e7bd90c76dcfdaf1eb2562e923475771",
        "af1474558e5fde91cf23092ddeb7fbf364fbab12061d7a2fe21f072f8d21a918",
        "0c22bdd1a3d62548736abdc10f165f0bda6f81fa2fa2a77bd0a66587e3e221a7",
    ];
    assert_signed(payload, 1_795_340_610, "2026-11-22", digests);
}

#[test]
fn vector_utc_day_boundary() {
    let payload = r#"{"PhoneNumberSet": ["+8613800138000"], "SmsSdkAppId": "1400006666", "TemplateId": "449740", "SignName": "Passport", "TemplateParamSet": ["000000"]}"#;
    let digests = [
        "92228c7385201631e0dc4f0187da9eaf0ad029a3ccb21df1dc455ad53bb9f8ab",
        "a0ac9093d597df5dbf9bb819239506a68f7201103ca0e2eb603671926e9d87e6",
        "6fcbf54719bfcbb21d1aa3a1effb9d993fb0db0849c6fbaf30079983e20954dd",
    ];
    assert_signed(payload, 1_798_761_599, "2026-12-31", digests);
}

#[test]
fn a_message_fills_its_template() {
    let message = message("+8613800138000", "004217");
    let (gateway, template) = gateway(Some("腾讯云"));
    let payload = gateway.payload(&message, &template, &template.values(&message.intent));
    assert_eq!(
        serde_json::from_str::<Value>(&payload).unwrap(),
        json!({
            "PhoneNumberSet": ["+8613800138000"],
            "SmsSdkAppId": "1400006666",
            "TemplateId": "449739",
            "SignName": "腾讯云",
            "TemplateParamSet": ["004217", "5"],
            "SessionContext": "0123456789ab4def8123456789abcdef",
        })
    );
}
