//! Idle messages: many at once, or one for several nodes.

use std::sync::Arc;

use passport_sms_client::{Delivery, Dispatch, InDoubt};
use tokio::time::{Instant, advance, sleep};

use crate::dispatch::{LAPSE, killed, outbox, process};
use crate::double::{Double, Fault, Kind, LATENCY};
use crate::follow_up::{Room, SECOND};
use crate::{clock, message};

/// Number of messages that a call may claim.
const MANY: usize = 64;

async fn deliver(node: &Dispatch, count: usize) {
    for _ in 0..count {
        assert!(node.deliver(&message()).await.outcome.is_sent());
    }
}

#[tokio::test(start_paused = true)]
async fn eight_messages_are_followed_up_at_a_time() {
    let first = Double::new("first", Kind::Queryable);
    let doubles = [&first];
    let room = Room::new(&doubles);
    deliver(&room.node(), MANY).await;
    advance(40 * SECOND).await;
    let (start, node) = (Instant::now(), Arc::new(room.node()));
    // Callers with several threads can run it beside other work.
    let turns = tokio::spawn(async move { node.follow_up(MANY).await });
    assert!(turns.await.unwrap().unwrap().is_empty());
    assert_eq!(first.queries(), MANY);
    assert_eq!(start.elapsed(), LATENCY * 8, "eight times eight");
}

#[tokio::test(start_paused = true)]
async fn no_more_messages_are_claimed_than_requested() {
    let first = Double::new("first", Kind::Queryable);
    let doubles = [&first];
    let room = Room::new(&doubles);
    deliver(&room.node(), 20).await;
    advance(40 * SECOND).await;
    for (limit, queries) in [(0, 0), (1, 1), (10, 11), (10, 20)] {
        room.node().follow_up(limit).await.unwrap();
        assert_eq!(first.queries(), queries, "{limit}");
    }
}

/// A gateway that hangs during a query costs one time limit, and undelivered messages of others
/// are sent again in time.
#[tokio::test(start_paused = true)]
async fn a_gateway_that_does_not_answer_delays_no_other_message() {
    let unresponsive = Double::new("unresponsive", Kind::Queryable).unresponsive();
    let other = Double::new("other", Kind::Neither).with_receipts();
    let third = Double::new("third", Kind::Neither);
    let room = Room::new(&[]);
    deliver(&room.with(&[&unresponsive]).node(), MANY - 1).await;
    let late = message();
    assert!(room.with(&[&other, &third]).node().deliver(&late).await.outcome.is_sent());
    advance(21 * SECOND).await;
    let doubles = [&other, &third, &unresponsive];
    let room = room.with(&doubles);
    room.receipt("other", Delivery::Undelivered, "full").await;
    let (start, node) = (Instant::now(), room.node());
    let sent = node.follow_up(MANY).await.unwrap();
    assert_eq!(start.elapsed(), LATENCY + 2 * SECOND, "one time limit");
    assert_eq!((sent.len(), third.sent(&late)), (1, 1));
    assert_eq!(unresponsive.queries(), 8, "the queries that began before the first time limit");

    advance(60 * SECOND).await;
    node.follow_up(MANY).await.unwrap();
    assert_eq!(unresponsive.queries(), 16, "the next call queries the gateway again");
}

/// A gateway that answers is queried for each message, independently of other gateways.
#[tokio::test(start_paused = true)]
async fn an_unresponsive_gateway_does_not_stop_queries_to_others() {
    let unresponsive = Double::new("unresponsive", Kind::Queryable).unresponsive();
    let other = Double::new("other", Kind::Queryable);
    let room = Room::new(&[]);
    deliver(&room.with(&[&unresponsive]).node(), 20).await;
    deliver(&room.with(&[&other]).node(), 20).await;
    advance(40 * SECOND).await;
    room.with(&[&unresponsive, &other]).node().follow_up(MANY).await.unwrap();
    assert_eq!(other.queries(), 20);
}

#[tokio::test(start_paused = true)]
async fn two_nodes_query_and_send_once() {
    let first = Double::new("first", Kind::Queryable);
    let second = Double::new("second", Kind::Neither);
    let doubles = [&first, &second];
    let room = Room::new(&doubles);
    let (one, other, message) = (room.node(), room.node(), message());
    assert!(one.deliver(&message).await.outcome.is_sent());
    first.reports(Delivery::Undelivered, "full");
    advance(20 * SECOND).await;
    let (one, other) = tokio::join!(one.follow_up(10), other.follow_up(10));
    assert_eq!(one.unwrap().len() + other.unwrap().len(), 1);
    assert_eq!((first.queries(), second.sent(&message)), (1, 1));
}

/// The messages of a killed node are sent concurrently.
#[tokio::test(start_paused = true)]
async fn abandoned_messages_are_resumed_eight_at_a_time() {
    let first = Double::new("first", Kind::Idempotent).failing([Fault::StalledBefore; MANY]);
    let (outbox, clock) = (outbox(), clock());
    let process = || process(&[&first], InDoubt::PreferDelivery, &outbox, &clock);
    for _ in 0..MANY {
        killed(process(), &message()).await;
    }
    sleep(LAPSE).await;
    let start = Instant::now();
    let resumed = process().resume_abandoned(MANY).await.unwrap();
    assert_eq!(resumed.len(), MANY);
    assert!(resumed.iter().all(|(_, report)| report.outcome.is_sent()), "{resumed:?}");
    assert!(start.elapsed() < LATENCY * 8 + SECOND, "{:?}", start.elapsed());
}
