//! Every call of `/api/v1`, with a body that is right.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Account, Api, Call, PASSWORD, phone};

/// A request that succeeds once.
pub(crate) struct GoodCall {
    pub(crate) name: &'static str,
    pub(crate) call: Call,
    /// Status of its answer.
    pub(crate) status: u16,
    /// Members that can be left out.
    pub(crate) optional: &'static [&'static str],
}

const SIGN_IN: &[&str] = &["remember", "transport"];

/// Prepares every call. Each one has an account, a code and a session of its own.
pub(crate) async fn every_call(api: &Api) -> Vec<GoodCall> {
    [with_codes(api).await, signed_in(api).await, without_body(api).await]
        .into_iter()
        .flatten()
        .collect()
}

fn good(
    name: &'static str,
    call: Call,
    status: u16,
    optional: &'static [&'static str],
) -> GoodCall {
    GoodCall { name, call, status, optional }
}

fn put(path: &str, body: Value) -> Call {
    Call { method: Method::PUT, ..Call::post(path, body) }
}

/// Calls without a session.
async fn with_codes(api: &Api) -> Vec<GoodCall> {
    let mut calls = Vec::new();
    let mut send = api.code_call("sign-in", &phone(), None).await;
    if let Some(body) = &mut send.body {
        body["locale"] = "en".into();
    }
    calls.push(good("codes", send, 202, &["locale"]));

    let new = phone();
    let (id, code) = api.code("sign-up", &new, None).await;
    let body = json!({ "mobile": new, "code_id": id, "code": code, "password": PASSWORD,
        "nick_name": "Ada", "remember": true, "transport": "bearer" });
    let optional = &["password", "nick_name", "remember", "transport"];
    calls.push(good("users", Call::post("/users", body), 201, optional));

    let account = Account::with_password(api).await;
    let body = json!({ "mobile": account.phone, "password": PASSWORD, "remember": true,
        "transport": "bearer" });
    calls.push(good("sessions by password", Call::post("/sessions", body), 201, SIGN_IN));

    let new = phone();
    let (id, code) = api.code("sign-in", &new, None).await;
    let body = json!({ "mobile": new, "code_id": id, "code": code, "nick_name": "Ada",
        "remember": true, "transport": "bearer" });
    let optional = &["nick_name", "remember", "transport"];
    calls.push(good("sessions by code", Call::post("/sessions", body), 201, optional));

    let account = Account::with_password(api).await;
    api.done(Call::new(Method::DELETE, "/me").by(&account.token)).await;
    let reply = account.sign_in(api, PASSWORD).await;
    assert_eq!(reply.status, 409, "{}", reply.text());
    let body = json!({ "continuation": reply.json()["continuation"], "restore": true,
        "remember": true, "transport": "bearer" });
    calls.push(good("continuations", Call::post("/sessions/continuations", body), 201, SIGN_IN));

    let account = Account::with_password(api).await;
    let (id, code) = api.code("reset", &account.phone, None).await;
    let body = json!({ "mobile": account.phone, "code_id": id, "code": code,
        "password": "another good password" });
    calls.push(good("resets", Call::post("/password-resets", body), 204, &[]));

    let account = Account::with_password(api).await;
    api.done(account.number_change(api, &phone()).await).await;
    let (id, code) = api.code("undo-number", &account.phone, None).await;
    let body = json!({ "mobile": account.phone, "code_id": id, "code": code });
    calls.push(good("undos", Call::post("/number-undos", body), 200, &[]));
    calls
}

/// Calls of a session.
async fn signed_in(api: &Api) -> Vec<GoodCall> {
    let mut calls = Vec::new();
    let account = Account::with_password(api).await;
    let send = api.code_call("change-number", &phone(), Some(&account.token)).await;
    calls.push(good("codes change-number", send, 202, &[]));

    let account = Account::without_password(api).await;
    let send = api.code_call("confirm", &account.phone, Some(&account.token)).await;
    calls.push(good("codes confirm", send, 202, &[]));

    let account = Account::with_password(api).await;
    let confirm =
        |body, account: &Account| Call::post("/session/confirmations", body).by(&account.token);
    let call = confirm(json!({ "password": PASSWORD }), &account);
    calls.push(good("confirmations by password", call, 200, &[]));

    let account = Account::without_password(api).await;
    let (id, code) = api.code("confirm", &account.phone, Some(&account.token)).await;
    let call = confirm(json!({ "code_id": id, "code": code }), &account);
    calls.push(good("confirmations by code", call, 200, &[]));

    let account = Account::with_password(api).await;
    let call = Call { method: Method::PATCH, ..Call::post("/me", json!({ "nick_name": "Ada" })) };
    calls.push(good("me", call.by(&account.token), 200, &[]));

    let account = Account::with_password(api).await;
    let body = json!({ "current": PASSWORD, "password": "another good password",
        "keep_sessions": true });
    let call = put("/me/password", body).by(&account.token);
    calls.push(good("password", call, 200, &["current", "keep_sessions"]));

    let account = Account::with_password(api).await;
    let issue = Call::post("/session/tokens", json!({ "audience": "roomy" })).by(&account.token);
    let token = api.done(issue.clone()).await.json()["access_token"].clone();
    calls.push(good("tokens", issue, 200, &[]));
    let introspect = Call::post("/session/introspect", json!({ "token": token }));
    calls.push(good("introspect", introspect, 200, &[]));

    let account = Account::with_password(api).await;
    calls.push(good("mobile", account.number_change(api, &phone()).await, 200, &[]));
    calls
}

/// Calls that read no body.
async fn without_body(api: &Api) -> Vec<GoodCall> {
    let mut calls = Vec::new();
    for (name, method, path, status) in [
        ("read session", Method::GET, "/session", 200),
        ("read sessions", Method::GET, "/sessions", 200),
        ("read me", Method::GET, "/me", 200),
        ("read events", Method::GET, "/me/events", 200),
        ("export", Method::GET, "/me/export", 200),
        ("remove password", Method::DELETE, "/me/password", 200),
        ("end others", Method::DELETE, "/sessions", 200),
        ("end session", Method::DELETE, "/session", 204),
        ("leave", Method::DELETE, "/me", 202),
    ] {
        let account = Account::with_password(api).await;
        calls.push(good(name, Call::new(method, path).by(&account.token), status, &[]));
    }
    calls
}
