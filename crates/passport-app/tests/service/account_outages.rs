//! Outages of Redis and PostgreSQL during each call of `/api/v1`: 503, nothing half done, and the same
//! request succeeds after the recovery.

use std::time::{Duration, Instant};

use futures::future::join_all;

use crate::support::{
    Api, Gate, GoodCall, ROOMY, Reply, Service, Tables, every_call, postgres, redis, same_rows,
    until,
};

const QUICK: Duration = Duration::from_secs(8);
/// Rows that what waits in the background may write after the recovery.
const BACKGROUND: [&str; 2] = ["audit_events", "outbox_attempts"];

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

    async fn service(&self, sessions: &str) -> Service {
        let urls = [
            ("store.url", self.redis.url()),
            ("database.url", self.postgres.url()),
            ("session.store", sessions),
        ];
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

/// Asserts that each answer is a 503, as a problem.
#[track_caller]
fn are_unavailable(calls: &[GoodCall], replies: &[Reply]) {
    let expected = ["unavailable", "delivery-unknown"];
    let is_unavailable = |reply: &Reply| {
        reply.status == 503
            && reply.header("content-type") == "application/problem+json"
            && reply.json()["code"].as_str().is_some_and(|code| expected.contains(&code))
    };
    let others = calls.iter().zip(replies).filter(|(_, reply)| !is_unavailable(reply));
    let others: Vec<_> = others.map(|(good, it)| (good.name, it.status, it.text())).collect();
    assert!(others.is_empty(), "{others:#?}");
}

/// Asserts that each call succeeds now, or has one of the other answers that are `allowed` for calls
/// whose name begins like this.
async fn are_done(api: &Api, calls: &[GoodCall], allowed: &[(&str, u16)]) {
    let mut others = Vec::new();
    for good in calls {
        let reply = api.send(&good.call).await;
        let status = reply.status.as_u16();
        let is_allowed =
            |(name, other): &(&str, u16)| good.name.starts_with(name) && status == *other;
        if status != good.status && !allowed.iter().any(is_allowed) {
            others.push((good.name, status, reply.text()));
        }
    }
    assert!(others.is_empty(), "{others:#?}");
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
        let service = stores.service("database").await;
        let api = Api::new(&service);
        let calls = every_call(&api).await;
        let before = stores.tables.settled(&BACKGROUND).await;
        cut(&stores.postgres);
        let replies = try_all(&api, &calls).await;
        are_unavailable(&calls, &replies);
        stores.postgres.open();
        recovered(&service).await;
        same_rows(&before, &stores.tables.settled(&BACKGROUND).await);
        // The challenge was answered before the message could not be recorded, and the message may count.
        are_done(&api, &calls, &[("codes", 410), ("codes", 429)]).await;
    }
}

/// Calls that need Redis neither for limits nor for codes.
const WITHOUT_REDIS: [&str; 10] = [
    "continuations",
    "read session",
    "read sessions",
    "read me",
    "end others",
    "end session",
    "leave",
    "remove password",
    "tokens",
    "introspect",
];

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn rl_3_without_redis_each_call_is_done_or_refused_and_can_be_repeated() {
    for cut in [Gate::shut, Gate::mute] {
        let stores = Stores::new().await;
        let service = stores.service("database").await;
        let api = Api::new(&service);
        let (without, calls): (Vec<_>, Vec<_>) =
            every_call(&api).await.into_iter().partition(|it| WITHOUT_REDIS.contains(&it.name));
        let (before, inbox) = (stores.tables.settled(&BACKGROUND).await, api.inbox().await);
        cut(&stores.redis);
        let replies = try_all(&api, &calls).await;
        are_unavailable(&calls, &replies);
        same_rows(&before, &stores.tables.settled(&BACKGROUND).await);
        assert_eq!(api.inbox().await, inbox, "nothing was sent");
        are_done(&api, &without, &[]).await;
        stores.redis.open();
        recovered(&service).await;
        are_done(&api, &calls, &[]).await;
    }
}

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn rl_3_with_sessions_in_redis_each_call_is_refused_without_it_and_can_be_repeated() {
    for cut in [Gate::shut, Gate::mute] {
        let stores = Stores::new().await;
        let service = stores.service("store").await;
        let api = Api::new(&service);
        let calls = every_call(&api).await;
        let before = stores.tables.settled(&BACKGROUND).await;
        cut(&stores.redis);
        are_unavailable(&calls, &try_all(&api, &calls).await);
        same_rows(&before, &stores.tables.settled(&BACKGROUND).await);
        stores.redis.open();
        recovered(&service).await;
        are_done(&api, &calls, &[]).await;
        let leaving = "SELECT id::text AS line FROM users WHERE standing = 2";
        // The one account that asks for deletion is that of the call that does.
        assert_eq!(stores.tables.lines(leaving).await.len(), 1);
    }
}
