//! Confirming a session, and what needs it.

use reqwest::Method;
use serde_json::json;

use super::{is_done, is_problem, roomy};
use crate::support::{By, PASSWORD, Visitor, phone, with_wrong_code};

const CONFIRM: &str = "/session/confirmations";

#[tokio::test]
async fn ses_3_a_confirmation_gives_the_session_a_new_token_and_the_old_one_is_dead() {
    let service = roomy(&[]).await;
    for (by, remember) in [(By::Cookie, true), (By::Cookie, false), (By::Bearer, false)] {
        let (visitor, phone) = (Visitor::new(&service, by), phone());
        visitor.sign_up(&phone, Some(PASSWORD)).await;
        let body = json!({ "mobile": phone, "password": PASSWORD, "remember": remember });
        is_done(&visitor.enter("/sessions", body).await, 201);
        let (former, before) = (visitor.token().unwrap(), visitor.get("/session").await.json());
        is_problem(
            &visitor.post(CONFIRM, json!({ "password": "wrong password" })).await,
            422,
            "proof-wrong",
        );
        assert_eq!(visitor.token().unwrap(), former, "a refusal changes nothing");

        let reply = visitor.post(CONFIRM, json!({ "password": PASSWORD })).await;
        is_done(&reply, 200);
        let session = &reply.json()["session"];
        assert_eq!(session["id"], before["session"]["id"]);
        let time = |value: &serde_json::Value| value["fresh_until"].as_str().unwrap().to_owned();
        assert!(time(session) > time(&before["session"]));
        assert_ne!(visitor.token().unwrap(), former);
        assert!(!visitor.is_live(&former).await && visitor.is_signed_in().await);
        if by == By::Cookie {
            let cookie = reply.cookie("passport_session").unwrap();
            assert_eq!(cookie.contains("Max-Age="), remember, "{cookie}");
        }
    }
}

#[tokio::test]
async fn an_account_without_a_password_confirms_by_code() {
    let service = roomy(&[]).await;
    for by in By::BOTH {
        let (visitor, phone) = (Visitor::new(&service, by), phone());
        visitor.sign_up(&phone, None).await;
        let former = visitor.token().unwrap();
        let reply = visitor.post(CONFIRM, json!({ "password": PASSWORD })).await;
        is_problem(&reply, 403, "proof-too-weak");
        assert_eq!(reply.json()["accepted"], json!(["code"]));
        let code = visitor.own_code(&phone).await;
        is_problem(&visitor.post(CONFIRM, with_wrong_code(&code)).await, 422, "code-wrong");
        is_done(&visitor.post(CONFIRM, code.clone()).await, 200);
        is_problem(&visitor.post(CONFIRM, code).await, 410, "code-gone");
        assert!(!visitor.is_live(&former).await && visitor.is_signed_in().await);
    }
}

#[tokio::test]
async fn otp_13_a_code_confirms_no_session_of_an_account_with_a_password() {
    let service = roomy(&[]).await;
    for by in By::BOTH {
        let (visitor, phone) = (Visitor::new(&service, by), phone());
        visitor.sign_up(&phone, Some(PASSWORD)).await;
        let reply = visitor.sign_in_by_code(&phone).await;
        is_done(&reply, 201);
        assert_eq!(reply.json()["session"]["methods"], json!(["code"]));
        assert_eq!(reply.json()["session"]["fresh_until"], json!(null));
        let code = visitor.own_code(&phone).await;
        let reply = visitor.post(CONFIRM, code).await;
        is_problem(&reply, 403, "proof-too-weak");
        assert_eq!(reply.json()["accepted"], json!(["password"]));
        for (method, path) in
            [(Method::GET, "/me/export"), (Method::DELETE, "/me"), (Method::DELETE, "/me/password")]
        {
            let reply = visitor.send(visitor.request(method, path)).await;
            is_problem(&reply, 403, "confirmation-required");
            assert_eq!(reply.json()["accepted"], json!(["password"]), "{path}");
        }
        let reply = visitor.try_code("change-number", &crate::support::phone()).await;
        is_problem(&reply, 403, "confirmation-required");
        is_done(&visitor.post(CONFIRM, json!({ "password": PASSWORD })).await, 200);
        is_done(&visitor.get("/me/export").await, 200);
    }
}

#[tokio::test]
async fn a_stolen_session_guesses_a_password_five_times() {
    let service = roomy(&[]).await;
    let (visitor, phone) = (Visitor::new(&service, By::Bearer), phone());
    visitor.sign_up(&phone, Some(PASSWORD)).await;
    for _ in 0..5 {
        let reply = visitor.post(CONFIRM, json!({ "password": "wrong password" })).await;
        is_problem(&reply, 422, "proof-wrong");
    }
    is_problem(&visitor.post(CONFIRM, json!({ "password": PASSWORD })).await, 403, "stopped");
    // Nor by a change of the password.
    let body = json!({ "current": PASSWORD, "password": "another good password" });
    is_problem(&visitor.put("/me/password", body).await, 403, "stopped");
    // The owner has other sessions.
    is_done(&visitor.sign_in(&phone, PASSWORD).await, 201);
    is_done(&visitor.post(CONFIRM, json!({ "password": PASSWORD })).await, 200);
}

#[tokio::test]
async fn without_a_session_no_call_of_the_account_is_done() {
    let service = roomy(&[]).await;
    let code = json!({ "code_id": "AAAAAAAAAAAAAAAAAAAAAA", "code": "123456" });
    let mut mobile = code.clone();
    mobile["mobile"] = phone().into();
    for by in By::BOTH {
        let visitor = Visitor::new(&service, by);
        for (method, path, body) in [
            (Method::GET, "/session", None),
            (Method::GET, "/sessions", None),
            (Method::DELETE, "/sessions", None),
            (Method::GET, "/me", None),
            (Method::PATCH, "/me", Some(json!({ "nick_name": "Ada" }))),
            (Method::DELETE, "/me", None),
            (Method::GET, "/me/events", None),
            (Method::GET, "/me/export", None),
            (Method::PUT, "/me/password", Some(json!({ "password": PASSWORD }))),
            (Method::DELETE, "/me/password", None),
            (Method::PUT, "/me/mobile", Some(mobile.clone())),
            (Method::POST, CONFIRM, Some(code.clone())),
            (Method::POST, "/codes", Some(json!({ "purpose": "confirm" }))),
        ] {
            let request = visitor.request(method.clone(), path);
            let request = body.iter().fold(request, reqwest::RequestBuilder::json);
            is_problem(&visitor.send(request).await, 401, "not-signed-in");
        }
        is_done(&visitor.delete("/session").await, 204);
    }
}
