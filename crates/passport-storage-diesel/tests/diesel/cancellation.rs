//! A caller that gives up, as actix makes handlers do when the client hangs up, harms nobody.

use std::time::Duration;

use diesel::SqliteConnection;
use diesel_async::{
    AsyncConnection, SimpleAsyncConnection, sync_connection_wrapper::SyncConnectionWrapper,
};

use crate::room;

/// On an executor of one thread, as actix has.
#[tokio::test(flavor = "current_thread")]
async fn a_write_is_finished_without_its_caller() {
    for url in room::urls().await {
        let users = room::migrated(&url).await.users();
        for number in 1..=20 {
            let (user, micros) = (room::user(number), u64::from(number) * 50);
            _ = tokio::time::timeout(Duration::from_micros(micros), users.insert(&user)).await;
        }
        users.insert(&room::user(100)).await.expect("the next caller is served");
        assert!(users.find_by_phone(&room::user(100).phone).await.unwrap().is_some());
    }
}

/// Why SQLite is not asked through diesel-async's wrapper as it comes. When this fails, it may be.
#[tokio::test(flavor = "current_thread")]
#[should_panic(expected = "multi-threaded runtime")]
async fn the_wrapper_as_it_comes_panics() {
    let path = room::directory().join("wrapper.db");
    let mut connection =
        SyncConnectionWrapper::<SqliteConnection>::establish(path.to_str().unwrap()).await.unwrap();
    let slow = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1000000) \
                SELECT max(n) FROM n";
    _ = tokio::time::timeout(Duration::from_millis(1), connection.batch_execute(slow)).await;
}
