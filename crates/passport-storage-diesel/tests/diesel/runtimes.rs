//! A PostgreSQL database that several runtimes use, as the threads of a web server do.

use std::time::Duration;

use diesel::{QueryableByName, sql_types::BigInt};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use futures::future::join_all;
use passport_storage_diesel::{Database, DatabaseOptions};
use tokio::{
    runtime::Builder,
    task::{JoinSet, spawn_blocking},
    time::sleep,
};

use crate::{room, signed_in::session};

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Connections of the test whose URL has `name` as the name of the application.
async fn connections(name: &str) -> i64 {
    let mut connection = AsyncPgConnection::establish(&room::postgres_server()).await.unwrap();
    let query = format!("SELECT count(*) FROM pg_stat_activity WHERE application_name = '{name}'");
    diesel::sql_query(query).get_result::<Count>(&mut connection).await.unwrap().count
}

/// Makes `queries` at once on a runtime of its own, which then ends.
async fn ask_elsewhere(database: &Database, queries: usize) {
    let users = database.users();
    let asking = spawn_blocking(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let phone = room::phone(1);
        runtime.block_on(join_all((0..queries).map(|_| users.find_by_phone(&phone))))
    });
    for found in asking.await.unwrap() {
        found.expect("PostgreSQL answers");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn a_query_has_a_connection_of_its_own_runtime() {
    let url = room::with_parameter(&room::postgres_url().await, "application_name=runtimes_own");
    let database = room::migrated(&url).await;
    let at_home = connections("runtimes_own").await;
    ask_elsewhere(&database, 3).await;
    // Those of the runtime that ended are closed, and were others than those at home.
    let mut polls = 0;
    while connections("runtimes_own").await != at_home {
        polls += 1;
        assert!(polls < 400, "more connections than the {at_home} at home");
        sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn no_query_fails_because_another_runtime_ended() {
    let database = room::migrated(&room::postgres_url().await).await;
    for queries in [1, 16, 40] {
        ask_elsewhere(&database, queries).await;
        let (users, phone) = (database.users(), room::phone(1));
        for found in join_all((0..20).map(|_| users.find_by_phone(&phone))).await {
            found.expect("a connection that lives");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn queries_by_a_key_share_a_connection_while_they_are_outstanding() {
    let url = room::with_parameter(&room::postgres_url().await, "application_name=runtimes_key");
    let database = room::migrated(&url).await;
    let (users, sessions) = (database.users(), database.sessions());
    let mut signed_in = Vec::new();
    for number in 0..30 {
        let (user, digest) = (room::user(number), room::digest());
        room::add(&users, &user).await.unwrap();
        sessions.create(&digest, &session(&user)).await.unwrap();
        signed_in.push((user, digest));
    }
    let before = connections("runtimes_key").await;
    let reader = database.signed_in_users();
    let asking = spawn_blocking(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let asking = signed_in.iter().map(async |(user, digest)| {
                let found = reader.find(digest, room::NOW).await.expect("PostgreSQL answers");
                assert_eq!(found.expect("the session is active").1.id, user.id);
            });
            join_all(asking).await;
            connections("runtimes_key").await
        })
    });
    assert_eq!(asking.await.unwrap(), before + 1, "30 queries have one connection");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn queries_that_share_a_connection_leave_it_to_others() {
    let url = room::postgres_url().await;
    room::migrated(&url).await;
    let options = DatabaseOptions { max_connections: 1, ..DatabaseOptions::default() };
    let database = Database::connect(&url, options).await.unwrap();
    let mut endless = JoinSet::new();
    for _ in 0..16 {
        let (signed_in, digest) = (database.signed_in_users(), room::digest());
        endless.spawn(async move {
            loop {
                signed_in.find(&digest, room::NOW).await.expect("PostgreSQL answers");
            }
        });
    }
    let (users, phone) = (database.users(), room::phone(1));
    for _ in 0..20 {
        users.find_by_phone(&phone).await.expect("a place in the queue");
    }
    assert!(endless.try_join_next().is_none(), "one of them has failed");
}
