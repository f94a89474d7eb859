//! The client is gone before the answer.

use std::time::Duration;

use diesel::{Connection, SqliteConnection, connection::SimpleConnection};

use super::{is_problem, is_replay, sessions::end_other_sessions};
use crate::support::Service;

/// While the test holds the lock of the database, the call is under way and cannot end. The records of
/// calls are in memory, so its duplicates are answered meanwhile.
#[tokio::test]
async fn idem_6_the_answer_is_stored_although_the_client_is_gone() {
    let service = Service::start(&[("store.url", "memory:"), ("session.store", "database")]).await;
    let call = end_other_sessions(&service).await;
    let file = service.folder().path().join("passport.db");
    let mut database = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    database.batch_execute("PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE").unwrap();

    let socket = call.begin(&service).await;
    // The edge reads and dispatches it at once; a duplicate must not come first.
    tokio::time::sleep(Duration::from_millis(300)).await;
    is_problem(&call.send().await, 409, "idempotency-key-in-progress");
    socket.set_zero_linger().unwrap();
    drop(socket);
    tokio::time::sleep(Duration::from_millis(200)).await;
    is_problem(&call.send().await, 409, "idempotency-key-in-progress");

    database.batch_execute("COMMIT").unwrap();
    let reply = call.repeat_until_done().await;
    is_replay(&reply, &call);
}
