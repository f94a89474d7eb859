//! Clauses about receipts that arrive before the record.

use std::sync::Arc;
use std::time::Duration;

use crate::outbox::{AttemptStatus, LeaseCheck, Outbox, ReceiptEffect};
use crate::testing::room::{HOLD, Room};
use crate::testing::{LAPSED, NOW};

/// The receipt is early until the gateway's id is recorded, and counts then.
pub async fn a_receipt_may_arrive_before_the_end(outbox: Arc<dyn Outbox>) {
    let room = Room::open(outbox, NOW).await;
    assert_eq!(room.noted("a", "1", NOW).await, ReceiptEffect::Stray, "nothing was tried");
    assert_eq!(room.begin("a", NOW).await, LeaseCheck::Held);
    assert_eq!(room.noted("a", "1", NOW).await, ReceiptEffect::Early);
    assert_eq!(
        room.noted("a", "1", NOW).await,
        ReceiptEffect::Early,
        "an early receipt is not kept"
    );
    room.end("a", AttemptStatus::Accepted, Some("1")).await;
    assert_eq!(room.noted("a", "1", NOW).await, ReceiptEffect::News);
    assert_eq!(room.noted("a", "1", NOW).await, ReceiptEffect::Known);
    assert_eq!(room.noted("a", "2", NOW).await, ReceiptEffect::Stray);
    // A recorded id counts, whatever other attempts are under way.
    let other = Room::open(Arc::clone(&room.outbox), NOW).await;
    assert_eq!(other.begin("a", NOW).await, LeaseCheck::Held);
    assert_eq!(room.noted("a", "1", NOW).await, ReceiptEffect::Known);
}

/// Without a running sender a doubt is not settled by a receipt, and a receipt cannot belong to a
/// later attempt.
pub async fn only_possible_receipts_are_early(outbox: Arc<dyn Outbox>) {
    let begun = async |gateway: &str| {
        let room = Room::open(Arc::clone(&outbox), NOW).await;
        assert_eq!(room.begin(gateway, NOW).await, LeaseCheck::Held);
        room
    };
    let room = begun("later").await;
    let before = NOW - Duration::from_micros(1);
    assert_eq!(
        room.noted("later", "1", before).await,
        ReceiptEffect::Stray,
        "the receipt came before the attempt"
    );
    assert_eq!(room.noted("other", "1", NOW).await, ReceiptEffect::Stray, "another gateway");
    assert_eq!(room.noted("later", "1", LAPSED - HOLD / 2).await, ReceiptEffect::Early);
    assert_eq!(
        room.noted("later", "1", LAPSED).await,
        ReceiptEffect::Stray,
        "the sending process stopped"
    );

    let room = begun("settled").await;
    assert_eq!(room.settle().await, LeaseCheck::Held);
    assert_eq!(room.noted("settled", "1", NOW).await, ReceiptEffect::Stray);

    let room = begun("aside").await;
    assert_eq!(room.defer(LAPSED).await, LeaseCheck::Held);
    assert_eq!(room.noted("aside", "1", NOW).await, ReceiptEffect::Stray);

    for status in [AttemptStatus::NotSent, AttemptStatus::Refused, AttemptStatus::Barred] {
        let room = begun(status.as_str()).await;
        room.end(status.as_str(), status, None).await;
        assert_eq!(room.noted(status.as_str(), "1", NOW).await, ReceiptEffect::Stray);
    }
}
