//! Users cached with their sessions in Redis: what a request costs, and what Redis learns.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::json;

use crate::{
    redis_states::Redis,
    support::{Account, Api, Call, Gate, PASSWORD, ROOMY, Reply, Service, postgres, until},
};

/// Commands of Redis by their names, those that a script calls included.
type Commands = BTreeMap<String, u64>;

async fn commands(redis: &Redis) -> Commands {
    let stats = redis.ask("INFO commandstats").await;
    let counts = stats.lines().filter_map(|line| {
        let (name, figures) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
        let (calls, _) = figures.split_once(',')?;
        // What the test asks, and what a connection costs at its beginning and after it was idle.
        let is_asked = !["info", "hello", "auth", "ping"].contains(&name);
        (is_asked && !name.starts_with("client|"))
            .then(|| (name.to_owned(), calls.parse().unwrap()))
    });
    counts.collect()
}

/// The commands that `act` makes the service send.
async fn sent(redis: &Redis, act: impl Future<Output = ()>) -> Commands {
    let before = commands(redis).await;
    act.await;
    let after = commands(redis).await.into_iter().map(|(name, calls)| {
        let former = before.get(&name).copied().unwrap_or_default();
        (name, calls - former)
    });
    after.filter(|(_, calls)| *calls > 0).collect()
}

fn counts(counts: &[(&str, u64)]) -> Commands {
    counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

/// A service that keeps its sessions in `redis`.
async fn with_sessions_in(redis: &Redis, settings: &[(&str, &str)]) -> Service {
    let url = redis.url("");
    let own = [("store.url", &*url), ("session.store", "store")];
    Service::start(&[&ROOMY[..], &own, settings].concat()).await
}

async fn whoami(api: &Api, token: &str) -> Reply {
    api.done(Call::new(Method::GET, "/session").by(token)).await
}

/// With PostgreSQL cut off, so that a statement would fail.
#[tokio::test]
#[ignore = "needs redis-server and PostgreSQL"]
async fn who_am_i_is_one_command_and_no_statement_while_a_session_is_in_use() {
    let (redis, database) = (Redis::start().await, Gate::before(&postgres().await));
    let service = with_sessions_in(&redis, &[("database.url", database.url())]).await;
    let api = Api::new(&service);
    let account = Account::with_password(&api).await;
    let read = async || drop(whoami(&api, &account.token).await);
    // What is read for the first time is cached by one script.
    let fill = [("evalsha", 1), ("exists", 2), ("hget", 2), ("hset", 1)];
    let cold = counts(&[&fill[..], &[("hgetall", 1), ("hmget", 1)]].concat());
    let warm = |reads| counts(&[("hmget", reads)]);
    // The script is loaded once in the life of a server.
    read().await;
    let name = json!({ "nick_name": "小明" });
    api.done(Call { body: Some(name), ..Call::new(Method::PATCH, "/me").by(&account.token) }).await;

    assert_eq!(sent(&redis, read()).await, cold, "after a change");
    let ten = async {
        for _ in 0..10 {
            read().await;
        }
    };
    assert_eq!(sent(&redis, ten).await, warm(10));

    database.shut();
    let seen = whoami(&api, &account.token).await.json();
    assert_eq!(seen["user"]["nick_name"], "小明");
    assert_eq!(sent(&redis, read()).await, warm(1), "without PostgreSQL");
    database.open();

    assert_eq!(account.sign_in(&api, PASSWORD).await.status, 201);
    assert_eq!(sent(&redis, read()).await, cold, "after another sign-in, whose time is shown");
}

/// The names and values of all hashes, where sessions are.
const DUMP: &str = "EVAL \"local all = {} for _, key in ipairs(redis.call('KEYS', '*')) do \
    if redis.call('TYPE', key).ok == 'hash' then for _, it in ipairs(redis.call('HGETALL', key)) do \
    all[#all + 1] = it end end end return table.concat(all, ' ')\" 0";

#[tokio::test]
#[ignore = "needs redis-server"]
async fn redis_learns_neither_number_nor_name_of_a_cached_user() {
    let redis = Redis::start().await;
    let service = with_sessions_in(&redis, &[]).await;
    let api = Api::new(&service);
    let account = Account::with_password(&api).await;
    let name = json!({ "nick_name": "XiaoMing" });
    api.done(Call { body: Some(name), ..Call::new(Method::PATCH, "/me").by(&account.token) }).await;
    assert_eq!(whoami(&api, &account.token).await.json()["user"]["nick_name"], "XiaoMing");
    let dump = redis.ask(DUMP).await;
    assert!(dump.contains(&account.id) && dump.contains("cached"), "{dump}");
    for secret in [&account.phone, "XiaoMing", "bcrypt", &account.token] {
        assert!(!dump.contains(secret), "{secret} in {dump}");
    }
}

/// The answer of a change is lost on its way from PostgreSQL, and then the connection to it.
#[tokio::test]
#[ignore = "needs redis-server and PostgreSQL"]
async fn a_change_whose_answer_is_lost_is_seen_at_once() {
    let (redis, database) = (Redis::start().await, Gate::before(&postgres().await));
    let service = with_sessions_in(&redis, &[("database.url", database.url())]).await;
    let api = Api::new(&service);
    let account = Account::with_password(&api).await;
    assert!(api.is_signed_in(&account.token).await);
    database.mute();
    let leave = Call::new(Method::DELETE, "/me").by(&account.token);
    assert_eq!(api.send(&leave).await.status, 503);
    // The user is not cached from then on, so the change is seen when PostgreSQL is.
    assert_eq!(api.send(&Call::new(Method::GET, "/session").by(&account.token)).await.status, 503);
    database.open();
    until("PostgreSQL is back", async || {
        api.send(&Call::new(Method::GET, "/session").by(&account.token)).await.status != 503
    })
    .await;
    let status = account.sign_in(&api, PASSWORD).await.status;
    let is_signed_in = api.is_signed_in(&account.token).await;
    assert!((status == 409) != is_signed_in, "{status}");
}

/// Redis forgets sessions and changes, and a node that has announced a change does not know of it.
#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_restart_of_redis_leaves_no_cached_user() {
    let mut redis = Redis::start().await;
    let service = with_sessions_in(&redis, &[]).await;
    let api = Api::new(&service);
    let account = Account::with_password(&api).await;
    assert!(api.is_signed_in(&account.token).await);
    redis.restart().await;
    until("Redis is back", async || {
        api.send(&Call::new(Method::GET, "/session").by(&account.token)).await.status == 401
    })
    .await;
    let again = account.sign_in(&api, PASSWORD).await.json();
    let token = again["token"].as_str().unwrap();
    assert!(api.is_signed_in(token).await);
    api.done(Call::new(Method::DELETE, "/me").by(token)).await;
    assert!(!api.is_signed_in(token).await);
}
