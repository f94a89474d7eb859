//! Clauses about deferred messages.

use std::sync::Arc;
use std::time::Duration;

use crate::client::{Delivery, Receipt};
use crate::outbox::{AttemptStatus, Idle, LeaseCheck, Outbox, ReceiptEffect};
use crate::testing::room::{HOLD, LIFE, Room, lease};
use crate::testing::{LAPSED, NOW};

/// A deferred message is claimed between its due moment and its expiry, with everything that is
/// known, and is not abandoned.
pub async fn a_deferred_message_is_claimed_when_due(outbox: Arc<dyn Outbox>) {
    let room = Room::accepted(outbox, "a", "1").await;
    let due = LAPSED + HOLD;
    assert_eq!(room.defer(due).await, LeaseCheck::Held);
    assert!(room.receipt("a", "1", Delivery::Sent).await);
    assert!(room.outbox.redeemed(room.entry().id).await.expect("outbox answers"));
    assert_eq!(room.due(due - Duration::from_millis(1)).await, []);
    assert_eq!(room.claim(due).await, [], "a deferred message is not abandoned");
    let claimed = room.due(due).await;
    let [message] = claimed.as_slice() else { panic!("one message: {claimed:?}") };
    assert_eq!((message.id, &message.sealed), (room.entry().id, &room.entry().sealed));
    let [attempt] = message.attempts.as_slice() else { panic!("one attempt: {message:?}") };
    assert_eq!((attempt.gateway.as_str(), attempt.status), ("a", AttemptStatus::Accepted));
    assert_eq!((attempt.delivery, attempt.is_redeemed), (Some(Delivery::Sent), true));
    assert_eq!(room.due(due).await, [], "the message is leased");
    assert_eq!(room.due(due + HOLD).await, [], "a leased message is not due");
    assert_eq!(room.claim(due + HOLD).await.len(), 1, "after the lease the message is abandoned");

    let expired = Room::accepted(Arc::clone(&room.outbox), "a", "2").await;
    assert_eq!(expired.defer(due).await, LeaseCheck::Held);
    assert_eq!(room.due(NOW + LIFE).await, []);
}

/// The process that deferred a message holds no lease any more.
pub async fn deferring_ends_the_lease(outbox: Arc<dyn Outbox>) {
    let room = Room::accepted(outbox, "a", "1").await;
    assert_eq!(room.defer(LAPSED).await, LeaseCheck::Held);
    assert_eq!(room.defer(NOW).await, LeaseCheck::Lost);
    assert_eq!(room.begin("b", NOW).await, LeaseCheck::Lost);
    assert_eq!(room.settle().await, LeaseCheck::Lost);
    let claimed = room.due(LAPSED).await;
    assert_eq!(claimed.len(), 1, "{claimed:?}");
    assert_eq!(claimed[0].attempts.len(), 1, "{claimed:?}");

    let settled = Room::accepted(Arc::clone(&room.outbox), "a", "2").await;
    assert_eq!(settled.settle().await, LeaseCheck::Held);
    assert_eq!(settled.defer(NOW).await, LeaseCheck::Lost, "a settled message cannot be deferred");
    assert_eq!(settled.due(LAPSED).await, []);
}

/// The user waits for this message; other messages can wait.
pub async fn undelivered_messages_are_due_at_once(outbox: Arc<dyn Outbox>) {
    let due = LAPSED + HOLD;
    for delivery in [Delivery::Sent, Delivery::Delivered] {
        let provider_id = delivery.as_str();
        let room = Room::accepted(Arc::clone(&outbox), "a", provider_id).await;
        assert_eq!(room.defer(due).await, LeaseCheck::Held);
        assert!(room.receipt("a", provider_id, delivery).await);
        assert_eq!(room.due(NOW).await, [], "{delivery}");
    }
    let room = Room::accepted(outbox, "a", "1").await;
    assert_eq!(room.defer(due).await, LeaseCheck::Held);
    assert!(!room.receipt("b", "1", Delivery::Undelivered).await, "another gateway");
    assert_eq!(room.due(NOW).await, []);
    assert!(room.coded_receipt("a", "1", Delivery::Undelivered, "MK:0001").await);
    let claimed = room.due(NOW).await;
    let [message] = claimed.as_slice() else { panic!("one message: {claimed:?}") };
    let attempt = &message.attempts[0];
    assert_eq!((attempt.delivery, attempt.code.as_str()), (Some(Delivery::Undelivered), "MK:0001"));
}

