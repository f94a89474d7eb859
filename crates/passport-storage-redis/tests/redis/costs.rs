//! What each act costs: commands of Redis, those within scripts included.

mod codes;

use std::{collections::BTreeMap, time::Duration};

use passport_session::{
    ChangeId, Lifetime, NewSession, Session, SessionStore, SessionToken, SubjectCache,
};
use passport_storage_redis::RedisSessionStore;
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

use crate::server::{Server, open};

const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30 UTC);

/// Commands by their names.
type Commands = BTreeMap<String, u64>;

async fn commands(server: &Server) -> Commands {
    let stats: String = server.ask("INFO commandstats").await;
    let counts = stats.lines().filter_map(|line| {
        let (name, figures) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
        let (calls, _) = figures.split_once(',')?;
        // What the test asks, and what its connection and that of an idle client say.
        let is_of_test = ["info", "ping", "hello"].contains(&name) || name.contains('|');
        (!is_of_test).then(|| (name.to_owned(), calls.parse().unwrap()))
    });
    counts.collect()
}

/// Asserts that `act` sends exactly these commands.
async fn costs<T>(server: &Server, expected: &[(&str, u64)], act: impl Future<Output = T>) -> T {
    let before = commands(server).await;
    let value = act.await;
    let after = commands(server).await.into_iter().map(|(name, calls)| {
        let former = before.get(&name).copied().unwrap_or_default();
        (name, calls - former)
    });
    let sent: Commands = after.filter(|(_, calls)| *calls > 0).collect();
    let expected = expected.iter().map(|(name, calls)| ((*name).to_owned(), *calls)).collect();
    assert_eq!(sent, expected);
    value
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn each_act_on_sessions_is_one_command_or_one_script() {
    let server = Server::start(&[]).await;
    let store = RedisSessionStore::new(open(&server.url, "passport"));
    let lifetime = Lifetime::new(Duration::from_hours(1), Duration::from_hours(24)).unwrap();
    let digest = || SessionToken::generate(&mut rand::rng()).digest();
    let subject = Uuid::new_v4();
    let new_session = || (digest(), Session::begin(NewSession::new(subject, lifetime), NOW));
    let (lease, later) = (Duration::from_mins(1), NOW + Duration::from_mins(10));
    // Each script is loaded once in the life of a server.
    let (old, session) = new_session();
    store.create(&old, &session).await.unwrap();
    store.touch(&old, later).await.unwrap();
    let new = digest();
    assert!(store.rotate(&old, &new, &session, NOW).await.unwrap());
    store.list(subject, NOW).await.unwrap();
    let seen = store.look_up(&new, NOW).await.unwrap().unwrap();
    assert!(store.fill(&new, &session, &seen.version, b"value").await.unwrap());
    store.invalidate(subject).await.unwrap();
    store.revoke(subject, session.id).await.unwrap();

    let [(one, session), (two, other)] = [new_session(), new_session()];
    let create = [("evalsha", 1), ("hlen", 1), ("hset", 2), ("pexpire", 2), ("pttl", 1)];
    costs(&server, &create, store.create(&one, &session)).await.unwrap();
    store.create(&two, &other).await.unwrap();
    let cold = [("hgetall", 1), ("hmget", 1)];
    let seen = costs(&server, &cold, store.look_up(&one, NOW)).await.unwrap().unwrap();
    let fill = [("evalsha", 1), ("exists", 2), ("hget", 2), ("hset", 1)];
    let filled = store.fill(&one, &session, &seen.version, &[7; 112]);
    assert!(costs(&server, &fill, filled).await.unwrap());

    let found = costs(&server, &[("hmget", 1)], store.look_up(&one, NOW)).await.unwrap().unwrap();
    assert_eq!(found.value, Some(vec![7; 112]));
    // What finds, uses and lists sessions costs as much as without an entry.
    costs(&server, &[("hgetall", 1)], store.find(&one, NOW)).await.unwrap().unwrap();
    let touch = [("evalsha", 1), ("hmget", 1), ("hset", 1), ("pexpire", 1)];
    costs(&server, &touch, store.touch(&one, later)).await.unwrap();
    let list = [("evalsha", 1), ("hgetall", 3)];
    assert_eq!(costs(&server, &list, store.list(subject, later)).await.unwrap().len(), 2);

    let change = ChangeId::random();
    let drop = [("evalsha", 1), ("exists", 2), ("hdel", 2), ("hset", 2), ("hvals", 1)];
    let announced = [&drop[..], &[("sadd", 1), ("pttl", 1), ("pexpire", 1)]].concat();
    costs(&server, &announced, store.begin_change(subject, change, lease)).await.unwrap();
    let ended = [&drop[..], &[("srem", 1)]].concat();
    costs(&server, &ended, store.end_change(subject, change)).await.unwrap();
    costs(&server, &drop, store.invalidate(subject)).await.unwrap();
}
