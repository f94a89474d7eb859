//! `GET /healthz` and `GET /readyz`.

use futures::future::join_all;
use serde_json::json;

use crate::support::{Gate, Person, Service, postgres, redis, run, until};

#[tokio::test]
async fn a_service_without_servers_is_alive_and_ready() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let (health, ready) = (person.get("/healthz").await, person.get("/readyz").await);
    assert_eq!((health.status.as_u16(), health.json()), (200, json!({ "status": "ok" })));
    let expected = json!({ "status": "ready", "checks": { "database": "ok" } });
    assert_eq!((ready.status.as_u16(), ready.json()), (200, expected));
    assert_eq!(health.header("cache-control"), "no-store");
    assert_eq!(ready.header("cache-control"), "no-store");
}

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn readiness_names_the_server_that_is_down_and_recovers_without_a_restart() {
    let (redis, postgres) = (redis(), postgres().await);
    let cases = ["store", "database"].map(|down| [(down, Gate::shut as Cut), (down, Gate::mute)]);
    join_all(cases.concat().into_iter().map(async |(down, cut)| {
        let (store, database) = (Gate::before(&redis), Gate::before(&postgres));
        let settings = [("store.url", store.url()), ("database.url", database.url())];
        let service = Service::start(&settings).await;
        let person = Person::new(&service);
        is_ready(&person).await;

        let gate = if down == "store" { store } else { database };
        cut(&gate);
        until("not ready", async || person.get("/readyz").await.status == 503).await;
        let mut expected = json!({ "database": "ok", "store": "ok" });
        expected[down] = json!("down");
        let expected = json!({ "status": "not ready", "checks": expected });
        assert_eq!(person.get("/readyz").await.json(), expected);
        assert_eq!(person.get("/healthz").await.status, 200, "the process is alive");

        gate.open();
        until("ready again", async || person.get("/readyz").await.status == 200).await;
        is_ready(&person).await;
    }))
    .await;
}

type Cut = fn(&Gate);

async fn is_ready(person: &Person) {
    let reply = person.get("/readyz").await;
    let checks = json!({ "database": "ok", "store": "ok" });
    let expected = json!({ "status": "ready", "checks": checks });
    assert_eq!((reply.status.as_u16(), reply.json()), (200, expected));
}

#[tokio::test]
async fn the_command_asks_a_service_whether_it_is_ready() {
    let mut service = Service::start(&[]).await;
    let (folder, url) = (service.folder().path().to_owned(), service.url());
    let listen = service.address().to_string();
    let health = |settings: &[(&str, &str)], more: &[&str]| {
        run(&folder, settings, &[&["health"], more].concat())
    };
    let at = [("http.listen", listen.as_str())];
    assert_eq!(health(&at, &[]).good(), format!("{url}/ is ready: database ok\n"));
    let expected = json!({ "status": "ready", "checks": { "database": "ok" } });
    assert_eq!(health(&at, &["--json"]).json(), expected);
    assert_eq!(health(&[], &["--url", &url, "--json"]).json(), expected);
    // The address of all interfaces is asked on this machine.
    let all = format!("0.0.0.0:{}", service.address().port());
    assert!(health(&[("http.listen", &all)], &[]).good().contains("is ready"));
    let error = health(&[("http.listen", "127.0.0.1:0")], &[]).failed(2);
    assert!(error.contains("http.listen has port 0"), "{error}");
    let error = health(&[("password.cost", "99")], &[]).failed(1);
    assert!(error.contains("password.cost"), "{error}");
    service.stop().await;
    let error = health(&at, &[]).failed(1);
    assert!(error.contains("does not answer"), "{error}");
    let error = health(&[], &["--url", "ftp://h"]).failed(2);
    assert!(error.contains("http:// or https://"), "{error}");
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn the_command_fails_while_a_store_is_down() {
    let store = Gate::before(&redis());
    let url = store.url();
    let service = Service::start(&[("store.url", url)]).await;
    store.shut();
    let ask = |more: &[&str]| {
        let url = service.url();
        let arguments = [&["health", "--url", &url], more].concat();
        run(service.folder().path(), &[], &arguments)
    };
    until("the command fails", async || ask(&[]).status == Some(1)).await;
    let said = ask(&["--json"]);
    assert_eq!(said.status, Some(1));
    let expected =
        json!({ "status": "not ready", "checks": { "database": "ok", "store": "down" } });
    assert_eq!(serde_json::from_str::<serde_json::Value>(&said.out).unwrap(), expected);
    assert!(said.err.contains("is not ready: database ok, store down"), "{said:?}");
}
