use std::sync::Arc;
use std::time::{Duration, Instant};

use passport_sms_client::{Cause, Outcome};
use tokio::task::JoinSet;

use crate::all;
use crate::support::double::{Double, Fault};
use crate::support::message;
use crate::support::protocol::Protocol;

const SHORT: Duration = Duration::from_millis(300);
/// Enough for TLS on a busy machine.
const LONG: Duration = Duration::from_secs(4);

/// Sends into a stall with short limits; returns the outcome and the number of accepted messages.
async fn send(
    protocol: Arc<dyn Protocol>,
    fault: Fault,
    connect: Duration,
    total: Duration,
) -> (Outcome, usize) {
    let double = Double::start(protocol.clone(), &[fault]).await;
    let mut place = double.place();
    place.https.connect_timeout = connect;
    place.https.timeout = total;
    let started = Instant::now();
    let outcome = protocol.gateway(place).send(&message()).await;
    let limit = connect.min(total);
    assert!(started.elapsed() >= limit, "{:?}", started.elapsed());
    (outcome, double.messages())
}

/// The outcomes of all gateways, each of which accepted that many messages.
async fn outcomes(
    fault: Fault,
    connect: Duration,
    total: Duration,
    messages: usize,
) -> Vec<Outcome> {
    let sends: JoinSet<_> =
        all().into_iter().map(|protocol| send(protocol, fault, connect, total)).collect();
    let sent = sends.join_all().await;
    assert_eq!(sent.len(), all().len());
    let told = |(outcome, taken)| {
        assert_eq!(taken, messages, "{outcome:?}");
        outcome
    };
    sent.into_iter().map(told).collect()
}

async fn is_not_sent(fault: Fault, connect: Duration, total: Duration) {
    for outcome in outcomes(fault, connect, total, 0).await {
        assert!(matches!(outcome, Outcome::NotSent(Cause::TimedOutAfter(_))), "{outcome:?}");
    }
}

async fn is_unknown(fault: Fault, messages: usize) {
    for outcome in outcomes(fault, LONG, LONG, messages).await {
        assert!(matches!(outcome, Outcome::Unknown(Cause::TimedOutAfter(_))), "{outcome:?}");
    }
}

#[tokio::test]
async fn before_tls_the_limit_of_connecting_holds() {
    is_not_sent(Fault::StallBeforeTls, SHORT, LONG).await;
}

#[tokio::test]
async fn before_tls_the_limit_of_the_whole_holds_too() {
    is_not_sent(Fault::StallBeforeTls, LONG, SHORT).await;
}

#[tokio::test]
async fn before_reading() {
    is_unknown(Fault::StallUnread, 0).await;
}

#[tokio::test]
async fn after_reading() {
    is_unknown(Fault::StallRead, 1).await;
}

#[tokio::test]
async fn a_slow_drip_does_not_outlast_the_limit() {
    is_unknown(Fault::Drip, 1).await;
}
