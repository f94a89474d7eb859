//! `/api/admin/v1`: what the acts do, and requests that are wrong.

use reqwest::{Method, header};
use serde_json::{Value, json};

use super::{
    Desk,
    api::{ADMIN, Operator, routes},
};
use crate::support::{Account, Api, PASSWORD, ROOMY, Reply, Service, sign_in};

const SCOPES: &str = "users:read users:reveal users:write sessions:write audit:read audit:purge";

#[tokio::test]
async fn the_api_does_what_the_commands_do() {
    let settings = [&ROOMY[..], &ADMIN].concat();
    let service = Service::start(&settings).await;
    let (api, desk) = (Api::new(&service), Desk::new(&service, &settings));
    let operator = Operator::with_scopes(&service, &desk, SCOPES);
    let account = Account::with_password(&api).await;
    let (id, phone) = (&account.id, &account.phone);
    let act = async |verb: &str, body: Value| {
        operator.done(&format!("/users/{id}/{verb}"), &body.to_string()).await
    };
    // Users are found and shown as by the commands.
    let found = operator.done("/users/search", &json!({ "mobile": phone }).to_string()).await;
    assert_eq!(found["id"], *id);
    assert_eq!(operator.get(&format!("/users/{id}")).await.json(), found);
    let listed = operator.get("/users?standing=active&limit=1000").await.json();
    assert_eq!(listed, desk.json("user list --limit 1000 --json"));
    assert!(!listed.to_string().contains(&phone[..]));
    assert_eq!(operator.get("/users?quiet_days=1").await.json()["users"], json!([]));
    assert_eq!(act("reveal", json!({})).await["mobile"], format!("+86{phone}"));
    assert_eq!(act("export", json!({})).await["user"]["mobile"], format!("+86{phone}"));
    // Standing.
    let disabled = act("disable", json!({ "reason": "INC-17 用户" })).await;
    assert_eq!(
        (&disabled["changed"], &disabled["user"]["standing"]),
        (&json!(true), &json!("disabled"))
    );
    assert!(!api.is_signed_in(&account.token).await);
    assert_eq!(act("disable", json!({})).await["changed"], false, "an answer that was lost");
    let reply = operator.post(&format!("/users/{id}/delete"), "{}").await;
    assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (403, &json!("account-disabled")));
    assert_eq!(act("enable", json!({})).await["changed"], true);
    assert_eq!(act("delete", json!({})).await["user"]["standing"], "leaving");
    assert_eq!(act("restore", json!({})).await["user"]["standing"], "active");
    // Sessions.
    let session = sign_in(&api, phone, PASSWORD).await.json();
    let token = session["token"].as_str().unwrap();
    let sessions = operator.get(&format!("/users/{id}/sessions")).await.json();
    assert_eq!(sessions, desk.json(&format!("user sessions {id} --json")));
    let one = json!({ "session": session["session"]["id"] });
    assert_eq!(act("revoke", one.clone()).await["changed"], true);
    assert!(!api.is_signed_in(token).await);
    assert_eq!(act("revoke", one).await["changed"], false);
    let session = sign_in(&api, phone, PASSWORD).await.json();
    act("revoke", json!({})).await;
    assert!(!api.is_signed_in(session["token"].as_str().unwrap()).await);
    // Password and failures.
    assert_eq!(act("unlock", json!({})).await["changed"], true);
    assert_eq!(act("reset", json!({})).await["user"]["has_password"], false);
    // Audit.
    let search = json!({ "user": id, "kind": "user.disabled" }).to_string();
    let events = operator.done("/audit/search", &search).await["events"].clone();
    assert_eq!(events.as_array().unwrap().len(), 1);
    assert_eq!(events[0]["reason"], "INC-17 用户");
    assert!(events[0]["actor"].as_str().unwrap().starts_with("operator:program-"));
    assert!(events[0]["address"].is_string() && events[0]["request_id"].is_string());
    let mut before = Value::Null;
    let mut seen = Vec::new();
    loop {
        let page = json!({ "mobile": phone, "limit": 5, "before": before }).to_string();
        let page = operator.done("/audit/search", &page).await;
        seen.extend(page["events"].as_array().unwrap().clone());
        before = page["next"].clone();
        if before.is_null() {
            break;
        }
    }
    seen.reverse();
    let command = format!("audit --mobile {phone} --limit 1000 --json");
    assert_eq!(Value::from(seen), desk.json(&command));
    let purged = operator.done("/audit/purge", r#"{"before":"2025-01-01T00:00:00Z"}"#).await;
    assert_eq!(purged, json!({ "deleted": 0 }));
    // The end.
    let gone = act("delete", json!({ "now": true })).await;
    assert_eq!(gone, json!({ "changed": true, "user": null }));
    for verb in ["disable", "delete", "reset", "unlock", "revoke", "export", "reveal"] {
        let reply = operator.post(&format!("/users/{id}/{verb}"), "{}").await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json()["code"]),
            (404, &json!("not-found")),
            "{verb}"
        );
    }
    let log = service.log();
    assert!(!log.contains(&phone[..]), "no whole number is logged");
    assert!(log.contains("/api/admin/v1/users/search"));
}

