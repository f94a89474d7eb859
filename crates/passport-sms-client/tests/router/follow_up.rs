//! Messages after a gateway accepted them.

use std::sync::Arc;
use std::time::Duration;

use passport_sms_client::{
    Clock, Delivery, Dispatch, FollowUpPolicy, Idle, InDoubt, Lease, Outbox, Receipt,
    ReceiptEffect, Report,
};
use tokio::time::{Instant, advance, sleep_until, timeout};
use uuid::Uuid;

use crate::dispatch::{outbox, process};
use crate::double::{Double, Fault, Kind};
use crate::faulty::{FaultyOutbox, Step};
use crate::{clock, message};

pub(crate) const SECOND: Duration = Duration::from_secs(1);
/// Validity of the code in a message.
const LIFE: Duration = Duration::from_mins(5);

/// The gateways with the record and the clock that they share.
pub(crate) struct Room<'a> {
    doubles: &'a [&'a Double],
    pub(crate) outbox: Arc<dyn Outbox>,
    clock: Clock,
}

impl<'a> Room<'a> {
    pub(crate) fn new(doubles: &'a [&'a Double]) -> Self {
        Self { doubles, outbox: outbox(), clock: clock() }
    }

    /// The same record and clock with other gateways.
    pub(crate) fn with<'b>(&self, doubles: &'b [&'b Double]) -> Room<'b> {
        let (outbox, clock) = (Arc::clone(&self.outbox), self.clock.clone());
        Room { doubles, outbox, clock }
    }

    pub(crate) fn node(&self) -> Dispatch {
        self.node_by(|_| {})
    }

    fn node_by(&self, change: impl FnOnce(&mut FollowUpPolicy)) -> Dispatch {
        let mut policy = FollowUpPolicy::default();
        change(&mut policy);
        process(self.doubles, InDoubt::PreferDelivery, &self.outbox, &self.clock)
            .with_follow_up(policy)
    }

    /// Each double gives its first message this id.
    pub(crate) async fn receipt(&self, gateway: &str, delivery: Delivery, code: &str) {
        let (provider_id, code) = (format!("{gateway}-1"), code.to_owned());
        let receipt = Receipt::new(provider_id, delivery, code);
        let noted = self.outbox.receipt(gateway, &receipt, self.clock.now()).await;
        assert_eq!(noted.unwrap(), ReceiptEffect::News);
    }

    /// Number of messages that are still open, in either way, after every lease has expired.
    pub(crate) async fn open(&self) -> usize {
        let now = self.clock.now() + Duration::from_mins(4);
        let mut open = 0;
        for idle in [Idle::Abandoned, Idle::Due] {
            let lease = Lease { token: Uuid::new_v4(), until: now };
            open += self.outbox.claim(idle, lease, now, 100).await.unwrap().len();
        }
        open
    }
}

