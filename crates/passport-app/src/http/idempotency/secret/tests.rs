use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

use super::*;

fn key(text: &str) -> IdempotencyKey {
    let mut headers = HeaderMap::new();
    let name = HeaderName::from_static("idempotency-key");
    headers.insert(name, HeaderValue::from_str(text).unwrap());
    let Ok(Some(key)) = IdempotencyKey::of(&headers) else { panic!("{text} is a key") };
    key
}

fn requests<'a>(own: &'a IdempotencyKey, other: &'a IdempotencyKey) -> [Request<'a>; 7] {
    let request =
        |method, target, credential, key, body| Request { method, target, credential, key, body };
    [
        request("POST", "/a", None, own, b"b"),
        request("PUT", "/a", None, own, b"b"),
        request("POST", "/ab", None, own, b""),
        request("POST", "/a", Some(""), own, b"b"),
        request("POST", "/a", Some("token"), own, b"b"),
        request("POST", "/a", None, other, b"b"),
        request("POST", "/a", None, own, b"c"),
    ]
}

#[test]
fn a_response_opens_for_its_request_only() {
    let (own, other) = (key("0123456789abcdef"), key("0123456789abcdeg"));
    let secret = IdempotencySecret::new([1; 32]);
    let [first, others @ ..] = requests(&own, &other);
    let sealed = secret.response_key(&first).seal(b"token", &mut rand::rng());
    assert_eq!(secret.response_key(&first).open(&sealed).unwrap().as_slice(), b"token");
    for request in others {
        assert!(secret.response_key(&request).open(&sealed).is_none());
    }
    let stranger = IdempotencySecret::new([2; 32]);
    assert!(stranger.response_key(&first).open(&sealed).is_none());
    assert!(!sealed.as_bytes().windows(5).any(|window| window == b"token"));
}

#[test]
fn a_digest_names_all_but_the_body_and_a_fingerprint_all() {
    let (own, other) = (key("0123456789abcdef"), key("0123456789abcdeg"));
    let secret = IdempotencySecret::new([1; 32]);
    let [first, others @ ..] = requests(&own, &other);
    for request in &others {
        let is_other_body = request.body == b"c";
        assert_eq!(secret.digest(request) == secret.digest(&first), is_other_body);
        assert_ne!(secret.fingerprint(request), secret.fingerprint(&first));
    }
    assert_ne!(secret.subject("10.0.0.1"), secret.subject("10.0.0.2"));
}
