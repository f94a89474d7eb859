use std::sync::Arc;

use uuid::Uuid;

use crate::outbox::{AttemptStatus, Outbox, Way, Which};
use crate::testing::NOW;
use crate::testing::room::Room;

/// The gateways that may have delivered a message are found by its id, and the one that accepted it by
/// its own id.
pub async fn the_ways_of_a_message_are_found(outbox: Arc<dyn Outbox>) {
    let room = Room::open(Arc::clone(&outbox), NOW).await;
    let ways = async |which: Which<'_>| {
        let mut ways = outbox.ways(which).await.expect("outbox answers");
        ways.sort_by(|a, b| a.gateway.cmp(&b.gateway));
        ways
    };
    let way = |gateway: &str| Way { gateway: gateway.to_owned(), country: room.entry().country };
    let id = room.entry().id;
    assert_eq!(ways(Which::Message(id)).await, [], "nothing was tried");
    for (gateway, status, provider_id) in [
        ("a", Some(AttemptStatus::NotSent), None),
        ("b", None, None),
        ("c", Some(AttemptStatus::Refused), None),
        ("d", Some(AttemptStatus::Accepted), Some("id-1")),
    ] {
        _ = room.begin(gateway, NOW).await;
        if let Some(status) = status {
            room.end(gateway, status, provider_id).await;
        }
    }
    assert_eq!(ways(Which::Message(id)).await, [way("b"), way("d")]);
    let accepted = |gateway, provider_id| Which::Accepted { gateway, provider_id };
    assert_eq!(ways(accepted("d", "id-1")).await, [way("d")]);
    assert_eq!(ways(accepted("d", "id-2")).await, []);
    assert_eq!(ways(accepted("b", "id-1")).await, []);
    assert_eq!(ways(Which::Message(Uuid::new_v4())).await, []);
}