async fn follow_up(node: &Dispatch) -> Vec<(Uuid, Report)> {
    node.follow_up(10).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_gateway_is_queried_a_few_times_at_growing_intervals() {
    for checks in [4, 2, 0] {
        let first = Double::new("first", Kind::Queryable);
        let doubles = [&first];
        let room = Room::new(&doubles);
        let node = room.node_by(|policy| policy.checks = checks);
        let start = Instant::now();
        assert!(node.deliver(&message()).await.outcome.is_sent());
        let mut queried = Vec::new();
        while start.elapsed() < LIFE {
            let before = first.queries();
            assert!(follow_up(&node).await.is_empty());
            if first.queries() > before {
                queried.push(start.elapsed().as_secs());
            }
            advance(SECOND).await;
        }
        assert_eq!(queried.len(), usize::try_from(checks).unwrap(), "{queried:?}");
        // With one check per second each check is a little late, and so is the next one.
        for (queried, due) in queried.into_iter().zip([20, 40, 80, 160]) {
            assert!((due..due + 15).contains(&queried), "{queried} instead of {due}");
        }
        assert_eq!(first.calls(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn content_is_kept_only_while_it_is_followed_up() {
    for (double, open) in [
        (Double::new("first", Kind::Neither), 0),
        (Double::new("first", Kind::Neither).with_receipts(), 1),
        (Double::new("first", Kind::Queryable), 1),
    ] {
        let doubles = [&double];
        let room = Room::new(&doubles);
        assert!(room.node().deliver(&message()).await.outcome.is_sent());
        assert_eq!(room.open().await, open, "{double:?}");
        let room = Room::new(&doubles);
        let plain = process(&doubles, InDoubt::PreferDelivery, &room.outbox, &room.clock);
        assert!(plain.deliver(&message()).await.outcome.is_sent());
        assert_eq!(room.open().await, 0, "without a policy nothing is followed up");
    }
}

#[tokio::test(start_paused = true)]
async fn delivered_messages_are_settled() {
    for is_redeemed in [false, true] {
        let (first, second) =
            (Double::new("first", Kind::Queryable), Double::new("second", Kind::Neither));
        let doubles = [&first, &second];
        let room = Room::new(&doubles);
        let (node, message, start) = (room.node(), message(), room.clock.now());
        assert!(node.deliver(&message).await.outcome.is_sent());
        if is_redeemed {
            assert!(room.outbox.redeemed(message.id).await.unwrap());
            // Some carriers report this of a delivered message.
            room.receipt("first", Delivery::Undelivered, "").await;
        } else {
            first.reports(Delivery::Delivered, "");
        }
        advance(20 * SECOND).await;
        assert!(follow_up(&node).await.is_empty());
        assert_eq!(first.queries(), usize::from(!is_redeemed));
        assert_eq!(room.open().await, 0);
        let figures = room.outbox.figures(start, room.clock.now()).await.unwrap();
        assert_eq!(figures[0].converted, 1, "the reported status is recorded: {figures:?}");
        assert_eq!(second.calls(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn undelivered_messages_go_through_another_gateway_once() {
    for is_pushed in [true, false] {
        let kind = if is_pushed { Kind::Neither } else { Kind::Queryable };
        let all = ["first", "second", "third"].map(|name| {
            let double = Double::new(name, kind);
            if is_pushed { double.with_receipts() } else { double }
        });
        let doubles = all.each_ref();
        let room = Room::new(&doubles);
        let (node, message) = (room.node(), message());
        assert!(node.deliver(&message).await.outcome.is_sent());
        let undelivered = async |double: &Double| {
            if is_pushed {
                room.receipt(double.name(), Delivery::Undelivered, "full").await;
            } else {
                double.reports(Delivery::Undelivered, "full");
                advance(20 * SECOND).await;
            }
            follow_up(&node).await
        };
        let sent = undelivered(&all[0]).await;
        let [(id, report)] = sent.as_slice() else { panic!("one message: {sent:?}") };
        assert_eq!((*id, report.sent_by()), (message.id, Some("second")));
        assert_eq!(all[0].codes(), all[1].codes(), "the same code");
        let again = undelivered(&all[1]).await;
        assert!(again.is_empty(), "only one resend is allowed: {again:?}");
        assert_eq!(all.each_ref().map(|double| double.sent(&message)), [1, 1, 0]);
        assert_eq!(room.open().await, 0);
    }
}

/// The message may have arrived, because receipts get lost.
#[tokio::test(start_paused = true)]
async fn messages_without_a_status_are_not_sent_again() {
    for (kind, reported) in
        [(Kind::Neither, None), (Kind::Queryable, None), (Kind::Queryable, Some(Delivery::Sent))]
    {
        let (first, second) =
            (Double::new("first", kind).with_receipts(), Double::new("second", Kind::Neither));
        let doubles = [&first, &second];
        let room = Room::new(&doubles);
        let (node, message) = (room.node(), message());
        assert!(node.deliver(&message).await.outcome.is_sent());
        if let Some(delivery) = reported {
            first.reports(delivery, "");
        }
        for _ in 0..LIFE.as_secs() {
            advance(SECOND).await;
            assert!(follow_up(&node).await.is_empty());
        }
        assert_eq!((first.sent(&message), second.sent(&message)), (1, 0), "{kind:?}, {reported:?}");
    }
}

/// Later the user may have requested another code, which this one would follow.
#[tokio::test(start_paused = true)]
async fn a_code_is_not_sent_again_when_another_may_have_replaced_it() {
    for (age, is_sent) in [(59, true), (61, false)] {
        let first = Double::new("first", Kind::Neither).with_receipts();
        let second = Double::new("second", Kind::Neither);
        let doubles = [&first, &second];
        let room = Room::new(&doubles);
        let node = room.node();
        assert!(node.deliver(&message()).await.outcome.is_sent());
        advance(SECOND * age).await;
        room.receipt("first", Delivery::Undelivered, "full").await;
        assert_eq!(follow_up(&node).await.len(), usize::from(is_sent), "after {age} s");
        assert_eq!(second.calls(), usize::from(is_sent), "after {age} s");
    }
}

#[tokio::test(start_paused = true)]
async fn failures_that_no_gateway_can_avoid_are_not_sent_again() {
    for (code, is_sent) in [
        ("absent", false),
        ("opt-out", false),
        ("cap", false),
        ("words", false),
        ("full", true),
        ("route", true),
        // An unknown code may mean an opt-out or a cap.
        ("unheard-of", false),
    ] {
        let first = Double::new("first", Kind::Neither).with_receipts();
        let second = Double::new("second", Kind::Neither);
        let doubles = [&first, &second];
        let room = Room::new(&doubles);
        let node = room.node();
        assert!(node.deliver(&message()).await.outcome.is_sent());
        room.receipt("first", Delivery::Undelivered, code).await;
        assert_eq!(follow_up(&node).await.len(), usize::from(is_sent), "{code}");
        assert_eq!(second.calls(), usize::from(is_sent), "{code}");
        assert_eq!(room.open().await, 0, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_policy_can_forbid_sending_again() {
    let first = Double::new("first", Kind::Neither).with_receipts();
    let second = Double::new("second", Kind::Neither);
    let doubles = [&first, &second];
    let room = Room::new(&doubles);
    let node = room.node_by(|policy| policy.resend_undelivered = false);
    assert!(node.deliver(&message()).await.outcome.is_sent());
    room.receipt("first", Delivery::Undelivered, "full").await;
    assert!(follow_up(&node).await.is_empty());
    assert_eq!((second.calls(), room.open().await), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn an_expired_code_is_not_sent_again() {
    let first = Double::new("first", Kind::Neither).with_receipts();
    let second = Double::new("second", Kind::Neither);
    let doubles = [&first, &second];
    let room = Room::new(&doubles);
    let node = room.node();
    assert!(node.deliver(&message()).await.outcome.is_sent());
    advance(LIFE).await;
    room.receipt("first", Delivery::Undelivered, "full").await;
    assert!(follow_up(&node).await.is_empty());
    assert_eq!(second.calls(), 0);
}

/// The text would state that the code is valid for a minute.
#[tokio::test(start_paused = true)]
async fn a_code_is_not_sent_again_in_its_last_minute() {
    for (age, is_sent) in [(239, true), (240, true), (241, false)] {
        let first = Double::new("first", Kind::Neither).with_receipts();
        let second = Double::new("second", Kind::Neither);
        let doubles = [&first, &second];
        let room = Room::new(&doubles);
        let node = room.node_by(|policy| policy.resend_within = LIFE);
        let start = Instant::now();
        assert!(node.deliver(&message()).await.outcome.is_sent());
        sleep_until(start + SECOND * age).await;
        room.receipt("first", Delivery::Undelivered, "full").await;
        assert_eq!(follow_up(&node).await.len(), usize::from(is_sent), "after {age} s of {LIFE:?}");
        assert_eq!(second.calls(), usize::from(is_sent), "after {age} s of {LIFE:?}");
        assert_eq!(room.open().await, 0, "after {age} s of {LIFE:?}");
    }
}

/// A node that is killed while it sends again leaves the same record as any killed node.
#[tokio::test(start_paused = true)]
async fn a_resend_of_a_killed_node_is_sent_once() {
    for fault in [Fault::StalledBefore, Fault::StalledAfter] {
        let first = Double::new("first", Kind::Neither).with_receipts();
        let second = Double::new("second", Kind::Idempotent).failing([fault]);
        let doubles = [&first, &second];
        let room = Room::new(&doubles);
        let (node, message) = (room.node(), message());
        assert!(node.deliver(&message).await.outcome.is_sent());
        room.receipt("first", Delivery::Undelivered, "full").await;
        assert!(timeout(Duration::from_millis(5), follow_up(&node)).await.is_err());
        drop(node);
        advance(10 * SECOND).await;
        let successor = room.node();
        assert!(follow_up(&successor).await.is_empty(), "the message is abandoned, not due");
        let resumed = successor.resume_abandoned(10).await.unwrap();
        assert_eq!(resumed[0].1.sent_by(), Some("second"));
        assert_eq!((first.sent(&message), second.sent(&message)), (1, 1), "{fault:?}");
    }
}

/// The node was killed while it queried.
#[tokio::test(start_paused = true)]
async fn queries_of_a_killed_node_are_repeated_by_another() {
    let first = Double::new("first", Kind::Queryable);
    let second = Double::new("second", Kind::Neither);
    let doubles = [&first, &second];
    let room = Room::new(&doubles);
    let (node, message) = (room.node(), message());
    assert!(node.deliver(&message).await.outcome.is_sent());
    advance(20 * SECOND).await;
    first.reports(Delivery::Sent, "");
    assert!(
        timeout(Duration::from_millis(5), follow_up(&node)).await.is_err(),
        "the node is killed during the query"
    );
    advance(10 * SECOND).await;
    let successor = room.node();
    assert!(successor.resume_abandoned(10).await.unwrap().is_empty(), "no message has to be sent");
    assert_eq!((first.calls(), first.queries(), second.calls()), (1, 2, 0));
    room.receipt("first", Delivery::Undelivered, "full").await;
    assert_eq!(follow_up(&successor).await.len(), 1, "the message is still followed up");
}

/// The record of the node failed just after the gateway accepted the message.
#[tokio::test(start_paused = true)]
async fn a_message_that_could_not_be_deferred_is_followed_up_in_time() {
    let first = Double::new("first", Kind::Queryable);
    let doubles = [&first];
    let room = Room::new(&doubles);
    let faulty = FaultyOutbox::around(&room.outbox, vec![(Step::Settle, false)]);
    let node = process(&doubles, InDoubt::PreferDelivery, &faulty, &room.clock)
        .with_follow_up(FollowUpPolicy::default());
    assert!(node.deliver(&message()).await.outcome.is_sent());
    advance(10 * SECOND).await;
    let successor = room.node();
    assert!(successor.resume_abandoned(10).await.unwrap().is_empty());
    assert_eq!((first.calls(), first.queries()), (1, 0));
    advance(10 * SECOND).await;
    assert!(follow_up(&successor).await.is_empty());
    assert_eq!((first.calls(), first.queries()), (1, 1));
}

/// The gateway accepted the message, but the closing failed. The end of the attempt is recorded
/// alone then, because otherwise a successor would take the message for one that may not have been
/// sent, and without a query send it again.
#[tokio::test(start_paused = true)]
async fn a_message_whose_closing_failed_is_not_sent_again() {
    for is_done in [false, true] {
        let first = Double::new("first", Kind::Neither).with_receipts();
        let second = Double::new("second", Kind::Neither);
        let doubles = [&first, &second];
        let room = Room::new(&doubles);
        let faulty = FaultyOutbox::around(&room.outbox, vec![(Step::Settle, is_done)]);
        let node = process(&doubles, InDoubt::PreferDelivery, &faulty, &room.clock)
            .with_follow_up(FollowUpPolicy::default());
        let message = message();
        assert!(node.deliver(&message).await.outcome.is_sent());
        advance(21 * SECOND).await;
        let successor = room.node();
        assert!(successor.resume_abandoned(10).await.unwrap().is_empty(), "{is_done}");
        assert!(follow_up(&successor).await.is_empty(), "{is_done}");
        assert_eq!((first.sent(&message), second.sent(&message)), (1, 0), "{is_done}");
    }
}
