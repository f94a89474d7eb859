//! Signatures of the provider's own client.

use passport_sms_client::ReceiptReader;

use super::*;
use crate::fixtures::site;
use crate::twilio::{Credentials, Sender, Twilio};

const URL: &str = "https://id.example.com/sms/dlr/twilio";
const QUERY: &str = "https://id.example.com/sms/dlr/twilio?m=01JD9Z6V3Q7W0&x=a%20b";
const DELIVERED: &str = "AccountSid=AC00000000000000000000000000000001&ApiVersion=2010-04-01&From=%2B15005550006&MessageSid=SM00000000000000000000000000000001&MessageStatus=delivered&SmsSid=SM00000000000000000000000000000001&SmsStatus=delivered&To=%2B15551234567";
const UNDELIVERED: &str = "ErrorCode=30005&AccountSid=AC00000000000000000000000000000001&ApiVersion=2010-04-01&From=%2B15005550006&MessageSid=SM00000000000000000000000000000001&MessageStatus=undelivered&SmsSid=SM00000000000000000000000000000001&SmsStatus=undelivered&To=%2B15551234567";
const OF_DELIVERED: &str = "OYL9RAwg7zMR4qEKxo5+e1QgJhM=";
const OF_UNDELIVERED: &str = "UL60295K3fNlOHPex0wlB/5hkms=";
const OF_SHARED_KEY: &str = "mVfv45BrJdhs0lxOUPL3mM7S0t1BNpWa7aLGGMkEXZc=";
const SIGNATURE: &str = "X-Twilio-Signature";
const SETTINGS: &str = "X-Twilio-Webhooks-Signature-Settings";

fn gateway() -> Twilio {
    let token = "0123456789abcdef0123456789abcdef";
    let credentials = Credentials::AuthToken(token.into());
    let mut settings = Settings::new("AC01", credentials, Sender::From("+15005550006".into()));
    settings.callback_keys = vec![("k1".into(), token.into())];
    Twilio::open(settings, &site()).unwrap()
}

fn read(url: &str, headers: &[(&str, &str)], body: &str) -> Result<Vec<Receipt>, ReceiptError> {
    gateway().read(&Pushed { url, headers, body: body.as_bytes() })
}

fn receipt(delivery: Delivery, code: &str) -> Vec<Receipt> {
    let provider_id = "SM00000000000000000000000000000001".to_owned();
    vec![Receipt::new(provider_id, delivery, code)]
}

#[test]
fn vector_delivered() {
    let headers = [(SIGNATURE, OF_DELIVERED)];
    assert_eq!(read(URL, &headers, DELIVERED), Ok(receipt(Delivery::Delivered, "")));
}

#[test]
fn vector_undelivered_with_query() {
    let headers = [(SIGNATURE, OF_UNDELIVERED)];
    assert_eq!(read(QUERY, &headers, UNDELIVERED), Ok(receipt(Delivery::Undelivered, "30005")));
}

#[test]
fn vector_shared_key_sha256() {
    let named = "key=k1,algorithm=HMAC_SHA256";
    let headers = [(SIGNATURE, OF_SHARED_KEY), (SETTINGS, named)];
    assert_eq!(read(URL, &headers, DELIVERED), Ok(receipt(Delivery::Delivered, "")));
}

#[test]
fn the_default_port_is_optional() {
    let headers = [(SIGNATURE, OF_UNDELIVERED)];
    let with_port = QUERY.replace(".com/", ".com:443/");
    assert!(read(&with_port, &headers, UNDELIVERED).is_ok());
    let other_port = QUERY.replace(".com/", ".com:8443/");
    assert_eq!(read(&other_port, &headers, UNDELIVERED), Err(ReceiptError::Forged));
    assert_eq!(urls("https://a.example:443?x"), ["https://a.example:443?x", "https://a.example?x"]);
    assert_eq!(urls("http://a.example/x"), ["http://a.example/x", "http://a.example:80/x"]);
}

