//! Contract of [`Outbox`]: one function per clause.
//!
//! An adapter runs every clause as a separate test, on a fresh outbox:
//!
//! ```text
//! passport_sms_client::outbox_contract!(fresh_outbox());
//! ```
//!
//! where `fresh_outbox()` is a future of `Arc<dyn Outbox>`. An attribute before it applies
//! to every test, for example in an adapter whose server is not present on every machine:
//!
//! ```text
//! passport_sms_client::outbox_contract!(#[ignore = "needs PostgreSQL"] fresh_outbox());
//! ```
//!
//! Two clauses are not in the macro, because only the adapter's tests can make its outbox fail:
//! [`unwritten_messages_do_not_exist`] and [`a_lost_answer_is_no_refusal`].

#![expect(clippy::missing_panics_doc, reason = "a clause reports a violation by a panic")]

use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;
use time::macros::datetime;

use crate::client::{Delivery, Receipt};
use crate::outbox::{
    AttemptStatus, Claimed, End, Idle, LeaseCheck, Opened, Outbox, RECEIPT_WINDOW, ReceiptEffect,
};
use crate::testing::room::{HOLD, LIFE, Room, lease};

pub use crate::testing::bills::{bills_are_kept_and_summed, only_accepted_attempts_have_a_bill};
pub use crate::testing::combined::{
    a_lost_closing_still_ends_the_attempt, a_message_is_closed_with_the_end_of_its_attempt,
    a_message_is_opened_with_its_first_attempt,
};
pub use crate::testing::deferred::{
    a_deferred_message_is_claimed_when_due, a_found_status_counts_like_a_receipt,
    a_receipt_ends_no_lease, deferring_ends_the_lease, undelivered_messages_are_due_at_once,
    undelivered_messages_are_due_first,
};
pub use crate::testing::early::{
    a_receipt_may_arrive_before_the_end, only_possible_receipts_are_early,
};
pub use crate::testing::failures::{a_lost_answer_is_no_refusal, unwritten_messages_do_not_exist};
pub use crate::testing::races::{
    a_due_message_is_claimed_once, a_message_is_opened_once, a_receipt_during_the_end_is_not_lost,
    begin_and_claim_exclude_each_other, claim_is_exclusive,
};
pub use crate::testing::ways::the_ways_of_a_message_are_found;

mod bills;
mod combined;
mod deferred;
mod early;
mod failures;
mod races;
mod room;
mod ways;

const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30 UTC);
const LAPSED: OffsetDateTime = datetime!(2026-11-22 09:44:00 UTC);

