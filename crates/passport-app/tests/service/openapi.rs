//! The OpenAPI document: what it describes is there, and every operation answers as it says. The test client
//! checks each answer of the whole run against it (`support::observed`).

mod common;
mod page;
mod rare;

use reqwest::{Method, StatusCode};
use serde_json::Value;
use uuid::Uuid;

use crate::support::{Person, Service, observed::DOCUMENT};

/// The path with an id that was not issued.
fn filled(path: &str) -> String {
    path.replace("{id}", &Uuid::new_v4().to_string())
}

#[tokio::test]
async fn each_documented_operation_is_there() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    assert!(DOCUMENT.operations().count() >= 23);
    for operation in DOCUMENT.operations() {
        let path = filled(&operation.path);
        let method: Method = operation.method.parse().unwrap();
        let reply = person.send_bare(person.request(method, &path)).await;
        assert_ne!(reply.status, StatusCode::METHOD_NOT_ALLOWED, "{} {path}", operation.method);
        // A resource with an id is there, and the id is not.
        let is_id = operation.path.contains('{');
        assert!(is_id || reply.status != StatusCode::NOT_FOUND, "{} {path}", operation.method);
    }
}

/// A path that is not below `/api/v1`.
const FOR_PROXIES: &str = "/forward-auth";

#[tokio::test]
async fn methods_that_are_not_documented_are_refused() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    for operation in DOCUMENT.operations() {
        let path = filled(&operation.path);
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let is_described =
                DOCUMENT.operations().any(|it| it.path == operation.path && it.method == method);
            // Proxies ask with the method of the original request.
            if is_described || path == FOR_PROXIES {
                continue;
            }
            let reply = person.send_bare(person.request(method.parse().unwrap(), &path)).await;
            assert_eq!(reply.status, 405, "{method} {path}");
            assert_eq!(reply.json()["code"], "method-not-allowed");
        }
    }
}

#[tokio::test]
async fn the_service_answers_the_document_that_the_command_prints() {
    let url = "https://sign-in.example";
    let service = Service::start(&[("http.public_url", url)]).await;
    let person = Person::new(&service);
    let reply = person.get("/openapi.json").await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), "application/json");
    let document = reply.json();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["servers"], serde_json::json!([{ "url": url }]));
    let cookie = &document["components"]["securitySchemes"]["cookie"]["name"];
    assert_eq!(cookie, "__Host-passport_session");
    let settings = [("http.public_url", url)];
    let printed = crate::support::passport(service.folder().path(), &settings, "openapi");
    assert_eq!(serde_json::from_str::<Value>(&printed).unwrap(), document);

    let tag = reply.header("etag").to_owned();
    let again = person.request(Method::GET, "/openapi.json").header("If-None-Match", tag);
    assert_eq!(person.send(again).await.status, 304);
}

#[tokio::test]
async fn the_document_is_valid_and_leaves_the_frozen_api_out() {
    let service = Service::start(&[]).await;
    let document = Person::new(&service).get("/openapi.json").await.json();
    for path in document["paths"].as_object().unwrap().keys() {
        let is_ours = ["/api/v1/", "/api/admin/v1/"].iter().any(|it| path.starts_with(it));
        assert!(is_ours || path == FOR_PROXIES, "{path}");
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let valid = jsonschema::meta::validate(schema);
        assert!(valid.is_ok(), "{name}: {schema}");
    }
}
