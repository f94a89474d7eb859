//! `passport webhook`

use std::fs;

use serde_json::json;
use tempfile::tempdir;

use super::{pairs, with_endpoints};
use crate::support::{Account, Api, Receiver, Response, Service, WEBHOOK_SECRET, run, until};

#[tokio::test]
async fn hook_11_a_test_event_shows_the_answer() {
    let receiver = Receiver::start();
    let settings = with_endpoints(&receiver, &["shop"], &[]);
    let (settings, folder) = (pairs(&settings), tempdir().unwrap());
    let command = |arguments: &[&str]| run(folder.path(), &settings, arguments);
    let said = command(&["webhook", "test", "shop"]).good();
    assert!(said.contains(" answered 204 to evt_"), "{said}");
    let hook = receiver.event("/shop", "webhook.test").await;
    assert!(hook.is_signed_by(&[WEBHOOK_SECRET]));
    assert_eq!(hook.data(), json!({}));
    let shown = command(&["webhook", "test", "shop", "--json"]).json();
    assert_eq!(shown["status"], 204);
    for (response, what) in [
        (Response::Status(500), "an event would be tried again"),
        (Response::Status(410), "would disable the endpoint"),
        (Response::Redirect("/elsewhere"), "redirects are not followed"),
    ] {
        receiver.answer("/shop", response);
        let said = command(&["webhook", "test", "shop"]).failed(1);
        assert!(said.contains(what), "{said}");
    }
    assert_eq!(receiver.hooks("/elsewhere").len(), 0);
    let said = command(&["webhook", "test", "shops"]).failed(2);
    assert!(said.contains("there is no endpoint shops; the settings have shop"), "{said}");
    // No database was needed.
    assert!(fs::read_dir(folder.path()).unwrap().next().is_none());
}

#[tokio::test]
async fn hook_12_a_replay_queues_what_was_delivered_or_failed() {
    let receiver = Receiver::start();
    let settings =
        with_endpoints(&receiver, &["shop"], &[("webhooks.shop.events", "user.created")]);
    let settings = pairs(&settings);
    let service = Service::start(&settings).await;
    let folder = service.folder();
    let command = |arguments: &[&str]| run(folder.path(), &settings, arguments);
    Account::without_password(&Api::new(&service)).await;
    let first = receiver.event("/shop", "user.created").await;
    let arrived = async |count| {
        until(&format!("{count} webhooks"), async || receiver.hooks("/shop").len() == count).await;
    };
    until("it is stored", async || {
        command(&["webhook", "list", "--json"]).json()["endpoints"][0]["delivered"] == 1
    })
    .await;

    let said = command(&["webhook", "replay", "shop", "--id", first.id()]).good();
    assert_eq!(said.trim(), "1 delivery is queued for shop");
    arrived(2).await;
    let said = command(&["webhook", "replay", "shop", "--since", "1h", "--json"]).json();
    assert_eq!(said, json!({ "queued": 1 }));
    arrived(3).await;
    for hook in receiver.hooks("/shop") {
        assert_eq!((hook.id(), &hook.text), (first.id(), &first.text));
    }
    let said = command(&["webhook", "replay", "shop", "--since", "1h", "--until", "30m"]).good();
    assert_eq!(said.trim(), "0 deliveries are queued for shop");

    // A receiver that is gone fails at once; what failed is shown, and queued again.
    receiver.answer("/shop", Response::Status(410));
    command(&["webhook", "replay", "shop", "--since", "1h"]).good();
    arrived(4).await;
    until("it failed", async || {
        command(&["webhook", "list", "shop", "--failed"]).good().contains("status 410")
    })
    .await;
    receiver.answer("/shop", Response::Status(204));
    until("it is disabled", async || {
        command(&["webhook", "enable", "shop", "--json"]).json()["changed"] == true
    })
    .await;
    assert_eq!(command(&["webhook", "replay", "shop", "--failed", "--json"]).json()["queued"], 1);
    arrived(5).await;
    until("it is delivered", async || {
        let shown = command(&["webhook", "list", "shop", "--json"]).json();
        let shown = &shown["deliveries"][0];
        shown["state"] == "delivered" && shown["id"] == first.id() && shown["reason"].is_null()
    })
    .await;

    let unknown = "evt_0193a5c79f0e7c3d8a513f1b2c4d5e6f_user_created";
    let said = command(&["webhook", "replay", "shop", "--id", unknown]).failed(1);
    assert!(said.contains("there is no such event"), "{said}");
    let said = command(&["webhook", "replay", "shop"]).failed(2);
    assert!(said.contains("--failed"), "{said}");
}

#[test]
fn hook_13_a_secret_is_made_for_the_settings() {
    let folder = tempdir().unwrap();
    let command = |arguments: &[&str]| run(folder.path(), &[], arguments);
    let (one, other) =
        (command(&["webhook", "secret"]).good(), command(&["webhook", "secret"]).good());
    assert_ne!(one, other);
    let settings =
        [("webhooks.shop.url", "https://shop.example/hooks"), ("webhooks.shop.secret", one.trim())];
    run(folder.path(), &settings, &["config", "check"]).good();
    let shown = command(&["webhook", "secret", "--json"]).json();
    assert!(shown["secret"].as_str().unwrap().starts_with("whsec_"));
}

#[test]
fn hook_14_the_list_shows_endpoints_that_never_started() {
    let folder = tempdir().unwrap();
    let none = [("database.url", "sqlite:passport.db")];
    run(folder.path(), &none, &["migrate"]).good();
    let said = run(folder.path(), &none, &["webhook", "list"]).good();
    assert!(said.contains("the settings have no table [webhooks.<name>]"), "{said}");
    let settings = [
        none[0],
        ("webhooks.shop.url", "https://shop.example/hooks?key=s3cret"),
        ("webhooks.shop.secret", WEBHOOK_SECRET),
        ("webhooks.shop.events", "user.created,user.deleted"),
    ];
    let shown = run(folder.path(), &settings, &["webhook", "list", "--json"]).json();
    let expected = json!({ "endpoints": [{
        "name": "shop",
        "url": "https://shop.example",
        "events": ["user.created", "user.deleted"],
        "state": "unstarted",
        "disabled_at": null,
        "waiting": 0,
        "oldest_waiting": null,
        "delivered": 0,
        "failed": 0,
    }] });
    assert_eq!(shown, expected);
}
