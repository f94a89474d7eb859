//! SES-8 for each call of `/api/v1` that changes something: requests that a page of another site can send.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::support::{PASSWORD, Person, Reply, Service, observed::DOCUMENT, phone};

/// Media types that a page can send to another site without asking it, and none.
const OF_FORMS: [&str; 4] =
    ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", ""];

/// A call, with a body that would do something if it has any.
struct Call {
    method: Method,
    path: String,
    body: Option<Value>,
    /// Whether it needs a session.
    is_own: bool,
}

/// All calls that are not safe. A test compares them with the routes.
fn calls(phone: &str, session: &str) -> Vec<Call> {
    let code = json!({ "mobile": phone, "code_id": "AAAAAAAAAAAAAAAAAAAAAA", "code": "123456" });
    let with_password = || {
        let mut body = code.clone();
        body["password"] = json!("another horse battery");
        Some(body)
    };
    let challenge = json!({ "id": "0195e1f2-0000-7000-8000-000000000000", "answer": "abcd2" });
    let order = json!({ "purpose": "sign-in", "mobile": self::phone(), "challenge": challenge });
    let change = json!({ "current": PASSWORD, "password": "another horse battery" });
    let call = |method: Method, path: &str, body, is_own| Call {
        method,
        path: format!("/api/v1/{path}"),
        body,
        is_own,
    };
    vec![
        call(Method::POST, "challenges", None, false),
        call(Method::POST, "codes", Some(order), false),
        call(Method::POST, "users", with_password(), false),
        call(
            Method::POST,
            "sessions",
            Some(json!({ "mobile": phone, "password": PASSWORD })),
            false,
        ),
        call(
            Method::POST,
            "sessions/continuations",
            Some(json!({ "continuation": "x", "restore": true })),
            false,
        ),
        call(Method::POST, "number-undos", Some(code.clone()), false),
        call(Method::POST, "password-resets", with_password(), false),
        call(Method::POST, "session/confirmations", Some(json!({ "password": PASSWORD })), true),
        call(Method::POST, "session/tokens", Some(json!({ "audience": "shop" })), true),
        call(Method::POST, "session/introspect", Some(json!({ "token": "x" })), false),
        call(Method::PATCH, "me", Some(json!({ "nick_name": "changed" })), true),
        call(Method::PUT, "me/mobile", Some(code), true),
        call(Method::PUT, "me/password", Some(change), true),
        call(Method::DELETE, "me/password", None, true),
        call(Method::DELETE, "me", None, true),
        call(Method::DELETE, "sessions", None, true),
        call(Method::DELETE, &format!("sessions/{session}"), None, true),
        call(Method::DELETE, "session", None, true),
    ]
}

/// A person with two sessions, and the calls of the first.
async fn signed_in(service: &Service) -> (Person, Vec<Call>) {
    let (person, phone) = (Person::new(service), phone());
    person.sign_up(&phone, PASSWORD).await;
    person.sign_in(&phone, PASSWORD).await;
    Person::new(service).sign_in(&phone, PASSWORD).await;
    let id = person.who_am_i().await.unwrap()["session"]["id"].as_str().unwrap().to_owned();
    (person, calls(&phone, &id))
}

/// All that the calls could change.
async fn state(person: &Person) -> (Value, usize) {
    let sessions = person.get("/api/v1/sessions").await.json();
    (person.who_am_i().await.unwrap(), sessions["sessions"].as_array().unwrap().len())
}

impl Call {
    fn request(&self, person: &Person, media_type: &str) -> RequestBuilder {
        let request = person.request(self.method.clone(), &self.path);
        let Some(body) = &self.body else { return request };
        let request = request.body(body.to_string());
        if media_type.is_empty() { request } else { request.header("Content-Type", media_type) }
    }

    #[track_caller]
    fn is_refused(&self, reply: &Reply, status: u16, code: &str) {
        assert_eq!(reply.status.as_u16(), status, "{} {}: {reply:?}", self.method, self.path);
        assert_eq!(reply.json()["code"], code);
    }
}

fn cookie(person: &Person) -> String {
    format!("passport_session={}", person.cookie("passport_session").unwrap())
}

#[test]
fn ses_8_the_calls_are_all_that_are_not_safe() {
    let operations = DOCUMENT.operations().filter(|it| it.method != "GET");
    let mut routed: Vec<_> = operations.map(|it| format!("{} {}", it.method, it.path)).collect();
    let calls = calls("13800138000", "{id}");
    let mut listed: Vec<_> =
        calls.iter().map(|call| format!("{} {}", call.method, call.path)).collect();
    routed.sort();
    listed.sort();
    assert_eq!(listed, routed);
}

