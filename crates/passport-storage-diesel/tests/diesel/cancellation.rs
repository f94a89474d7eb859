//! A caller that gives up, as actix makes handlers do when the client hangs up, harms nobody.

use std::time::Duration;

use crate::room;

/// On an executor of one thread, as actix has: there diesel-async's own wrapper panics.
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
