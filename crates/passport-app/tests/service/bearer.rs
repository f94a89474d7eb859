//! Session tokens in `Authorization: Bearer`, as applications send them.

use reqwest::{Method, RequestBuilder};

use crate::support::{PASSWORD, Person, Reply, Service, phone};

const SESSION: &str = "/api/v1/session";
const SESSIONS: &str = "/api/v1/sessions";

/// A service, a person with a session, and the token of the session.
async fn signed_in() -> (Service, Person, String) {
    let service = Service::start(&[]).await;
    let (person, phone) = (Person::new(&service), phone());
    person.sign_up(&phone, PASSWORD).await;
    person.sign_in(&phone, PASSWORD).await;
    let token = person.cookie("passport_session").unwrap();
    (service, person, token)
}

fn bearing(person: &Person, method: Method, path: &str, token: &str) -> RequestBuilder {
    person.request(method, path).header("Authorization", format!("Bearer {token}"))
}

#[track_caller]
fn is_problem(reply: &Reply, status: u16, code: &str) {
    assert_eq!(reply.status.as_u16(), status, "{reply:?}");
    assert_eq!(reply.json()["code"], code);
    let scheme = if status == 401 { "Bearer realm=\"passport\"" } else { "" };
    assert_eq!(reply.header("www-authenticate"), scheme);
}

#[tokio::test]
async fn api_1_a_bearer_token_is_a_session_and_needs_no_proof_of_the_page() {
    let (service, person, token) = signed_in().await;
    let reply = person.send_bare(bearing(&person, Method::GET, SESSION, &token)).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.json(), person.get(SESSION).await.json());

    let delete = bearing(&person, Method::DELETE, SESSIONS, &token);
    assert_eq!(person.send_bare(delete).await.json(), serde_json::json!({ "ended": 0 }));
    let listed = person.send_bare(bearing(&person, Method::GET, SESSIONS, &token)).await.json();
    let path = format!("{SESSIONS}/{}", listed["sessions"][0]["id"].as_str().unwrap());
    let reply = person.send_bare(bearing(&person, Method::DELETE, &path, &token)).await;
    assert_eq!(reply.status, 204);
    assert!(reply.headers.get("set-cookie").is_none(), "an application has no cookie to delete");
    let reply = person.send_bare(bearing(&person, Method::GET, SESSION, &token)).await;
    is_problem(&reply, 401, "not-signed-in");
    assert!(!service.log_up_to(&reply).await.contains(&token), "the log has no token");
}

#[tokio::test]
async fn api_1_two_credentials_are_refused() {
    let (service, person, token) = signed_in().await;
    let other = Person::new(&service);
    for bearer in [&*token, "malformed"] {
        for (method, path) in [
            (Method::GET, SESSION),
            (Method::GET, SESSIONS),
            (Method::DELETE, SESSIONS),
            (Method::POST, "/api/v1/challenges"),
        ] {
            let request = bearing(&person, method, path, bearer);
            let request = request.header("Sec-Fetch-Site", "same-origin");
            is_problem(&person.send(request).await, 400, "two-credentials");
        }
    }
    let twice = bearing(&other, Method::GET, SESSION, &token)
        .header("Authorization", format!("Bearer {token}"));
    is_problem(&other.send_bare(twice).await, 401, "not-signed-in");
    assert!(person.who_am_i().await.is_some());
}

#[tokio::test]
async fn api_1_a_malformed_bearer_token_is_no_session() {
    let (_service, person, token) = signed_in().await;
    for text in ["", "x", "*", &"A".repeat(43), &format!("{token}="), &"x".repeat(3_000)] {
        let reply = person.send_bare(bearing(&person, Method::GET, SESSION, text)).await;
        is_problem(&reply, 401, "not-signed-in");
    }
    let bytes = person.request(Method::GET, SESSION);
    let bytes = bytes.header("Authorization", b"Bearer \xff\xfe".as_slice());
    is_problem(&person.send_bare(bytes).await, 401, "not-signed-in");
    // The scheme of a proxy in front of the service does not concern it.
    let basic = person.request(Method::GET, SESSION).header("Authorization", "Basic dTpw");
    assert_eq!(person.send(basic).await.status, 200);
}
