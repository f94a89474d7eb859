//! A PostgreSQL database that several runtimes use, as the threads of a web server do.

use std::time::Duration;

use diesel::{QueryableByName, sql_types::BigInt};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use futures::future::join_all;
use passport_storage_diesel::Database;
use tokio::{runtime::Builder, task::spawn_blocking, time::sleep};

use crate::room;

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
