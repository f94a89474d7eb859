//! What was written and answered is there after `kill -9`.

use crate::{child, room};

#[tokio::test]
async fn an_answered_insert_survives_a_kill() {
    for url in room::urls().await {
        room::migrated(&url).await;
        let mut child = child::spawn("insert", &url);
        child::wait_until_answered(&mut child);
        child.kill().unwrap();
        child.wait().unwrap();

        let users = room::connect(&url).await.users();
        let found = users.find_by_phone(&room::user(1).phone).await.unwrap();
        assert!(found.is_some(), "{url}: the user is lost");
        users.insert(&room::user(2)).await.expect("the database still takes writes");
    }
}
