//! Cancelled callers, as actix cancels handlers when the client disconnects, do not affect others.

use std::time::Duration;

use diesel::{Connection, SqliteConnection, connection::SimpleConnection};
use diesel_async::{
    AsyncConnection, AsyncPgConnection, SimpleAsyncConnection,
    sync_connection_wrapper::SyncConnectionWrapper,
};
use passport_storage_diesel::{Database, DatabaseOptions};
use tokio::time::timeout;

use crate::room;

/// On an executor of one thread, as actix has.
async fn a_write_is_finished_without_its_caller(url: String) {
    room::migrated(&url).await;
    // The next caller waits for the same connection, and so for the write.
    let options = DatabaseOptions { max_connections: 1, answer_timeout: LONG, busy_timeout: LONG };
    let users = Database::connect(&url, options).await.unwrap().users();
    for number in 1..=3 {
        let (user, next) = (room::user(number), room::user(100 + number));
        let lock = Lock::take(&url).await;
        let writing = timeout(Duration::from_millis(500), room::add(&users, &user)).await;
        assert!(writing.is_err(), "{url}: it did not wait for the lock: {writing:?}");
        lock.release().await;
        room::add(&users, &next).await.expect("the next caller is served");
        let found = users.find_by_phone(&room::phone(number)).await.unwrap();
        assert!(found.is_some(), "{url}: user {number} is lost");
    }
}

room::on_each_database!("current_thread", a_write_is_finished_without_its_caller);

/// Whenever the caller is cancelled, its write is done whole or not at all.
async fn a_cancelled_caller_does_not_affect_others(url: String) {
    let users = room::migrated(&url).await.users();
    for number in 1..=20 {
        let (user, micros) = (room::user(number), u64::from(number) * 50);
        _ = timeout(Duration::from_micros(micros), room::add(&users, &user)).await;
    }
    room::add(&users, &room::user(100)).await.expect("the next caller is served");
    assert!(users.find_by_phone(&room::phone(100)).await.unwrap().is_some());
}

room::on_each_database!("current_thread", a_cancelled_caller_does_not_affect_others);

/// Longer than any test.
const LONG: Duration = Duration::from_secs(30);

/// Lock that blocks writes of users.
enum Lock {
    Postgres(Box<AsyncPgConnection>),
    Sqlite(SqliteConnection),
}

impl Lock {
    async fn take(url: &str) -> Self {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let mut connection = SqliteConnection::establish(path).unwrap();
            connection.batch_execute("BEGIN IMMEDIATE").unwrap();
            Self::Sqlite(connection)
        } else {
            let mut connection = AsyncPgConnection::establish(url).await.unwrap();
            let lock = "BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE";
            SimpleAsyncConnection::batch_execute(&mut connection, lock).await.unwrap();
            Self::Postgres(Box::new(connection))
        }
    }

    async fn release(self) {
        match self {
            Self::Postgres(mut connection) => {
                SimpleAsyncConnection::batch_execute(&mut *connection, "ROLLBACK").await.unwrap();
            }
            Self::Sqlite(mut connection) => connection.batch_execute("ROLLBACK").unwrap(),
        }
    }
}

/// The reason why diesel-async's wrapper is not used in its default form. If this fails, it can be.
#[tokio::test(flavor = "current_thread")]
#[should_panic(expected = "multi-threaded runtime")]
async fn the_wrapper_as_it_comes_panics() {
    let path = room::directory().join("wrapper.db");
    let mut connection =
        SyncConnectionWrapper::<SqliteConnection>::establish(path.to_str().unwrap()).await.unwrap();
    let slow = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1000000) \
                SELECT max(n) FROM n";
    _ = tokio::time::timeout(
        Duration::from_millis(1),
        SimpleAsyncConnection::batch_execute(&mut connection, slow),
    )
    .await;
}
