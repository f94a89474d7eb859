//! PostgreSQL fails and recovers: meanwhile queries fail quickly, and no restart is needed afterwards.

use std::time::{Duration, Instant};

use futures::future::join_all;
use passport_storage_diesel::{Database, DatabaseError};
use tokio::join;

use crate::{proxy::Proxy, room};

/// The timeout of two seconds, and a margin for a busy machine.
const SOON: Duration = Duration::from_secs(4);

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn a_server_that_died_and_came_back() {
    let (mut proxy, database) = database_behind_proxy().await;
    proxy.die().await;
    fails_soon(&database).await;
    assert!(matches!(database.ping().await, Err(DatabaseError::Unreachable { .. })));
    proxy.come_back().await;
    works(&database).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn a_server_that_fell_silent_and_speaks_again() {
    let (proxy, database) = database_behind_proxy().await;
    proxy.fall_silent();
    fails_soon(&database).await;
    assert!(matches!(database.ping().await, Err(DatabaseError::Unreachable { .. })));
    proxy.speak_again();
    works(&database).await;
}

async fn database_behind_proxy() -> (Proxy, Database) {
    let url = room::postgres_url().await;
    let (proxy, url) = Proxy::before(&url).await;
    let database = room::migrated(&url).await;
    // Leaves several connections in the pool.
    let users = database.users();
    let inserts = (0..8).map(|number| {
        let (users, user) = (users.clone(), room::user(number));
        async move { room::add(&users, &user).await.unwrap() }
    });
    join_all(inserts).await;
    (proxy, database)
}

async fn fails_soon(database: &Database) {
    let (users, signed_in) = (database.users(), database.signed_in_users());
    let (phone, digest) = (room::phone(1), room::digest());
    let asking = (0..20).map(|_| async {
        let began = Instant::now();
        let found = join!(users.find_by_phone(&phone), signed_in.find(&digest, room::NOW));
        assert!(found.0.is_err() && found.1.is_err(), "the server does not answer: {found:?}");
        assert!(began.elapsed() < SOON, "it took {:?}", began.elapsed());
    });
    join_all(asking).await;
}

/// Asserts that all callers are served at once: every broken connection of the pool is detected.
async fn works(database: &Database) {
    let (users, signed_in) = (database.users(), database.signed_in_users());
    let (phone, digest) = (room::phone(1), room::digest());
    let asking = (0..20)
        .map(|_| async { join!(users.find_by_phone(&phone), signed_in.find(&digest, room::NOW)) });
    for (user, session) in join_all(asking).await {
        assert!(user.expect("the server is back").is_some());
        assert!(session.expect("the server is back").is_none());
    }
    room::add(&users, &room::user(100)).await.expect("the server is back");
    database.ping().await.expect("the server is back");
}