/// REC-2, API-2: no member takes a password, and what is wrong is refused whole.
#[tokio::test]
async fn api_2_wrong_requests_are_problems_and_do_nothing() {
    let settings = [&ROOMY[..], &ADMIN].concat();
    let service = Service::start(&settings).await;
    let (api, desk) = (Api::new(&service), Desk::new(&service, &settings));
    let operator = Operator::with_scopes(&service, &desk, SCOPES);
    let account = Account::with_password(&api).await;
    let (id, kept) = (&account.id, desk.json("user list --json"));
    let long = format!(r#"{{"reason":"{}"}}"#, "x".repeat(17_000));
    for (method, path, _, _) in routes(id).into_iter().filter(|it| it.0 == Method::POST) {
        for (body, status) in [
            ("", 400),
            ("[]", 400),
            ("{", 400),
            ("null", 400),
            (r#"{"password":"chosen by an operator"}"#, 400),
            (r#"{"new_password":1}"#, 400),
            (r#"{"reason":1}"#, 400),
            (r#"{"reason":"a","reason":"b"}"#, 400),
            (&long, 413),
        ] {
            let reply = operator.post(&path, body).await;
            assert_eq!(reply.status, status, "{path} {body}: {}", reply.text());
            assert_eq!(reply.header("content-type"), "application/problem+json");
        }
        let request = operator.request(method, &path).header(header::CONTENT_TYPE, "text/plain");
        let reply = Reply::to(request.body("{}")).await.unwrap();
        assert_eq!(reply.status, 415, "{path}");
        let reply = Reply::to(operator.request(Method::DELETE, &path)).await.unwrap();
        assert_eq!((reply.status.as_u16(), reply.header("allow")), (405, "POST"), "{path}");
    }
    let disable = format!("/users/{id}/disable");
    for reason in
        ["a\nb", "a\u{1b}[2J", "a\u{202e}b", "\u{200f}", "", "13800138000", &"x".repeat(201)]
    {
        let reply = operator.post(&disable, &json!({ "reason": reason }).to_string()).await;
        assert_eq!(reply.json()["errors"], json!([{ "pointer": "/reason", "code": "invalid" }]));
    }
    for (path, status, code) in [
        ("/users?standing=purged", 400, "query-invalid"),
        ("/users?limit=0", 400, "query-invalid"),
        ("/users?limit=1001", 400, "query-invalid"),
        ("/users?mobile=13800138000", 400, "query-invalid"),
        ("/users?after=1", 400, "query-invalid"),
        ("/users/1", 404, "not-found"),
        ("/users/01a228af-7196-7b55-a6c4-08cc79723c6b", 404, "not-found"),
        ("/users/01a228af-7196-7b55-a6c4-08cc79723c6b/sessions", 404, "not-found"),
        ("/nothing", 404, "not-found"),
        ("/tokens", 404, "not-found"),
    ] {
        let reply = operator.get(path).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json()["code"]),
            (status, &json!(code)),
            "{path}"
        );
    }
    for (path, body, status, code) in [
        ("/users/search", r#"{"mobile":"12"}"#, 422, "mobile-invalid"),
        ("/audit/search", r#"{"mobile":"12"}"#, 422, "mobile-invalid"),
        ("/audit/search", r#"{"kind":"user.promoted"}"#, 400, "body-invalid"),
        ("/audit/search", r#"{"limit":0}"#, 400, "body-invalid"),
        ("/audit/search", r#"{"since":"yesterday"}"#, 400, "body-invalid"),
        ("/audit/purge", "{}", 400, "body-invalid"),
        ("/audit/purge", r#"{"before":"2999-01-01T00:00:00Z"}"#, 400, "body-invalid"),
    ] {
        let reply = operator.post(path, body).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json()["code"]),
            (status, &json!(code)),
            "{path} {body}"
        );
    }
    assert_eq!(desk.json("user list --json"), kept);
    assert!(api.is_signed_in(&account.token).await, "nothing was done");
}
