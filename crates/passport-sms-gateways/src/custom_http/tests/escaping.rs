//! Hostile values in each place of a request.

use base64::Engine;

use super::*;

/// Texts that would break out of a place without escaping.
const HOSTILE: [&str; 10] = [
    "\",\"to\":\"+1\"",
    "\\\"\\",
    "a\r\nX-Injected: 1\r\n\r\nGET / HTTP/1.1",
    "</text><to>+1</to>&amp;<![CDATA[",
    "&to=+1&x[]=;#?%00%zz",
    "{to} {code} {{}} {nonsense}",
    "\0\u{1}\u{7f}\u{85}\u{2028}\u{fffe}",
    "../../..//@evil.example:80/",
    "'; -- \u{202e}验证码 é 😀",
    "",
];

#[tokio::test]
async fn no_text_breaks_out_of_its_place() {
    for text in HOSTILE {
        let mut settings = plivo();
        settings.body = Body::Json(r#"{"a":["{to}",{"b":"<{text}>"}],"n":1.5}"#.into());
        settings.url = "https://a.example/x/{text}/y?q={text}&z={to}".into();
        settings.accepted = vec!["/id".to_owned()];
        settings.variables.clear();
        let (head, body) = wire(settings, text).await;
        let body: Value = serde_json::from_str(&body).unwrap();
        let want = json!({"a": ["+8613800138000", {"b": format!("<{text}>")}], "n": 1.5});
        assert_eq!(body, want, "{text:?}");
        let uri = head.uri.to_string();
        let encoded = crate::kit::encoding::percent(text);
        let want = format!("/x/{encoded}/y?q={encoded}&z=%2B8613800138000");
        assert_eq!(uri, want, "{text:?}");
        assert!(uri.bytes().all(|byte| byte.is_ascii_graphic()), "{uri}");

        let mut settings = sms_ru();
        settings.body = Body::Form(pairs(&[("to", "{to}"), ("a&b=", "<{text}>")]));
        let (_, body) = wire(settings, text).await;
        let read: Vec<_> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        let want = [("to", "+8613800138000"), ("a&b=", &format!("<{text}>"))];
        assert_eq!(read, want.map(|(name, value)| (name.to_owned(), value.to_owned())), "{text:?}");

        let mut settings = sms_ru();
        let body = r#"<sms to="{to}"><text a='{text}'>{text}</text></sms>"#;
        settings.body = Body::Xml(body.into());
        let (_, body) = wire(settings, text).await;
        let mut reader = quick_xml::Reader::from_str(&body);
        let mut tags = 0;
        loop {
            match reader.read_event().unwrap() {
                quick_xml::events::Event::Eof => break,
                quick_xml::events::Event::Start(_) => tags += 1,
                _ => {}
            }
        }
        assert_eq!(tags, 2, "{body}");
        assert!(!body.chars().any(char::is_control), "{body:?}");
    }
}

#[tokio::test]
async fn headers_take_values_that_cannot_end_them() {
    let mut settings = plivo();
    settings.headers = pairs(&[
        ("X-Number", "{to};{id}"),
        ("X-Time", "{timestamp} {time}"),
        ("Content-Type", "application/json; charset=utf-8"),
    ]);
    let (head, _) = wire(settings.clone(), "x").await;
    assert_eq!(head.headers["x-number"], "+8613800138000;0123456789ab4def8123456789abcdef");
    assert_eq!(head.headers["x-time"], "1795340610 2026-11-22T09:43:30Z");
    assert_eq!(head.headers.get_all(CONTENT_TYPE).iter().count(), 1);
    assert!(head.headers["x-number"].is_sensitive());
    for (name, value) in [
        ("X-Text", "{text}"),
        ("X-A", "a\r\nb: c"),
        ("X-A", "é"),
        ("X-A: b\r\nX-C", "d"),
        ("Host", "a.example"),
        ("Content-Length", "1"),
        ("Transfer-Encoding", "chunked"),
        ("Authorization", "Basic eA=="),
        ("x-number", "twice"),
        ("", "a"),
    ] {
        let mut settings = settings.clone();
        settings.headers.extend(pairs(&[(name, value)]));
        let fault = CustomHttp::open(settings, &site()).unwrap_err();
        assert_eq!(fault.setting, "headers", "{name}: {value}");
    }
    let mut injected = settings.clone();
    injected.headers = pairs(&[("X-Account", "{account}")]);
    injected.variables = pairs(&[("account", "a\r\nX-Injected: 1")]);
    assert_eq!(CustomHttp::open(injected, &site()).unwrap_err().setting, "variables");
}

#[tokio::test]
async fn a_signature_covers_the_body_as_it_is_sent() {
    let mut settings = plivo();
    settings.headers = pairs(&[("X-Signature", "t={timestamp},s={signature}")]);
    settings.signature = Some(Signature::new("signing-key", "{timestamp}.{nonce}.{body}"));
    let (head, body) = wire(settings.clone(), "x \"y\"").await;
    let signed = format!("1795340610.{}.{body}", Uuid::from_u128(1).simple());
    let mac = hmac::Mac::finalize(crate::kit::mac::hmac_sha256(b"signing-key", &signed));
    let want = format!("t=1795340610,s={}", hex::encode(mac.into_bytes()));
    assert_eq!(head.headers["x-signature"], want);

    // In the body it covers other values.
    let mut settings = sms_ru();
    let mut signature = Signature::new("signing-key", "{to_digits}{timestamp}");
    signature.encoding = Encoding::Base64;
    settings.signature = Some(signature);
    let form = [("to", "{to}"), ("text", "{text}"), ("sign", "{signature}")];
    settings.body = Body::Form(pairs(&form));
    let (_, body) = wire(settings, "x").await;
    let mac = hmac::Mac::finalize(crate::kit::mac::hmac_sha256(
        b"signing-key",
        "86138001380001795340610",
    ));
    let want = base64::prelude::BASE64_STANDARD.encode(mac.into_bytes());
    let read: Vec<_> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    assert_eq!(read[2], ("sign".to_owned(), want));
}
