//! Clauses about two steps in one act.

use std::sync::Arc;

use crate::client::Delivery;
use crate::outbox::{Attempt, AttemptStatus, Claimed, End, LeaseCheck, Opened, Outbox};
use crate::testing::room::{HOLD, Room, lease};
use crate::testing::{LAPSED, NOW};

const ACCEPTED: End<'static> =
    End { gateway: "a", status: AttemptStatus::Accepted, provider_id: Some("1") };

/// A message that is opened with an attempt is in doubt at that gateway. Opening it again, with
/// whatever attempt, changes nothing.
pub async fn a_message_is_opened_with_its_first_attempt(outbox: Arc<dyn Outbox>) {
    let room = Room::opened_at("a", outbox, NOW).await;
    for first in [None, Some("a"), Some("b")] {
        let opened = room.outbox.open(room.entry(), lease(NOW), first, LAPSED).await;
        assert_eq!(opened.expect("outbox answers"), Opened::Known, "{first:?}");
    }
    assert_eq!(room.claim(LAPSED).await, attempted(&room, AttemptStatus::InDoubt));
}

/// A message that is settled or deferred with an end is closed, and its attempt has ended.
pub async fn a_message_is_closed_with_the_end_of_its_attempt(outbox: Arc<dyn Outbox>) {
    let settled = Room::opened_at("a", Arc::clone(&outbox), NOW).await;
    assert_eq!(settled.settle_with(Some(ACCEPTED)).await, LeaseCheck::Held);
    assert_eq!(settled.claim(LAPSED).await, []);
    assert!(settled.receipt("a", "1", Delivery::Delivered).await, "the attempt was accepted");

    let deferred = Room::opened_at("a", outbox, NOW).await;
    assert_eq!(deferred.defer_with(Some(ACCEPTED), LAPSED).await, LeaseCheck::Held);
    assert_eq!(deferred.due(LAPSED).await, attempted(&deferred, AttemptStatus::Accepted));
}

/// A sender that has lost the message cannot close it, but what it knows of its attempt counts.
pub async fn a_lost_closing_still_ends_the_attempt(outbox: Arc<dyn Outbox>) {
    for is_deferred in [false, true] {
        let room = Room::opened_at("a", Arc::clone(&outbox), NOW).await;
        assert_eq!(room.claim(LAPSED).await.len(), 1);
        let closed = if is_deferred {
            room.defer_with(Some(ACCEPTED), LAPSED).await
        } else {
            room.settle_with(Some(ACCEPTED)).await
        };
        assert_eq!(closed, LeaseCheck::Lost, "{is_deferred}");
        let claimed = room.claim(LAPSED + HOLD).await;
        assert_eq!(claimed, attempted(&room, AttemptStatus::Accepted), "{is_deferred}");
    }
}

/// The message of `room` as it is claimed after one attempt at `a`.
fn attempted(room: &Room, status: AttemptStatus) -> [Claimed; 1] {
    let attempt = Attempt { status, ..Attempt::new("a", NOW) };
    let entry = room.entry();
    let (id, sealed, expires_at) = (entry.id, entry.sealed.clone(), entry.expires_at);
    [Claimed { id, sealed, expires_at, attempts: vec![attempt] }]
}
