//! Bodies that differ from a good one in one member, or that are no JSON objects.

use serde_json::{Map, Value, json};

use super::Wrong;
use crate::support::{GoodCall, Service};

const JSON: Option<&str> = Some("application/json");
/// Members whose `null` is refused although they can be left out.
const NEVER_NULL: [&str; 3] = ["remember", "transport", "keep_sessions"];
/// Members that have one of a few names.
const NAMES: [&str; 2] = ["purpose", "transport"];
/// Largest body that is read.
const MOST: usize = 16 * 1024;

/// Every wrong version of `good`.
pub(super) fn wrong(good: &GoodCall) -> Vec<Wrong> {
    let Some(Value::Object(body)) = &good.call.body else { return Vec::new() };
    let mut wrongs = Vec::new();
    for name in body.keys() {
        wrongs.extend(missing(good, body, name));
        wrongs.extend(mistyped(good, body, name));
        wrongs.push(doubled(good, body, name));
    }
    let mut more = body.clone();
    more.insert("x/~".to_owned(), 1.into());
    wrongs.push(fault(good, "an extra member", &more, "/x~1~0", "unknown"));
    wrongs.extend(unexpected(good, body));
    if body.contains_key("challenge") {
        wrongs.extend(nested(good, body));
    }
    wrongs.extend(no_objects(good, body));
    wrongs.extend(wrong_envelopes(good, body));
    wrongs
}

fn fault(
    good: &GoodCall,
    what: &str,
    body: &Map<String, Value>,
    pointer: &str,
    code: &'static str,
) -> Wrong {
    let body = Value::from(body.clone()).to_string();
    Wrong {
        fault: Some((pointer.to_owned(), code)),
        ..refused(good, &format!("{what} {pointer}"), body, 400)
    }
}

fn refused(good: &GoodCall, what: &str, body: impl Into<Vec<u8>>, status: u16) -> Wrong {
    Wrong {
        what: format!("({}) {what}", good.name),
        call: good.call.clone(),
        body: body.into(),
        media_type: JSON,
        status,
        fault: None,
    }
}

fn missing(good: &GoodCall, body: &Map<String, Value>, name: &str) -> Option<Wrong> {
    if good.optional.contains(&name) {
        return None;
    }
    let mut less = body.clone();
    less.remove(name);
    Some(fault(good, "missing", &less, &format!("/{name}"), "missing"))
}

fn mistyped(good: &GoodCall, body: &Map<String, Value>, name: &str) -> Vec<Wrong> {
    let values =
        [json!(null), json!(1), json!(-1.5e300), json!("text"), json!([]), json!({}), json!(true)];
    let right = &body[name];
    let is_wrong = |value: &&Value| match value {
        Value::Null => !good.optional.contains(&name) || NEVER_NULL.contains(&name),
        Value::String(_) => !right.is_string() || NAMES.contains(&name),
        Value::Bool(_) => !right.is_boolean(),
        Value::Object(_) => !right.is_object(),
        Value::Number(_) | Value::Array(_) => true,
    };
    let wrong = values.iter().filter(is_wrong).map(|value| {
        let mut mistyped = body.clone();
        mistyped.insert(name.to_owned(), value.clone());
        let is_missing = value.is_null() && is_of_an_alternative(good, name);
        let code = if is_missing { "missing" } else { "invalid" };
        fault(good, &format!("{value} as"), &mistyped, &format!("/{name}"), code)
    });
    wrong.collect()
}

/// Whether the member belongs to one of two alternatives, so that its `null` is as good as none.
fn is_of_an_alternative(good: &GoodCall, name: &str) -> bool {
    match good.name {
        "codes" | "codes change-number" => ["mobile", "challenge"].contains(&name),
        "sessions by password" | "confirmations by password" => name == "password",
        "sessions by code" | "confirmations by code" => ["code_id", "code"].contains(&name),
        _ => false,
    }
}

fn doubled(good: &GoodCall, body: &Map<String, Value>, name: &str) -> Wrong {
    let text = Value::from(body.clone()).to_string();
    let text = format!("{{{}:{},{}", json!(name), body[name], &text[1..]);
    Wrong {
        fault: Some((format!("/{name}"), "duplicate")),
        ..refused(good, &format!("two of {name}"), text, 400)
    }
}

/// Members of the other alternative.
fn unexpected(good: &GoodCall, body: &Map<String, Value>) -> Vec<Wrong> {
    let more: &[(&str, Value)] = match good.name {
        "sessions by password" => {
            &[("code_id", json!("x")), ("code", json!("1")), ("nick_name", json!("Ada"))]
        }
        "confirmations by password" => &[("code_id", json!("x")), ("code", json!("1"))],
        "codes confirm" => {
            &[("mobile", json!("13800138000")), ("challenge", json!({ "id": "x", "answer": "x" }))]
        }
        _ => &[],
    };
    let unexpected = more.iter().map(|(name, value)| {
        let mut both = body.clone();
        both.insert((*name).to_owned(), value.clone());
        fault(good, "of the other alternative:", &both, &format!("/{name}"), "unexpected")
    });
    unexpected.collect()
}

