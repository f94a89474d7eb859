//! Consent to the terms.

use serde_json::{Value, json};

use super::{is_done, is_problem, roomy};
use crate::support::{By, PASSWORD, Person, Service, Visitor, phone, with_wrong_code};

const TERMS: [(&str, &str); 3] = [
    ("brand.terms_url", "https://acme.example/terms"),
    ("brand.terms_version", "2026-11-29"),
    ("brand.require_consent", "true"),
];

async fn strict() -> Service {
    roomy(&TERMS).await
}

fn with_terms(body: &Value, version: &str) -> Value {
    let mut body = body.clone();
    body["terms"] = version.into();
    body
}

#[tokio::test]
async fn p9_a_sign_up_needs_the_current_consent_and_shows_it() {
    let service = strict().await;
    for by in By::BOTH {
        let (visitor, phone) = (Visitor::new(&service, by), phone());
        let mut body = visitor.code("sign-up", &phone).await;
        body["password"] = PASSWORD.into();
        for refused in [body.clone(), with_terms(&body, "2025"), with_wrong_code(&body)] {
            let reply = visitor.enter("/users", refused).await;
            is_problem(&reply, 403, "consent-required");
            assert_eq!(reply.json()["terms"], "2026-11-29");
        }
        is_problem(&visitor.enter("/users", with_terms(&body, "a b")).await, 400, "body-invalid");
        let reply = visitor.enter("/users", with_terms(&body, "2026-11-29")).await;
        is_done(&reply, 201);
        let user = reply.json()["user"].clone();
        assert_eq!(user["terms"]["version"], "2026-11-29");
        assert_eq!(user["terms"]["accepted_at"], user["created_at"]);
        assert_eq!(visitor.get("/me").await.json()["terms"], user["terms"]);
        let export = visitor.get("/me/export").await;
        is_done(&export, 200);
        assert_eq!(export.json()["user"]["terms"], user["terms"]);
    }
}

#[tokio::test]
async fn p9_a_sign_in_by_code_asks_for_the_consent_and_keeps_the_code() {
    let service = strict().await;
    let (visitor, phone) = (Visitor::new(&service, By::Cookie), phone());
    let body = visitor.code("sign-in", &phone).await;
    for _ in 0..2 {
        let reply = visitor.enter("/sessions", body.clone()).await;
        is_problem(&reply, 403, "consent-required");
        assert_eq!(reply.json()["terms"], "2026-11-29");
    }
    let reply = visitor.enter("/sessions", with_terms(&body, "2026-11-29")).await;
    is_done(&reply, 201);
    assert_eq!(reply.json()["created"], true);
    assert_eq!(reply.json()["user"]["terms"]["version"], "2026-11-29");
    let password = json!({ "mobile": phone, "password": PASSWORD, "terms": "2026-11-29" });
    is_problem(&visitor.enter("/sessions", password).await, 400, "body-invalid");
}

/// The answers of the original's API are frozen, so it cannot ask for a consent.
#[tokio::test]
async fn p9_the_original_api_signs_up_without_a_consent() {
    let service = strict().await;
    let (person, phone) = (Person::new(&service), phone());
    person.sign_up(&phone, PASSWORD).await;
    let visitor = Visitor::new(&service, By::Bearer);
    let reply = visitor.sign_in(&phone, PASSWORD).await;
    is_done(&reply, 201);
    assert_eq!(reply.json()["user"]["terms"], Value::Null);
    // An existing account is not asked.
    is_done(&visitor.sign_in_by_code(&phone).await, 201);
}