/// The user waits for an undelivered message, but not for messages that are only checked.
pub async fn undelivered_messages_are_due_first(outbox: Arc<dyn Outbox>) {
    for (provider_id, due) in [("1", NOW), ("2", LAPSED + HOLD), ("3", NOW + HOLD / 2)] {
        let room = Room::accepted(Arc::clone(&outbox), "a", provider_id).await;
        assert_eq!(room.defer(due).await, LeaseCheck::Held);
    }
    let late = NOW + HOLD / 3;
    for provider_id in ["2", "3"] {
        let provider_id = provider_id.to_owned();
        let receipt = Receipt::new(provider_id, Delivery::Undelivered, "");
        let noted = outbox.receipt("a", &receipt, late).await.expect("outbox answers");
        assert_eq!(noted, ReceiptEffect::News);
    }
    let mut deliveries = Vec::new();
    for _ in 0..3 {
        let claimed = outbox.claim(Idle::Due, lease(late), late, 1).await.expect("outbox answers");
        deliveries.extend(claimed.iter().map(|it| it.attempts[0].delivery));
    }
    assert_eq!(deliveries, [Some(Delivery::Undelivered), Some(Delivery::Undelivered), None]);
}

/// A receipt of failure does not end a lease, nor does a repeated one or one for a settled message.
pub async fn a_receipt_ends_no_lease(outbox: Arc<dyn Outbox>) {
    let held = Room::accepted(Arc::clone(&outbox), "a", "1").await;
    assert!(held.receipt("a", "1", Delivery::Undelivered).await);
    assert_eq!((held.due(NOW).await, held.claim(NOW).await), (vec![], vec![]));
    assert_eq!(held.defer(LAPSED).await, LeaseCheck::Held);
    assert!(!held.receipt("a", "1", Delivery::Undelivered).await);
    assert_eq!(held.due(NOW).await, [], "the status was known");
    assert_eq!(held.due(LAPSED).await.len(), 1);

    let settled = Room::accepted(outbox, "a", "2").await;
    assert_eq!(settled.settle().await, LeaseCheck::Held);
    assert!(settled.receipt("a", "2", Delivery::Undelivered).await);
    assert_eq!((settled.due(NOW).await, settled.claim(NOW).await), (vec![], vec![]));
}

/// A queried status only advances, counts only for an accepted attempt, and is stored with its
/// code.
pub async fn a_found_status_counts_like_a_receipt(outbox: Arc<dyn Outbox>) {
    use Delivery::{Delivered, Sent, Undelivered};

    let room = Room::accepted(outbox, "a", "1").await;
    let id = room.entry().id;
    let found = async |gateway: &str, delivery: Delivery, code: &str| {
        room.outbox.found(id, gateway, delivery, code).await.expect("outbox answers")
    };
    assert!(found("a", Undelivered, "MK:0001").await);
    assert!(!found("a", Undelivered, "MK:0002").await, "a repeated status is not new");
    assert!(!found("a", Sent, "").await);
    assert!(!room.receipt("a", "1", Sent).await, "nor by receipt");
    assert!(!found("b", Delivered, "").await, "another gateway");
    assert_eq!(room.begin("c", NOW).await, LeaseCheck::Held);
    assert!(!found("c", Delivered, "").await, "not accepted");
    let claimed = room.claim(LAPSED).await;
    let known: Vec<_> = claimed[0]
        .attempts
        .iter()
        .map(|it| (it.gateway.as_str(), it.delivery, it.code.as_str()))
        .collect();
    assert_eq!(known, [("a", Some(Undelivered), "MK:0001"), ("c", None, "")]);
    assert!(room.receipt("a", "1", Delivered).await, "some carriers correct a failure");
}
