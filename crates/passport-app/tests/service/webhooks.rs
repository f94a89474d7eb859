//! Webhooks, to receivers on this machine.

mod commands;
mod crashes;
mod documents;
mod library;
mod settings;

use std::time::Duration;

use passport_auth::{Clock, SystemClock};
use passport_webhooks::EventType;
use reqwest::Method;
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::metrics::{Metrics, observed};
use crate::support::{
    Account, Api, Call, Hook, PASSWORD, ROOMY, Receiver, Response, Service, WEBHOOK_SECRET, phone,
    postgres, redis, run, sign_in, until,
};

/// `settings` and those of the endpoints `names` of `receiver`, as pairs of texts.
fn with_endpoints(
    receiver: &Receiver,
    names: &[&str],
    settings: &[(&str, &str)],
) -> Vec<(String, String)> {
    let endpoints = names.iter().flat_map(|name| receiver.settings(name));
    let own = settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    endpoints.chain(own).collect()
}

fn pairs(settings: &[(String, String)]) -> Vec<(&str, &str)> {
    let own = settings.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    ROOMY.into_iter().chain(own).collect()
}

/// A service with the endpoint `shop`.
async fn shop(settings: &[(&str, &str)]) -> (Service, Receiver) {
    let receiver = Receiver::start();
    let settings = with_endpoints(&receiver, &["shop"], settings);
    (Service::start(&pairs(&settings)).await, receiver)
}

#[tokio::test]
async fn hook_1_the_life_of_an_account_is_told() {
    let (service, receiver) = shop(&[("log.filter", "info")]).await;
    let api = Api::new(&service);
    let account = Account::with_password(&api).await;
    let created = receiver.event("/shop", "user.created").await;
    let data = created.data();
    assert_eq!(data["user"], account.id);
    let masked = format!("{}****{}", &account.phone[..3], &account.phone[7..]);
    assert_eq!(data["mobile"], masked);
    let at = created.body()["timestamp"].as_str().map(|it| OffsetDateTime::parse(it, &Rfc3339));
    assert!((SystemClock.now() - at.unwrap().unwrap()).abs() < Duration::from_secs(30));

    let session = api.done(Call::new(Method::GET, "/session").by(&account.token)).await.json();
    let session = session["session"]["id"].clone();
    let started = receiver.wait("/shop", |it| {
        it.event_type() == "session.started" && it.data()["session"] == session
    });
    assert_eq!(started.await.data()["user"], account.id);

    let renamed =
        Call { method: Method::PATCH, ..Call::post("/me", json!({ "nick_name": "Zoë" })) };
    api.done(renamed.by(&account.token)).await;
    assert_eq!(receiver.event("/shop", "user.updated").await.data()["cause"], "user.renamed");

    let new = phone();
    let changed = api.done(account.number_change(&api, &new).await).await.json();
    let phone_changed = receiver.event("/shop", "phone.changed").await.data();
    assert_eq!(phone_changed["mobile"], format!("{}****{}", &new[..3], &new[7..]));
    let ended = receiver.event("/shop", "session.ended").await.data();
    assert_eq!((&ended["cause"], &ended["ended"]), (&json!("number.changed"), &json!("others")));

    let token = changed["token"].as_str().unwrap_or(&account.token).to_owned();
    api.done(Call::new(Method::DELETE, "/session").by(&token)).await;
    let ended = receiver.wait("/shop", |it| it.data()["cause"] == "session.ended").await.data();
    assert_eq!(ended["ended"], "one");

    for hook in receiver.hooks("/shop") {
        assert!(hook.is_signed_by(&[WEBHOOK_SECRET]), "{hook:?}");
        assert_eq!(hook.headers["content-type"], "application/json");
        assert!(!hook.text.contains(&account.phone) && !hook.text.contains(&new), "{hook:?}");
        assert!(EventType::from_name(&hook.event_type()).is_some());
    }
    let log = service.log();
    assert!(log.contains("webhook delivered"), "{log}");
    assert!(!log.contains(&WEBHOOK_SECRET[6..]), "the secret is not logged");
}

