use std::sync::Arc;
use std::time::Duration;

use passport_sms_client::{Cause, Outcome, Resend};

use crate::every_gateway;
use crate::support::double::{Double, Fault};
use crate::support::message;
use crate::support::protocol::Protocol;
use crate::support::protocols::yuntongxun::Yuntongxun;

every_gateway! {
    a_living_connection_is_used_again
    a_connection_that_died_idle_accepted_nothing
    a_connection_that_dies_during_a_request_is_unknown
    a_broken_connection_is_not_used_again
    an_announced_close_is_heeded
    a_dropped_send_leaves_no_connection
}

async fn a_living_connection_is_used_again(protocol: Arc<dyn Protocol>) {
    let double = Double::start(protocol, &[]).await;
    let gateway = double.gateway();
    for _ in 0..5 {
        assert!(gateway.send(&message()).await.is_sent());
    }
    assert_eq!((double.messages(), double.connections()), (5, 1));
}

async fn a_connection_that_died_idle_accepted_nothing(protocol: Arc<dyn Protocol>) {
    let double = Double::start(protocol, &[Fault::CloseAfterAnswer]).await;
    let gateway = double.gateway();
    assert!(gateway.send(&message()).await.is_sent());
    // Until the end of the connection has arrived.
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(gateway.send(&message()).await.is_sent());
    assert_eq!((double.messages(), double.requests(), double.connections()), (2, 2, 2));
}

async fn a_connection_that_dies_during_a_request_is_unknown(protocol: Arc<dyn Protocol>) {
    let double = Double::start(protocol, &[Fault::None, Fault::CloseUnread]).await;
    let gateway = double.gateway();
    assert!(gateway.send(&message()).await.is_sent());
    let outcome = gateway.send(&message()).await;
    assert!(matches!(outcome, Outcome::Unknown(Cause::Disconnected(_))), "{outcome:?}");
    assert_eq!((double.messages(), double.requests(), double.connections()), (1, 1, 1));
}

async fn a_broken_connection_is_not_used_again(protocol: Arc<dyn Protocol>) {
    let double = Double::start(protocol, &[Fault::CloseRead]).await;
    let gateway = double.gateway();
    assert!(matches!(gateway.send(&message()).await, Outcome::Unknown(_)));
    assert!(gateway.send(&message()).await.is_sent());
    assert_eq!((double.messages(), double.connections()), (2, 2));
}

async fn an_announced_close_is_heeded(protocol: Arc<dyn Protocol>) {
    let goodbye = protocol.accepted().replacen("\r\n", "\r\nConnection: close\r\n", 1);
    let double = Double::start(protocol, &[Fault::Say(goodbye.leak())]).await;
    let gateway = double.gateway();
    assert!(gateway.send(&message()).await.is_sent());
    assert!(gateway.send(&message()).await.is_sent());
    assert_eq!((double.messages(), double.connections()), (2, 2));
}

async fn a_dropped_send_leaves_no_connection(protocol: Arc<dyn Protocol>) {
    let double = Double::start(protocol, &[Fault::StallRead]).await;
    let gateway = double.gateway();
    let message = message();
    let dropped = tokio::time::timeout(Duration::from_secs(2), gateway.send(&message)).await;
    assert!(dropped.is_err());
    assert!(gateway.send(&message).await.is_sent());
    let messages = if gateway.capabilities().resend == Resend::Risky { 2 } else { 1 };
    assert_eq!((double.messages(), double.connections()), (messages, 2));
}

#[test]
fn a_connection_of_a_dropped_runtime_accepted_nothing() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let host = runtime();
    let double = host.block_on(Double::start(Arc::new(Yuntongxun), &[]));
    let gateway = double.gateway();
    // The double lives on its own thread; each send runs on a runtime that is dropped after it.
    let (done, wait) = tokio::sync::oneshot::channel::<()>();
    let serving = std::thread::spawn(move || host.block_on(wait));
    for _ in 0..2 {
        assert!(runtime().block_on(gateway.send(&message())).is_sent());
    }
    assert_eq!((double.messages(), double.requests(), double.connections()), (2, 2, 2));
    drop(done);
    assert!(serving.join().unwrap().is_err());
}