/// Faults within `challenge`.
fn nested(good: &GoodCall, body: &Map<String, Value>) -> Vec<Wrong> {
    let mut wrongs = Vec::new();
    for name in ["id", "answer"] {
        for value in [json!(null), json!(1), json!([]), json!({}), json!(true)] {
            let mut mistyped = body.clone();
            mistyped["challenge"][name] = value;
            wrongs.push(fault(
                good,
                "mistyped",
                &mistyped,
                &format!("/challenge/{name}"),
                "invalid",
            ));
        }
        let mut less = body.clone();
        less["challenge"].as_object_mut().unwrap().remove(name);
        wrongs.push(fault(good, "missing", &less, &format!("/challenge/{name}"), "missing"));
    }
    let mut more = body.clone();
    more["challenge"]["extra"] = json!(1);
    wrongs.push(fault(good, "extra", &more, "/challenge/extra", "unknown"));
    wrongs
}

/// Bodies that are no JSON objects, or no JSON.
fn no_objects(good: &GoodCall, body: &Map<String, Value>) -> Vec<Wrong> {
    let text = Value::from(body.clone()).to_string();
    let deep = |depth: usize| format!("{{\"mobile\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    let mut invalid = br#"{"mobile":""#.to_vec();
    invalid.extend([0xc3, 0x28, b'"', b'}']);
    let bodies: [(&str, Vec<u8>); 18] = [
        ("no body", Vec::new()),
        ("space", b" ".to_vec()),
        ("null", b"null".to_vec()),
        ("a number", b"1".to_vec()),
        ("a text", br#""x""#.to_vec()),
        ("true", b"true".to_vec()),
        ("an array", b"[]".to_vec()),
        ("an array of it", format!("[{text}]").into()),
        ("half of it", text[..text.len() / 2].into()),
        ("without its end", text[..text.len() - 1].into()),
        ("twice", format!("{text}{text}").into()),
        ("with an end", format!("{text}x").into()),
        ("with a mark", format!("\u{feff}{text}").into()),
        ("nested deep", deep(5_000).into()),
        ("invalid UTF-8", invalid),
        ("a lone surrogate", br#"{"mobile":"\ud800"}"#.to_vec()),
        ("a raw NUL", b"{\"mobile\":\"\0\"}".to_vec()),
        ("a form", b"mobile=13800138000&password=x".to_vec()),
    ];
    let wrongs = bodies.into_iter().map(|(what, body)| Wrong {
        fault: Some((String::new(), "not-an-object")),
        ..refused(good, what, body, 400)
    });
    wrongs.collect()
}

/// Bodies that are too large, and those of another media type.
fn wrong_envelopes(good: &GoodCall, body: &Map<String, Value>) -> Vec<Wrong> {
    let text = Value::from(body.clone()).to_string();
    let mut wrongs = Vec::new();
    for size in [MOST + 1, 1 << 20] {
        let padded = format!("{text}{}", " ".repeat(size - text.len()));
        wrongs.push(refused(good, &format!("{size} bytes"), padded, 413));
    }
    for name in body.keys() {
        let mut large = body.clone();
        large.insert(name.clone(), "x".repeat(1 << 16).into());
        let large = Value::from(large).to_string();
        wrongs.push(refused(good, &format!("a large {name}"), large, 413));
    }
    for media_type in [
        None,
        Some(""),
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=x"),
        Some("application/jsonp"),
        Some("application/json, text/plain"),
    ] {
        // Introspection reads forms (RFC 7662), and this text is none.
        let status = match media_type {
            Some("application/x-www-form-urlencoded") if good.name == "introspect" => 400,
            _ => 415,
        };
        let what = format!("{media_type:?}");
        wrongs.push(Wrong { media_type, ..refused(good, &what, text.clone(), status) });
    }
    if good.call.token.is_some() {
        let mut stranger = refused(good, "without a session", text, 401);
        stranger.call.token = None;
        wrongs.push(stranger);
    }
    wrongs
}

/// Closes the connection before the length that the request declares.
pub(super) async fn a_truncated_body_does_nothing(service: &Service, good: &GoodCall) {
    let body = good.call.body.as_ref().unwrap().to_string();
    let token = good.call.token.as_deref().unwrap_or_default();
    let authorization =
        if token.is_empty() { String::new() } else { format!("Authorization: Bearer {token}\r\n") };
    for (length, sent) in [(body.len() + 1, &*body), (body.len(), &body[..body.len() - 1])] {
        let request = format!(
            "{} /api/v1{} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{authorization}\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{sent}",
            good.call.method, good.call.path,
        );
        let answer = service.send_raw(request.as_bytes()).await;
        let is_refused = answer.is_empty() || answer.starts_with("HTTP/1.1 4");
        assert!(is_refused, "{}: {answer}", good.name);
    }
}
