//! What the operator's machinery asks.

use serde_json::json;

use crate::support::{Gate, Person, Service, postgres, redis, until};

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
async fn readiness_names_what_is_down_and_recovers_without_a_restart() {
    let (Some(redis), Some(postgres)) = (redis(), postgres().await) else { return };
    let (store, database) = (Gate::before(&redis), Gate::before(&postgres));
    let settings = [("store.url", store.url()), ("database.url", database.url())];
    let service = Service::start(&settings).await;
    let person = Person::new(&service);
    let states = |database: &str, store: &str| {
        let ready = database == "ok" && store == "ok";
        json!({
            "status": if ready { "ready" } else { "not ready" },
            "checks": { "database": database, "store": store },
        })
    };
    let ready = person.get("/readyz").await;
    assert_eq!((ready.status.as_u16(), ready.json()), (200, states("ok", "ok")));

    for (gate, down) in [(&store, states("ok", "down")), (&database, states("down", "ok"))] {
        for cut in [Gate::shut, Gate::mute] {
            cut(gate);
            until("not ready", async || person.get("/readyz").await.status == 503).await;
            assert_eq!(person.get("/readyz").await.json(), down);
            assert_eq!(person.get("/healthz").await.status, 200, "the process lives on");
            gate.open();
            until("ready again", async || person.get("/readyz").await.status == 200).await;
        }
    }
    assert_eq!(person.get("/readyz").await.json(), states("ok", "ok"));
}