/// Expands to one `#[tokio::test]` for each clause of the [contract](crate::testing).
#[macro_export]
macro_rules! outbox_contract {
    (#[$attribute:meta] $outbox:expr) => {
        $crate::outbox_contract! { @clauses [#[$attribute]] $outbox }
    };
    ($outbox:expr) => {
        $crate::outbox_contract! { @clauses [] $outbox }
    };
    (@clauses $attributes:tt $outbox:expr) => {
        $crate::outbox_contract! { @tests $attributes $outbox;
            a_leased_message_is_not_claimed,
            an_abandoned_message_is_claimed_with_its_record,
            the_longest_abandoned_are_claimed_first,
            settled_messages_are_not_claimed,
            expired_messages_are_not_claimed,
            a_lost_lease_allows_no_step,
            begin_renews_the_lease,
            another_attempt_keeps_the_first_start,
            receipts_go_forward_only,
            receipts_count_only_for_known_and_open_messages,
            a_receipt_may_arrive_after_the_message_is_settled,
            a_receipt_may_arrive_before_the_end,
            only_possible_receipts_are_early,
            a_redeemed_code_counts_once,
            the_ways_of_a_message_are_found,
            bills_are_kept_and_summed,
            only_accepted_attempts_have_a_bill,
            figures_are_by_gateway_and_destination,
            untried_messages_are_counted_when_they_are_settled,
            purge_deletes_old_messages,
            a_message_is_opened_with_its_first_attempt,
            a_message_is_closed_with_the_end_of_its_attempt,
            a_lost_closing_still_ends_the_attempt,
            a_deferred_message_is_claimed_when_due,
            deferring_ends_the_lease,
            undelivered_messages_are_due_at_once,
            undelivered_messages_are_due_first,
            a_receipt_ends_no_lease,
            a_found_status_counts_like_a_receipt,
            a_message_is_opened_once,
            claim_is_exclusive,
            a_due_message_is_claimed_once,
            begin_and_claim_exclude_each_other,
            a_receipt_during_the_end_is_not_lost,
        }
    };
    (@tests $attributes:tt $outbox:expr; $($clause:ident),+ $(,)?) => {
        $($crate::outbox_contract! { @test $attributes $outbox; $clause })+
    };
    (@test [$(#[$attribute:meta])*] $outbox:expr; $clause:ident) => {
        $(#[$attribute])*
        #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $clause() {
            $crate::testing::$clause($outbox.await).await;
        }
    };
}

/// No other process can claim a message while its lease is valid; after its end one can.
pub async fn a_leased_message_is_not_claimed(outbox: Arc<dyn Outbox>) {
    let room = Room::open(outbox, NOW).await;
    let last = LAPSED - Duration::from_millis(1);
    assert_eq!(room.claim(last).await, []);
    let claimed = room.claim(LAPSED).await;
    assert_eq!(claimed.len(), 1, "{claimed:?}");
    assert_eq!(room.claim(LAPSED).await, [], "the message has a new lease");
    assert_eq!(room.claim(LAPSED + HOLD).await.len(), 1, "which expires like the first");
}

/// A claimed message is unchanged, and comes with all its attempts.
pub async fn an_abandoned_message_is_claimed_with_its_record(outbox: Arc<dyn Outbox>) {
    let room = Room::open(outbox, NOW).await;
    let later = NOW + Duration::from_micros(1);
    for (gateway, at) in [("b", NOW), ("a", later)] {
        assert_eq!(room.begin(gateway, at).await, LeaseCheck::Held);
    }
    room.end("b", AttemptStatus::Refused, None).await;
    let claimed = room.claim(later + HOLD).await;
    let [Claimed { id, sealed, expires_at, attempts }] = claimed.as_slice() else {
        panic!("one message: {claimed:?}");
    };
    let entry = room.entry();
    assert_eq!((*id, sealed, *expires_at), (entry.id, &entry.sealed, entry.expires_at));
    let attempts: Vec<_> =
        attempts.iter().map(|it| (it.gateway.as_str(), it.began_at, it.status)).collect();
    assert_eq!(
        attempts,
        [("b", NOW, AttemptStatus::Refused), ("a", later, AttemptStatus::InDoubt)]
    );
}

/// The limit is respected, and every message is claimed eventually.
pub async fn the_longest_abandoned_are_claimed_first(outbox: Arc<dyn Outbox>) {
    let mut ids = Vec::new();
    for second in 0..5 {
        let room = Room::open(Arc::clone(&outbox), NOW - Duration::from_secs(second)).await;
        ids.push(room.entry().id);
    }
    let claimed =
        outbox.claim(Idle::Abandoned, lease(LAPSED), LAPSED, 3).await.expect("outbox answers");
    let mut first: Vec<_> = claimed.iter().map(|it| it.id).collect();
    first.sort_unstable();
    let mut oldest = ids[2..].to_vec();
    oldest.sort_unstable();
    assert_eq!(first, oldest);
    let claimed =
        outbox.claim(Idle::Abandoned, lease(LAPSED), LAPSED, 3).await.expect("outbox answers");
    assert_eq!(claimed.len(), 2);
}

/// A settled message is never sent again.
pub async fn settled_messages_are_not_claimed(outbox: Arc<dyn Outbox>) {
    let room = Room::open(outbox, NOW).await;
    assert_eq!(room.begin("a", NOW).await, LeaseCheck::Held);
    assert_eq!(room.settle().await, LeaseCheck::Held);
    assert_eq!(room.claim(LAPSED).await, []);
    assert_eq!(room.begin("a", NOW).await, LeaseCheck::Lost, "nor begun");
    assert_eq!(room.settle().await, LeaseCheck::Lost, "nor settled");
    let (lease, entry) = (lease(NOW), room.entry());
    let opened = room.outbox.open(entry, lease, None, NOW).await.expect("outbox answers");
    assert_eq!(opened, Opened::Known, "nor opened");
}

/// Expired codes are not sent.
pub async fn expired_messages_are_not_claimed(outbox: Arc<dyn Outbox>) {
    let room = Room::open(outbox, NOW).await;
    assert_eq!(room.claim(NOW + LIFE).await, []);
    assert_eq!(room.claim(NOW + LIFE - Duration::from_millis(1)).await.len(), 1);
}

/// A process that was suspended beyond its lease cannot take another step.
pub async fn a_lost_lease_allows_no_step(outbox: Arc<dyn Outbox>) {
    let room = Room::open(outbox, NOW).await;
    assert_eq!(room.begin("a", NOW).await, LeaseCheck::Held);
    let successor = lease(LAPSED);
    let claimed =
        room.outbox.claim(Idle::Abandoned, successor, LAPSED, 10).await.expect("outbox answers");
    assert_eq!(claimed.len(), 1);
    let id = room.entry().id;
    let begun = room.outbox.begin(id, successor, "a", LAPSED).await.expect("outbox answers");
    assert_eq!(begun, LeaseCheck::Held);

    // The clock of that process may still be before the end of the lease.
    assert_eq!(room.begin("b", NOW).await, LeaseCheck::Lost);
    assert_eq!(room.begin("a", NOW).await, LeaseCheck::Lost);
    let end = |status, provider_id| End { gateway: "a", status, provider_id };
    let not_sent = end(AttemptStatus::NotSent, None);
    let ended = room.outbox.end(id, room.lease.token, not_sent).await;
    assert_eq!(ended.expect("outbox answers"), LeaseCheck::Lost);
    assert_eq!(room.settle().await, LeaseCheck::Lost);

    let accepted = end(AttemptStatus::Accepted, Some("1"));
    let ended = room.outbox.end(id, successor.token, accepted).await;
    assert_eq!(ended.expect("outbox answers"), LeaseCheck::Held, "the successor's status counts");
    let settled = room.outbox.settle(id, successor.token, None, LAPSED).await;
    assert_eq!(settled.expect("outbox answers"), LeaseCheck::Held);
}

/// A process that still works keeps its lease.
pub async fn begin_renews_the_lease(outbox: Arc<dyn Outbox>) {
    let room = Room::open(outbox, NOW).await;
    let later = NOW + HOLD / 2;
    assert_eq!(room.begin("a", later).await, LeaseCheck::Held);
    assert_eq!(room.claim(LAPSED).await, []);
    assert_eq!(room.claim(later + HOLD).await.len(), 1);
}

/// The gateway recognises the id from the first attempt on, and an accepted or refused attempt does
/// not become doubtful.
pub async fn another_attempt_keeps_the_first_start(outbox: Arc<dyn Outbox>) {
    let room = Room::open(outbox, NOW).await;
    for gateway in ["a", "b"] {
        assert_eq!(room.begin(gateway, NOW).await, LeaseCheck::Held);
    }
    room.end("a", AttemptStatus::NotSent, None).await;
    room.end("b", AttemptStatus::Accepted, Some("1")).await;
    for gateway in ["a", "b"] {
        assert_eq!(room.begin(gateway, NOW + Duration::from_secs(1)).await, LeaseCheck::Held);
    }
    let claimed = room.claim(NOW + HOLD * 2).await;
    let attempts: Vec<_> = claimed[0].attempts.iter().map(|it| (it.began_at, it.status)).collect();
    assert!(attempts.contains(&(NOW, AttemptStatus::InDoubt)), "{attempts:?}");
    assert!(attempts.contains(&(NOW, AttemptStatus::Accepted)), "{attempts:?}");
}

/// Of late, repeated and unordered receipts only the furthest counts.
pub async fn receipts_go_forward_only(outbox: Arc<dyn Outbox>) {
    use Delivery::{Delivered, Sent, Undelivered};

    let orders = [
        [Sent, Undelivered, Delivered],
        [Sent, Delivered, Undelivered],
        [Undelivered, Sent, Delivered],
        [Undelivered, Delivered, Sent],
        [Delivered, Sent, Undelivered],
        [Delivered, Undelivered, Sent],
    ];
    for (index, order) in orders.into_iter().enumerate() {
        let provider_id = format!("id-{index}");
        let room = Room::accepted(Arc::clone(&outbox), "a", &provider_id).await;
        let mut furthest = None;
        for delivery in order {
            let is_further = furthest < Some(delivery);
            assert_eq!(room.receipt("a", &provider_id, delivery).await, is_further, "{order:?}");
            assert!(
                !room.receipt("a", &provider_id, delivery).await,
                "a repeated receipt is not new"
            );
            furthest = furthest.max(Some(delivery));
        }
    }
    let figures = outbox.figures(NOW, LAPSED).await.expect("outbox answers");
    let [figure] = figures.as_slice() else { panic!("one gateway: {figures:?}") };
    assert_eq!((figure.accepted, figure.delivered, figure.undelivered), (6, 6, 0));
}

/// A receipt for a message that was not sent, was sent elsewhere, or ended long ago has no effect.
pub async fn receipts_count_only_for_known_and_open_messages(outbox: Arc<dyn Outbox>) {
    let room = Room::accepted(outbox, "a", "1").await;
    assert!(!room.receipt("a", "2", Delivery::Delivered).await, "another id");
    assert!(!room.receipt("b", "1", Delivery::Delivered).await, "another gateway");
    assert!(!room.receipt("a", "", Delivery::Delivered).await, "no id");
    let receipt = Receipt::new("1", Delivery::Delivered, "");
    let late = NOW + RECEIPT_WINDOW;
    let noted = async |now| room.outbox.receipt("a", &receipt, now).await.expect("outbox answers");
    assert_eq!(noted(late).await, ReceiptEffect::Stray, "too late");
    assert_eq!(noted(late - Duration::from_millis(1)).await, ReceiptEffect::News);
    assert_eq!(room.begin("c", NOW).await, LeaseCheck::Held);
    room.end("c", AttemptStatus::InDoubt, Some("3")).await;
    assert!(!room.receipt("c", "3", Delivery::Delivered).await, "not accepted");
}

/// A receipt may arrive after the caller received the outcome.
pub async fn a_receipt_may_arrive_after_the_message_is_settled(outbox: Arc<dyn Outbox>) {
    let room = Room::accepted(outbox, "a", "1").await;
    assert_eq!(room.settle().await, LeaseCheck::Held);
    assert!(room.receipt("a", "1", Delivery::Delivered).await);
}

/// A code is redeemed once, and only for a message that was sent.
pub async fn a_redeemed_code_counts_once(outbox: Arc<dyn Outbox>) {
    let room = Room::accepted(Arc::clone(&outbox), "a", "1").await;
    let redeemed =
        async |room: &Room| outbox.redeemed(room.entry().id).await.expect("outbox answers");
    assert!(redeemed(&room).await);
    assert!(!redeemed(&room).await);
    let refused = Room::open(Arc::clone(&outbox), NOW).await;
    assert!(!redeemed(&refused).await, "nothing was tried");
    assert_eq!(refused.begin("b", NOW).await, LeaseCheck::Held);
    refused.end("b", AttemptStatus::Refused, None).await;
    assert!(!redeemed(&refused).await, "nothing was sent");
    let figures = outbox.figures(NOW, LAPSED).await.expect("outbox answers");
    let counted: Vec<_> =
        figures.iter().map(|it| (it.gateway.as_str(), it.converted, it.redeemed)).collect();
    assert_eq!(counted, [("a", 1, 1), ("b", 0, 0)]);
}

/// Each attempt counts at its destination and at its start.
pub async fn figures_are_by_gateway_and_destination(outbox: Arc<dyn Outbox>) {
    for (number, gateway, status) in [
        ("+8613800138000", "a", AttemptStatus::Accepted),
        ("+8613800138001", "a", AttemptStatus::NotSent),
        ("+8613800138002", "a", AttemptStatus::Barred),
        ("+8613000138000", "a", AttemptStatus::Accepted),
        ("+8613800138000", "b", AttemptStatus::Refused),
        ("+447700900123", "b", AttemptStatus::InDoubt),
    ] {
        let room = Room::open_to(Arc::clone(&outbox), number, NOW).await;
        assert_eq!(room.begin(gateway, NOW).await, LeaseCheck::Held);
        room.end(gateway, status, None).await;
    }
    let figures = outbox.figures(NOW, LAPSED).await.expect("outbox answers");
    let figures: Vec<_> = figures
        .iter()
        .map(|it| {
            let place = format!("{} {} {}", it.gateway, it.country, it.carrier);
            (place, [it.accepted, it.refused, it.not_sent, it.in_doubt])
        })
        .collect();
    let expected = [
        ("a +86 +86130", [1, 0, 0, 0]),
        ("a +86 +86138", [1, 1, 1, 0]),
        ("b +44 +44770", [0, 0, 0, 1]),
        ("b +86 +86138", [0, 1, 0, 0]),
    ];
    assert_eq!(figures, expected.map(|(place, counts)| (place.to_owned(), counts)));
    for (from, to) in [(NOW - HOLD, NOW), (NOW + Duration::from_micros(1), LAPSED)] {
        assert_eq!(outbox.figures(from, to).await.expect("outbox answers"), []);
    }
}

/// Messages without an attempt are counted as well, from the moment at which they are settled.
pub async fn untried_messages_are_counted_when_they_are_settled(outbox: Arc<dyn Outbox>) {
    for number in ["+8613800138000", "+447700900123", "+8613800138001"] {
        let room = Room::open_to(Arc::clone(&outbox), number, NOW - HOLD).await;
        assert_eq!(room.settle().await, LeaseCheck::Held);
    }
    let tried = Room::open(Arc::clone(&outbox), NOW).await;
    assert_eq!(tried.begin("a", NOW).await, LeaseCheck::Held);
    tried.end("a", AttemptStatus::NotSent, None).await;
    assert_eq!(tried.settle().await, LeaseCheck::Held);
    let _open = Room::open(Arc::clone(&outbox), NOW).await;

    let untried = outbox.untried(NOW, LAPSED).await.expect("outbox answers");
    let counts: Vec<_> =
        untried.iter().map(|it| (format!("{} {}", it.country, it.carrier), it.count)).collect();
    let expected = [("+44 +44770", 1), ("+86 +86138", 2)];
    assert_eq!(counts, expected.map(|(place, count)| (place.to_owned(), count)));
    for (from, to) in [(NOW - HOLD, NOW), (NOW + Duration::from_micros(1), LAPSED)] {
        assert_eq!(outbox.untried(from, to).await.expect("outbox answers"), []);
    }
}

/// Records do not accumulate, and recent ones stay.
pub async fn purge_deletes_old_messages(outbox: Arc<dyn Outbox>) {
    let old = Room::accepted(Arc::clone(&outbox), "a", "1").await;
    let young = Room::open(Arc::clone(&outbox), NOW + HOLD).await;
    assert_eq!(young.begin("a", NOW + HOLD).await, LeaseCheck::Held);
    let forget_before = NOW + LIFE + Duration::from_millis(1);
    let forgotten = outbox.purge(LAPSED, forget_before).await.expect("outbox answers");
    assert_eq!(forgotten, 1);
    assert!(!old.receipt("a", "1", Delivery::Delivered).await);
    let opened = outbox.open(old.entry(), lease(NOW), None, NOW).await.expect("outbox answers");
    assert_eq!(opened, Opened::New, "its record is deleted");
    assert_eq!(
        young.begin("b", NOW + HOLD).await,
        LeaseCheck::Held,
        "the recent message is unchanged"
    );
}
