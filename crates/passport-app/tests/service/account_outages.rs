//! Outages of Redis and PostgreSQL during each call of `/api/v1`: 503, nothing half done, and the same
//! request succeeds after the recovery.

use std::time::{Duration, Instant};

use futures::future::join_all;

use crate::support::{
    Api, Gate, GoodCall, ROOMY, Reply, Service, Tables, every_call, postgres, redis, until,
};

const QUICK: Duration = Duration::from_secs(8);
/// Rows that what waits in the background may write after the recovery.
const BACKGROUND: [&str; 2] = ["audit_events", "outbox"];

/// Both stores, each behind a gate.
struct Stores {
    redis: Gate,
    postgres: Gate,
    tables: Tables,
}

impl Stores {
    async fn new() -> Self {
        let postgres = postgres().await;
        Self {
            redis: Gate::before(&redis()),
            postgres: Gate::before(&postgres),
            tables: Tables::Postgres(postgres),
        }
    }

    async fn service(&self) -> Service {
        let urls = [("store.url", self.redis.url()), ("database.url", self.postgres.url())];
        Service::start(&[&ROOMY[..], &urls, &[("log.filter", "info")]].concat()).await
    }
}

async fn try_all(api: &Api, calls: &[GoodCall]) -> Vec<Reply> {
    join_all(calls.iter().map(async |good| {
        let since = Instant::now();
        let reply = api.send(&good.call).await;
        assert!(since.elapsed() < QUICK, "{}: {:?}", good.name, since.elapsed());
        reply
    }))
    .await
}

/// Asserts that the answer is a 503, as a problem.
#[track_caller]
fn is_unavailable(good: &GoodCall, reply: &Reply) {
    assert_eq!(reply.status, 503, "{}: {}", good.name, reply.text());
    assert_eq!(reply.header("content-type"), "application/problem+json", "{}", good.name);
    let code = reply.json()["code"].as_str().unwrap().to_owned();
    let expected = ["unavailable", "delivery-unknown"];
    assert!(expected.contains(&&*code), "{}: {code}", good.name);
}

async fn recovered(service: &Service) {
    let person = crate::support::Person::new(service);
    until("ready", async || person.get("/readyz").await.status == 200).await;
}

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn rl_3_without_postgresql_each_call_is_refused_and_can_be_repeated() {
    for cut in [Gate::shut, Gate::mute] {
        let stores = Stores::new().await;
        let service = stores.service().await;
        let api = Api::new(&service);
        let calls = every_call(&api).await;
        let before = stores.tables.settled(&BACKGROUND).await;
        cut(&stores.postgres);
        let replies = try_all(&api, &calls).await;
        calls.iter().zip(&replies).for_each(|(good, reply)| is_unavailable(good, reply));
        stores.postgres.open();
        recovered(&service).await;
        assert_eq!(stores.tables.settled(&BACKGROUND).await, before);
        for good in &calls {
            let reply = api.send(&good.call).await;
            // The challenge of a message was answered before the message could not be recorded.
            let spent = good.name.starts_with("codes") && reply.status == 410;
            let wait = good.name.starts_with("codes") && reply.status == 429;
            let is_done = reply.status.as_u16() == good.status || spent || wait;
            assert!(is_done, "{}: {} {}", good.name, reply.status, reply.text());
        }
    }
}

/// Calls that need Redis neither for limits nor for codes.
const WITHOUT_REDIS: [&str; 7] = [
    "read session",
    "read sessions",
    "read me",
    "end others",
    "end session",
    "leave",
    "remove password",
];

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn rl_3_without_redis_each_call_is_done_or_refused_and_can_be_repeated() {
    for cut in [Gate::shut, Gate::mute] {
        let stores = Stores::new().await;
        let service = stores.service().await;
        let api = Api::new(&service);
        let (without, calls): (Vec<_>, Vec<_>) =
            every_call(&api).await.into_iter().partition(|it| WITHOUT_REDIS.contains(&it.name));
        let (before, inbox) = (stores.tables.settled(&BACKGROUND).await, api.inbox().await);
        cut(&stores.redis);
        let replies = try_all(&api, &calls).await;
        calls.iter().zip(&replies).for_each(|(good, reply)| is_unavailable(good, reply));
        assert_eq!(stores.tables.settled(&BACKGROUND).await, before);
        assert_eq!(api.inbox().await, inbox, "nothing was sent");
        for (good, reply) in without.iter().zip(try_all(&api, &without).await) {
            assert_eq!(reply.status.as_u16(), good.status, "{}: {}", good.name, reply.text());
        }
        stores.redis.open();
        recovered(&service).await;
        for good in &calls {
            let reply = api.send(&good.call).await;
            assert_eq!(reply.status.as_u16(), good.status, "{}: {}", good.name, reply.text());
        }
    }
}