#[tokio::test]
async fn ses_8_a_form_of_another_site_is_refused_by_each_call() {
    let service = Service::start(&[]).await;
    let (person, calls) = signed_in(&service).await;
    let before = state(&person).await;
    for call in &calls {
        for media_type in OF_FORMS {
            for evidence in [
                ("Origin", "https://evil.test"),
                ("Origin", "null"),
                ("Sec-Fetch-Site", "cross-site"),
                ("Sec-Fetch-Site", "same-site"),
            ] {
                let request = call.request(&person, media_type).header("Cookie", cookie(&person));
                let reply = person.send_bare(request.header(evidence.0, evidence.1)).await;
                call.is_refused(&reply, 403, "cross-site");
            }
        }
    }
    assert_eq!(state(&person).await, before);
}

#[tokio::test]
async fn ses_8_a_cookie_without_proof_is_refused_by_each_call() {
    let service = Service::start(&[]).await;
    let (person, calls) = signed_in(&service).await;
    let before = state(&person).await;
    let csrf = person.cookie("csrf_token").unwrap();
    for call in &calls {
        let bare = || call.request(&person, "application/json");
        let with_csrf = format!("{}; csrf_token={csrf}", cookie(&person));
        for request in [
            bare().header("Cookie", cookie(&person)),
            bare().header("Cookie", cookie(&person)).header("X-CSRFToken", &csrf),
            bare().header("Cookie", with_csrf),
        ] {
            call.is_refused(&person.send_bare(request).await, 403, "cross-site");
        }
    }
    assert_eq!(state(&person).await, before);
}

/// So a page of another site cannot sign its visitor in to an account of its own either.
#[tokio::test]
async fn ses_8_only_json_is_read_by_each_call() {
    let service = Service::start(&[]).await;
    let (person, calls) = signed_in(&service).await;
    let before = state(&person).await;
    // Introspection reads forms (RFC 7662), changes nothing, and knows no session.
    let reads_forms = |call: &&Call| call.path.ends_with("/introspect");
    for call in calls.iter().filter(|call| call.body.is_some() && !reads_forms(call)) {
        for media_type in OF_FORMS {
            let bare = || call.request(&person, media_type);
            let own = bare().header("Cookie", cookie(&person)).header("Origin", service.url());
            let bearer = bare().bearer_auth(person.cookie("passport_session").unwrap());
            for request in [own, bearer] {
                let reply = person.send_bare(request).await;
                call.is_refused(&reply, 415, "media-type-unsupported");
            }
            let (status, code) =
                if call.is_own { (401, "not-signed-in") } else { (415, "media-type-unsupported") };
            for request in [bare(), bare().header("Origin", "https://evil.test")] {
                call.is_refused(&person.send_bare(request).await, status, code);
            }
        }
    }
    assert_eq!(state(&person).await, before);
}

#[tokio::test]
async fn ses_8_a_bearer_token_needs_no_proof_in_any_call() {
    let service = Service::start(&[]).await;
    for index in 0..calls("", "").len() {
        let (person, calls) = signed_in(&service).await;
        let call = &calls[index];
        let token = person.cookie("passport_session").unwrap();
        let request = call.request(&person, "application/json").bearer_auth(token);
        let request = request.header("Origin", "https://app.test");
        let reply = person.send_bare(request.header("Sec-Fetch-Site", "cross-site")).await;
        let is_done = reply.status.is_success();
        // What lacks a real code is refused for that.
        let code = if is_done { Value::Null } else { reply.json()["code"].clone() };
        let expected = match &*call.path {
            "/api/v1/codes" => "challenge-gone",
            "/api/v1/session/tokens" => "audience-unknown",
            "/api/v1/sessions/continuations" => "continuation-gone",
            "/api/v1/users"
            | "/api/v1/number-undos"
            | "/api/v1/password-resets"
            | "/api/v1/me/mobile" => "code-gone",
            _ => "",
        };
        let expected = if expected.is_empty() { Value::Null } else { json!(expected) };
        assert_eq!(code, expected, "{} {}: {reply:?}", call.method, call.path);
        assert!(reply.cookie("passport_session").is_none() || call.path == "/api/v1/sessions");
    }
}

#[tokio::test]
async fn ses_8_two_credentials_are_refused_by_each_call() {
    let service = Service::start(&[]).await;
    let (person, calls) = signed_in(&service).await;
    let before = state(&person).await;
    let token = person.cookie("passport_session").unwrap();
    for call in &calls {
        let request = call.request(&person, "application/json").bearer_auth(&token);
        let request = request.header("Cookie", cookie(&person)).header("Origin", service.url());
        call.is_refused(&person.send_bare(request).await, 400, "two-credentials");
    }
    assert_eq!(state(&person).await, before);
}
