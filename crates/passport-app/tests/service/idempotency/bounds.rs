//! Which keys are valid, and what is not kept.

use reqwest::Method;

use super::{call::Call, is_problem, is_replay, is_replayed, issue_challenge};
use crate::support::{Person, Service};

#[tokio::test]
async fn idem_4_other_keys_are_refused_and_nothing_is_done() {
    let service = Service::start(&[]).await;
    let call = issue_challenge(&service).await;
    let long = "x".repeat(256);
    for key in ["", "0123456789abcde", "0123456789 abcdef", "\"0123456789abcdef", &long] {
        let reply = call.clone().with_key(key).send().await;
        is_problem(&reply, 400, "idempotency-key-invalid");
    }
    let key = "8e03978e-40d5-43dd-bc93-6894a57f9324";
    assert_eq!(call.clone().with_key(key).send().await.status, 201);
    // The draft's form of the same key.
    is_replay(&call.clone().with_key(&format!("\"{key}\"")).send().await, &call);
}

#[tokio::test]
async fn idem_5_a_refused_call_is_not_kept() {
    let service = Service::start(&[]).await;
    let visitor = Person::new(&service);
    for (method, path, status, code) in [
        (Method::DELETE, "/api/v1/sessions", 401, "not-signed-in"),
        (Method::PUT, "/api/v1/sessions", 405, "method-not-allowed"),
        (Method::POST, "/api/v1/nothing", 404, "not-found"),
    ] {
        let call = Call::new(&service, &visitor, method, path);
        for _ in 0..2 {
            let reply = call.send().await;
            is_problem(&reply, status, code);
            assert!(!is_replayed(&reply), "{reply:?}");
        }
    }
}

#[tokio::test]
async fn idem_5_a_client_has_a_bounded_number_of_keys() {
    let service = Service::start(&[]).await;
    let visitor = Person::new(&service);
    let call = || Call::new(&service, &visitor, Method::DELETE, "/api/v1/sessions");
    for _ in 0..240 {
        is_problem(&call().send().await, 401, "not-signed-in");
    }
    let refused = call();
    for _ in 0..2 {
        let reply = refused.send().await;
        is_problem(&reply, 429, "too-many");
        assert!(reply.header("ratelimit-policy").contains("idempotency-keys-per-client"));
    }
    // Calls without a key are not counted.
    let request = visitor.request(Method::DELETE, "/api/v1/sessions");
    is_problem(&visitor.send_bare(request).await, 401, "not-signed-in");
}

#[tokio::test]
async fn idem_5_bodies_are_bounded_before_the_call_begins() {
    let service = Service::start(&[]).await;
    let call = issue_challenge(&service).await;
    let large = call.clone().with_body("x".repeat(17 * 1024).into());
    is_problem(&large.send().await, 413, "body-too-large");
    assert_eq!(call.send().await.status, 201);
}
