//! `GET /api/v1/session`, and the routing of `/api/v1`.

use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use crate::support::{PASSWORD, Person, Reply, Service, phone};

#[track_caller]
fn is_problem(reply: &Reply, status: u16, code: &str, errno: &str) {
    assert_eq!(reply.status.as_u16(), status, "{reply:?}");
    assert_eq!(reply.header("content-type"), "application/problem+json");
    assert_eq!(reply.header("cache-control"), "no-store");
    let problem = reply.json();
    assert_eq!(problem["type"], format!("/problems/{code}"));
    assert_eq!(problem["status"], status);
    assert_eq!(problem["code"], code);
    assert_eq!(problem["errno"], errno);
    assert!(problem["title"].is_string());
}

#[tokio::test]
async fn api_1_a_request_without_a_session_is_a_problem() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    is_problem(&person.get("/api/v1/session").await, 401, "not-signed-in", "4101");
    for token in ["", "x", "*", &"A".repeat(43), &"\u{e9}".repeat(43), &"x".repeat(3_000)] {
        person.set_cookie("passport_session", token);
        is_problem(&person.get("/api/v1/session").await, 401, "not-signed-in", "4101");
    }
}

#[tokio::test]
async fn the_account_is_shown_with_its_number_masked() {
    let service = Service::start(&[]).await;
    let (person, phone) = (Person::new(&service), phone());
    person.sign_up(&phone, PASSWORD).await;
    person.sign_in(&phone, PASSWORD).await;
    let reply = person.get("/api/v1/session").await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!(reply.header("cache-control"), "no-store");
    assert!(!reply.text().contains(&phone), "{}", reply.text());

    let shown = reply.json();
    let (user, session) = (&shown["user"], &shown["session"]);
    let masked = format!("{}****{}", &phone[..3], &phone[7..]);
    let time = |value: &serde_json::Value| {
        let text = value.as_str().unwrap().to_owned();
        assert!(text.ends_with('Z') && text.contains('T'), "{text}");
        text
    };
    user["id"].as_str().unwrap().parse::<Uuid>().unwrap();
    time(&user["created_at"]);
    session["id"].as_str().unwrap().parse::<Uuid>().unwrap();
    assert!(time(&session["created_at"]) < time(&session["fresh_until"]));
    assert!(time(&session["fresh_until"]) < time(&session["expires_at"]));
    let whole = json!({
        "user": {
            "id": user["id"],
            "mobile": masked,
            "nick_name": masked,
            "has_password": true,
            "created_at": user["created_at"],
            "last_login_at": session["created_at"],
            "terms": null,
            "leaving": null,
        },
        "session": {
            "id": session["id"],
            "created_at": session["created_at"],
            "expires_at": session["expires_at"],
            "methods": ["password"],
            "authenticated_at": session["created_at"],
            "fresh_until": session["fresh_until"],
            "remembered": false,
        },
    });
    assert_eq!(shown, whole, "no other fields are shown");
}

#[tokio::test]
async fn api_1_an_unknown_resource_is_a_problem() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    for path in ["/api", "/api/", "/api/v1", "/api/v1/nothing", "/api/v1/session/", "/api/%00"] {
        is_problem(&person.get(path).await, 404, "not-found", "4201");
    }
}

#[tokio::test]
async fn api_2_a_wrong_method_is_answered_with_the_allowed_ones() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let image = format!("/api/v1/challenges/{}/image", "A".repeat(48));
    let audio = image.replace("image", "audio");
    for (path, allowed) in [
        ("/api/v1/session", "GET, HEAD, DELETE"),
        ("/api/v1/challenges", "POST"),
        (&image, "GET, HEAD"),
        (&audio, "GET, HEAD"),
    ] {
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
            if allowed.contains(method.as_str()) {
                continue;
            }
            let reply = person.send(person.request(method, path)).await;
            is_problem(&reply, 405, "method-not-allowed", "4201");
            assert_eq!(reply.header("allow"), allowed, "{path}");
        }
    }
}

#[tokio::test]
async fn a_head_has_the_status_and_headers_of_its_get() {
    let service = Service::start(&[]).await;
    let (person, phone) = (Person::new(&service), phone());
    let head = || person.send(person.request(Method::HEAD, "/api/v1/session"));
    assert_eq!(head().await.status, 401);
    person.sign_up(&phone, PASSWORD).await;
    person.sign_in(&phone, PASSWORD).await;
    let (get, head) = (person.get("/api/v1/session").await, head().await);
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
    for name in ["content-type", "content-length", "cache-control"] {
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
}
