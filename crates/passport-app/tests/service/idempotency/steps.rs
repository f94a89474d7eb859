//! What people do before the call under test.

use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::support::{PASSWORD, Person, Service, phone};

/// Answer that every challenge accepts besides its own.
pub(crate) const TEST_ANSWER: &str = "abcd2";

/// A person with a new account and a session that has proved the password, and its number.
pub(crate) async fn signed_in(service: &Service) -> (Person, String) {
    let (person, phone) = (Person::new(service), phone());
    person.sign_up(&phone, PASSWORD).await;
    person.sign_in(&phone, PASSWORD).await;
    (person, phone)
}

/// The id of the session of `person`.
pub(crate) async fn session_of(person: &Person) -> String {
    let sessions = person.get("/api/v1/sessions").await.json();
    let sessions = sessions["sessions"].as_array().unwrap();
    let current = sessions.iter().find(|session| session["current"] == true).unwrap();
    current["id"].as_str().unwrap().to_owned()
}

/// A request that a page of the service sends.
pub(crate) fn own(person: &Person, method: Method, path: &str) -> RequestBuilder {
    person.request(method, path).header("Sec-Fetch-Site", "same-origin")
}

/// A body of `POST /api/v1/codes`, with a new challenge and this answer.
pub(crate) async fn code_body(person: &Person, purpose: &str, phone: &str, answer: &str) -> Value {
    let reply = person.send(own(person, Method::POST, "/api/v1/challenges")).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let challenge = json!({ "id": reply.json()["id"], "answer": answer });
    json!({ "purpose": purpose, "mobile": phone, "challenge": challenge })
}

/// Sends a code, once the number has room for one.
pub(crate) async fn send_code(person: &Person, body: &Value) -> Value {
    for _ in 0..100 {
        let reply = person.send(own(person, Method::POST, "/api/v1/codes").json(body)).await;
        if reply.status != 429 {
            assert_eq!(reply.status, 202, "{reply:?}");
            return reply.json();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the number never has room");
}

/// Number, code and id of a code that was sent for `purpose`.
pub(crate) async fn proof(person: &Person, purpose: &str, phone: &str) -> Value {
    let sent = send_code(person, &code_body(person, purpose, phone, TEST_ANSWER).await).await;
    let code = person.codes_of(phone).await.remove(0);
    json!({ "mobile": phone, "code_id": sent["code_id"], "code": code })
}