#[test]
fn a_changed_callback_is_forged() {
    let headers = [(SIGNATURE, OF_DELIVERED)];
    let forged = Err(ReceiptError::Forged);
    assert_eq!(read(URL, &headers, &DELIVERED.replace("0001&", "0002&")), forged);
    assert_eq!(read(URL, &headers, &format!("{DELIVERED}&New=1")), forged);
    assert_eq!(read(QUERY, &headers, DELIVERED), forged);
    assert_eq!(read(URL, &[(SIGNATURE, OF_UNDELIVERED)], DELIVERED), forged);
    assert_eq!(read(URL, &[(SIGNATURE, "")], DELIVERED), forged, "an empty signature");
    for named in [
        "key=k2,algorithm=HMAC_SHA256",
        "key=k1,algorithm=HMAC_SHA512",
        "key=k1",
        "algorithm=HMAC_SHA256",
        "",
    ] {
        let headers = [(SIGNATURE, OF_SHARED_KEY), (SETTINGS, named)];
        assert_eq!(read(URL, &headers, DELIVERED), forged, "{named}");
    }
}

#[test]
fn a_signature_is_required() {
    let unsigned = Err(ReceiptError::Unsigned);
    assert_eq!(read(URL, &[], DELIVERED), unsigned);
    assert_eq!(read(URL, &[(SIGNATURE, "not base64!")], DELIVERED), unsigned);
}

#[test]
fn without_a_token_nothing_can_be_verified() {
    let credentials = Credentials::ApiKey { sid: "SK01".into(), secret: "s".into() };
    let settings = Settings::new("AC01", credentials, Sender::From("+15005550006".into()));
    let gateway = Twilio::open(settings, &site()).unwrap();
    let pushed =
        Pushed { url: URL, headers: &[(SIGNATURE, OF_DELIVERED)], body: DELIVERED.as_bytes() };
    assert_eq!(gateway.read(&pushed), Err(ReceiptError::Unverifiable));
}

/// Signs with the token of the tests.
fn sign(text: &str) -> String {
    let mac = keyed::<Hmac<Sha1>>(b"0123456789abcdef0123456789abcdef").chain_update(text);
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}

#[test]
fn a_repeated_parameter_counts_once_for_each_value() {
    let body = "MessageSid=SM1&MessageStatus=sent&A=2&A=1&A=2";
    let signature = sign(&format!("{URL}A1A2MessageSidSM1MessageStatussent"));
    let receipts = read(URL, &[(SIGNATURE, &signature)], body).unwrap();
    assert_eq!(receipts[0].delivery, Delivery::Sent);
}

#[test]
fn a_json_body_is_signed_by_its_digest_in_the_url() {
    let body = r#"{"MessageSid":"SM1","MessageStatus":"failed","ErrorCode":30003}"#;
    let url = format!("{URL}?bodySHA256={}", hex::encode(Sha256::digest(body)));
    let signature = sign(&url);
    let headers = [(SIGNATURE, signature.as_str()), ("content-type", "application/json; a=b")];
    let receipts = read(&url, &headers, body).unwrap();
    assert_eq!((receipts[0].delivery, &*receipts[0].code), (Delivery::Undelivered, "30003"));

    assert_eq!(read(&url, &headers, &body.replace("failed", "sent")), Err(ReceiptError::Forged));
    let bare = sign(URL);
    let headers = [(SIGNATURE, bare.as_str()), ("content-type", "application/json")];
    assert_eq!(read(URL, &headers, body), Err(ReceiptError::Unsigned));
}

#[test]
fn a_message_that_waits_has_no_receipt_yet() {
    for (status, delivery) in [
        ("queued", None),
        ("sending", None),
        ("sent", Some(Delivery::Sent)),
        ("delivered", Some(Delivery::Delivered)),
        ("undelivered", Some(Delivery::Undelivered)),
        ("failed", Some(Delivery::Undelivered)),
        ("read", Some(Delivery::Delivered)),
        ("canceled", Some(Delivery::Undelivered)),
        ("dancing", None),
    ] {
        let body = format!("MessageSid=SM1&MessageStatus={status}");
        let signature = sign(&format!("{URL}MessageSidSM1MessageStatus{status}"));
        let receipts = read(URL, &[(SIGNATURE, &signature)], &body).unwrap();
        assert_eq!(receipts.first().map(|it| it.delivery), delivery, "{status}");
    }
}
