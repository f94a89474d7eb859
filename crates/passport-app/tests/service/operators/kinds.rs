//! The closed list of kinds: each one is caused by the service or by an operator, and documented.

use std::{collections::BTreeSet, fs};

use passport_user::EventKind;
use reqwest::Method;
use serde_json::json;

use super::{
    Desk,
    api::{ADMIN, Operator},
};
use crate::support::{Account, Api, Call, PASSWORD, ROOMY, Service, phone, sign_in};

const OTHER_PASSWORD: &str = "another good password";

#[tokio::test]
async fn api_4_each_kind_of_event_occurs() {
    let settings = [&ROOMY[..], &ADMIN].concat();
    let service = Service::start(&settings).await;
    let (api, desk) = (Api::new(&service), Desk::new(&service, &settings));
    by_people(&api).await;
    by_operators(&service, &api, &desk).await;
    let events = desk.json("audit --limit 100000 --json");
    let seen: BTreeSet<_> =
        events.as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
    let all: BTreeSet<_> = EventKind::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(seen, all);
}

/// What a person can cause.
async fn by_people(api: &Api) {
    let account = Account::with_password(api).await;
    let own = |method, path: &str| Call::new(method, path).by(&account.token);
    let with = |method, path: &str, body| Call { body: Some(body), ..own(method, path) };
    api.done(with(Method::PATCH, "/me", json!({ "nick_name": "Ada" }))).await;
    api.done(own(Method::GET, "/me/export")).await;
    sign_in(api, &account.phone, PASSWORD).await;
    api.done(own(Method::DELETE, "/sessions")).await;
    let confirm = with(Method::POST, "/session/confirmations", json!({ "password": PASSWORD }));
    let token = api.done(confirm).await.json()["token"].as_str().unwrap().to_owned();
    let account = Account { token, ..account };
    let body = json!({ "current": PASSWORD, "password": OTHER_PASSWORD });
    let change = Call { body: Some(body), ..Call::new(Method::PUT, "/me/password") };
    let token = api.done(change.by(&account.token)).await.json()["token"].clone();
    let account = Account { token: token.as_str().unwrap().to_owned(), ..account };
    api.done(account.number_change(api, &phone()).await).await;
    let (id, code) = api.code("undo-number", &account.phone, None).await;
    let body = json!({ "mobile": account.phone, "code_id": id, "code": code });
    api.done(Call::post("/number-undos", body)).await;
    let (id, code) = api.code("reset", &account.phone, None).await;
    let body =
        json!({ "mobile": account.phone, "code_id": id, "code": code, "password": PASSWORD });
    api.done(Call::post("/password-resets", body)).await;
    let token = sign_in(api, &account.phone, PASSWORD).await.json()["token"].clone();
    api.done(Call::new(Method::DELETE, "/session").by(token.as_str().unwrap())).await;
}

/// What only operators can cause.
async fn by_operators(service: &Service, api: &Api, desk: &Desk<'_>) {
    let operator = Operator::with_scopes(service, desk, "users:read");
    let account = Account::with_password(api).await;
    let phone = &account.phone;
    let refused = operator.post(&format!("/users/{}/disable", account.id), "{}").await;
    assert_eq!(refused.status, 403);
    for command in [
        format!("user show {phone} --reveal"),
        format!("user disable {phone} --yes"),
        format!("user enable {phone}"),
        format!("user unlock {phone}"),
        format!("limits reset {phone} --yes"),
        format!("user delete {phone} --yes"),
        format!("user restore {phone}"),
        format!("user delete {phone} --now --yes"),
        "audit purge --before 30d --yes".to_owned(),
        "admin token add ci --scope users:read --json".to_owned(),
        "admin token remove ci --yes".to_owned(),
        "keys rotate token".to_owned(),
    ] {
        desk.run(&command).good();
    }
    let rotated = desk.json("keys rotate token --now --json");
    let key = rotated["key"]["id"].as_str().unwrap();
    desk.run(&format!("keys retire {key} --yes")).good();
}

#[test]
fn api_4_each_kind_is_documented() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/logging.md");
    let text = fs::read_to_string(path).unwrap();
    for kind in EventKind::ALL {
        assert!(text.contains(&format!("`{kind}`")), "{kind} is not in docs/logging.md");
    }
}