#[tokio::test]
async fn hook_2_an_endpoint_gets_what_it_asks_for() {
    let receiver = Receiver::start();
    let own = [("webhooks.users.events", "user.created"), ("webhooks.whole.reveal_mobile", "true")];
    let settings = with_endpoints(&receiver, &["users", "whole"], &own);
    let service = Service::start(&pairs(&settings)).await;
    let account = Account::with_password(&Api::new(&service)).await;
    let created = receiver.event("/whole", "user.created").await;
    assert_eq!(created.data()["mobile"], format!("+86{}", account.phone));
    receiver.event("/whole", "session.started").await;
    let users = receiver.event("/users", "user.created").await;
    assert_eq!(users.id(), created.id(), "receivers of one event can compare its ids");
    let types: Vec<_> = receiver.hooks("/users").iter().map(Hook::event_type).collect();
    assert_eq!(types, ["user.created"]);
    assert!(!users.text.contains(&account.phone));
}

#[tokio::test]
async fn hook_3_decisions_are_told_with_their_rule() {
    let receiver = Receiver::start();
    let own = [("limits.sms_per_phone_hour", "1"), ("limits.sms_per_phone_day", "1")];
    let settings = with_endpoints(&receiver, &["shop"], &own);
    let settings: Vec<_> = ROOMY
        .into_iter()
        .filter(|(key, _)| !key.starts_with("limits.sms_per_phone"))
        .chain(settings.iter().map(|(key, value)| (key.as_str(), value.as_str())))
        .collect();
    let service = Service::start(&settings).await;
    let api = Api::new(&service);
    let phone = phone();
    api.code("sign-in", &phone, None).await;
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let refused = api.send(&api.code_call("sign-in", &phone, None).await).await;
    assert_eq!(refused.status, 429);
    let told = receiver.event("/shop", "limit.reached").await.data();
    assert_eq!((&told["cause"], &told["user"]), (&json!("code.sent"), &Value::Null));
    assert!(told["rule"].as_str().unwrap().starts_with("sms-per-phone-"), "{told}");
}

/// Down for the first try: the second one, about five seconds later, has the same id and body.
#[tokio::test]
async fn hook_4_a_failed_delivery_is_repeated_with_the_same_id() {
    let (service, receiver) = shop(&[("webhooks.shop.events", "user.created")]).await;
    receiver.answer("/shop", Response::Status(500));
    Account::without_password(&Api::new(&service)).await;
    let first = receiver.event("/shop", "user.created").await;
    receiver.answer("/shop", Response::Status(200));
    let second = receiver
        .wait("/shop", |it| it.headers["webhook-timestamp"] != first.headers["webhook-timestamp"]);
    let second = second.await;
    assert_eq!((second.id(), &second.text), (first.id(), &first.text));
    assert!(second.is_signed_by(&[WEBHOOK_SECRET]));
    let seconds =
        |it: &crate::support::Hook| it.headers["webhook-timestamp"].parse::<i64>().unwrap();
    assert!((5..=8).contains(&(seconds(&second) - seconds(&first))));
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(receiver.hooks("/shop").len(), 2, "a 2xx ends it");
}

#[tokio::test]
async fn hook_5_a_slow_endpoint_does_not_delay_others() {
    let receiver = Receiver::start();
    let own = [("webhooks.slow.concurrency", "1"), ("webhooks.slow.timeout", "30s")];
    let settings = with_endpoints(&receiver, &["slow", "shop"], &own);
    let service = Service::start(&pairs(&settings)).await;
    receiver.answer("/slow", Response::Never);
    let api = Api::new(&service);
    for _ in 0..5 {
        let account = Account::without_password(&api).await;
        let told = receiver.wait("/shop", |it| it.data()["user"] == account.id);
        told.await;
    }
    assert_eq!(receiver.hooks("/slow").len(), 1, "one at a time");
}

#[tokio::test]
async fn hook_6_an_endpoint_that_is_gone_is_disabled_until_it_is_enabled() {
    let receiver = Receiver::start();
    let settings =
        with_endpoints(&receiver, &["shop", "other"], &[("webhooks.shop.concurrency", "1")]);
    let settings = pairs(&settings);
    let mut service = Service::start(&settings).await;
    let folder = service.folder().clone();
    let command = |arguments: &[&str]| run(folder.path(), &settings, arguments);
    receiver.answer("/shop", Response::Status(410));
    Account::without_password(&Api::new(&service)).await;
    receiver.event("/shop", "user.created").await;
    until("the endpoint is disabled", async || {
        let shown = command(&["webhook", "list", "--json"]).json();
        shown["endpoints"].as_array().unwrap().iter().any(|it| it["state"] == "disabled")
    })
    .await;
    assert!(command(&["webhook", "list"]).good().contains("disabled since"));
    assert!(service.log().contains("is disabled; `passport webhook enable` undoes it"));

    // It stays so after a restart, and the other one gets its events.
    service.stop().await;
    let service = Service::start_in(&folder, &settings).await;
    let before = receiver.hooks("/shop").len();
    let account = Account::without_password(&Api::new(&service)).await;
    receiver.wait("/other", |it| it.data()["user"] == account.id).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(receiver.hooks("/shop").len(), before);

    receiver.answer("/shop", Response::Status(204));
    assert!(command(&["webhook", "enable", "shop"]).good().contains("gets events again"));
    assert!(command(&["webhook", "enable", "shop"]).good().contains("was not disabled"));
    let later = Account::without_password(&Api::new(&service)).await;
    receiver.wait("/shop", |it| it.data()["user"] == later.id).await;
    let missed = |it: &crate::support::Hook| it.data()["user"] == account.id;
    assert!(!receiver.hooks("/shop").iter().any(missed), "what happened meanwhile is not queued");
    command(&["webhook", "replay", "shop", "--since", "1h"]).good();
    receiver.wait("/shop", missed).await;
}

