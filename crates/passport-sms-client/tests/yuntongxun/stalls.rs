use std::time::{Duration, Instant};

use passport_sms_client::{Cause, Outcome, SmsClient};

use crate::double::{Double, Fault};
use crate::{gateway_of, message, settings};

/// Sends into a stall with short limits; gives the outcome and how many messages were taken.
async fn send(fault: Fault, connect: Duration, total: Duration) -> (Outcome, usize) {
    let double = Double::start(&[fault]).await;
    let mut settings = settings(&double);
    settings.https.connect_timeout = connect;
    settings.https.timeout = total;
    let started = Instant::now();
    let outcome = gateway_of(settings).send(&message()).await;
    let limit = connect.min(total);
    assert!(started.elapsed() >= limit, "{:?}", started.elapsed());
    (outcome, double.messages())
}

const SHORT: Duration = Duration::from_millis(300);
/// Enough for TLS on a busy machine.
const LONG: Duration = Duration::from_secs(3);

#[tokio::test]
async fn before_tls_the_limit_of_connecting_holds() {
    let (outcome, messages) = send(Fault::StallBeforeTls, SHORT, LONG).await;
    assert!(matches!(outcome, Outcome::NotSent(Cause::TimedOut)), "{outcome:?}");
    assert_eq!(messages, 0);
}

#[tokio::test]
async fn before_tls_the_limit_of_the_whole_holds_too() {
    let (outcome, messages) = send(Fault::StallBeforeTls, LONG, SHORT).await;
    assert!(matches!(outcome, Outcome::NotSent(Cause::TimedOut)), "{outcome:?}");
    assert_eq!(messages, 0);
}

#[tokio::test]
async fn before_reading() {
    let (outcome, messages) = send(Fault::StallUnread, LONG, LONG).await;
    assert!(matches!(outcome, Outcome::Unknown(Cause::TimedOut)), "{outcome:?}");
    assert_eq!(messages, 0);
}

#[tokio::test]
async fn after_reading() {
    let (outcome, messages) = send(Fault::StallRead, LONG, LONG).await;
    assert!(matches!(outcome, Outcome::Unknown(Cause::TimedOut)), "{outcome:?}");
    assert_eq!(messages, 1);
}

#[tokio::test]
async fn a_slow_drip_does_not_outlast_the_limit() {
    let (outcome, messages) = send(Fault::Drip, LONG, LONG).await;
    assert!(matches!(outcome, Outcome::Unknown(Cause::TimedOut)), "{outcome:?}");
    assert_eq!(messages, 1);
}