#[tokio::test]
async fn hook_7_redirects_are_not_followed() {
    let (service, receiver) = shop(&[("webhooks.shop.events", "user.created")]).await;
    receiver.answer("/shop", Response::Redirect("/elsewhere"));
    Account::without_password(&Api::new(&service)).await;
    receiver.event("/shop", "user.created").await;
    until("it is logged", async || service.log().contains("redirects are not followed")).await;
    assert_eq!(receiver.hooks("/elsewhere").len(), 0);
}

/// TLS to a receiver with a root of its own.
#[tokio::test]
async fn hook_8_events_arrive_over_tls_and_only_under_a_trusted_root() {
    let receiver = Receiver::start_tls();
    let own = [("webhooks.untrusted.root_ca", "")];
    let settings = with_endpoints(&receiver, &["shop", "untrusted"], &own);
    let service = Service::start(&pairs(&settings)).await;
    Account::without_password(&Api::new(&service)).await;
    assert!(receiver.event("/shop", "user.created").await.is_signed_by(&[WEBHOOK_SECRET]));
    until("it is logged", async || service.log().contains("TLS failed")).await;
    assert_eq!(receiver.hooks("/untrusted").len(), 0);
}

#[tokio::test]
async fn hook_22_what_waits_is_in_the_metrics() {
    let receiver = Receiver::start();
    let settings = with_endpoints(&receiver, &["shop"], &[]);
    let service = observed(&pairs(&settings)).await;
    until("the store is read", async || {
        let labels = Metrics::of(&service).await.labels();
        ["passport_webhooks_waiting", "passport_webhook_endpoint_disabled"]
            .iter()
            .all(|name| labels.get(*name).is_some_and(|it| it.contains("endpoint")))
    })
    .await;
    let metrics = Metrics::of(&service).await;
    assert!(metrics.sum("passport_webhook_endpoint_disabled", &[("endpoint", "shop")]) < 0.5);
}

/// Each event arrives once, whichever node it happened on, and whichever delivers it.
#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn hook_9_two_nodes_deliver_once() {
    let receiver = Receiver::start();
    let (redis, postgres) = (redis(), postgres().await);
    let own = [
        ("store.url", &*redis),
        ("database.url", &*postgres),
        ("secret", "0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdef"),
    ];
    let settings = with_endpoints(&receiver, &["shop"], &own);
    let settings = pairs(&settings);
    // Long enough that the other node would claim what is under way.
    receiver.answer("/shop", Response::Late(Duration::from_millis(700), 204));
    let nodes = tokio::join!(Service::start(&settings), Service::start(&settings));
    let apis = [Api::new(&nodes.0), Api::new(&nodes.1)];
    let mut users = Vec::new();
    for round in 0..12 {
        let account = Account::with_password(&apis[round % 2]).await;
        sign_in(&apis[(round + 1) % 2], &account.phone, PASSWORD).await;
        users.push(account.id);
    }
    for user in &users {
        receiver
            .wait("/shop", |it| it.event_type() == "user.created" && it.data()["user"] == *user)
            .await;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let hooks = receiver.hooks("/shop");
    let mut ids: Vec<_> = hooks.iter().map(|it| it.id().to_owned()).collect();
    ids.sort();
    let all = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), all, "no event was delivered twice");
    assert!(all >= 12 * 3, "{all}");
    let delivered = |node: &Service| node.log().matches("webhook delivered").count();
    let (one, other) = (delivered(&nodes.0), delivered(&nodes.1));
    assert_eq!(one + other, all);
    assert!(one > 0 && other > 0, "both deliver: {one} and {other}");
}
