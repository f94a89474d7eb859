use std::time::Duration;

use passport_sms_client::{Cause, Outcome, SmsClient};

use crate::double::{Double, Fault};
use crate::{gateway, message};

#[tokio::test]
async fn a_living_connection_is_used_again() {
    let double = Double::start(&[]).await;
    let gateway = gateway(&double);
    for _ in 0..5 {
        assert!(gateway.send(&message()).await.is_sent());
    }
    assert_eq!((double.messages(), double.connections()), (5, 1));
}

#[tokio::test]
async fn a_connection_that_died_idle_took_nothing() {
    let double = Double::start(&[Fault::CloseAfterAnswer]).await;
    let gateway = gateway(&double);
    assert!(gateway.send(&message()).await.is_sent());
    // Until the hang-up has arrived.
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(gateway.send(&message()).await.is_sent());
    assert_eq!((double.messages(), double.requests(), double.connections()), (2, 2, 2));
}

#[tokio::test]
async fn a_connection_that_dies_on_the_request_leaves_it_unknown() {
    let double = Double::start(&[Fault::None, Fault::CloseUnread]).await;
    let gateway = gateway(&double);
    assert!(gateway.send(&message()).await.is_sent());
    let outcome = gateway.send(&message()).await;
    assert!(matches!(outcome, Outcome::Unknown(Cause::Disconnected(_))), "{outcome:?}");
    assert_eq!((double.messages(), double.requests(), double.connections()), (1, 1, 1));
}

#[tokio::test]
async fn a_broken_connection_is_not_used_again() {
    let double = Double::start(&[Fault::CloseRead]).await;
    let gateway = gateway(&double);
    assert!(matches!(gateway.send(&message()).await, Outcome::Unknown(_)));
    assert!(gateway.send(&message()).await.is_sent());
    assert_eq!((double.messages(), double.connections()), (2, 2));
}

#[tokio::test]
async fn an_announced_close_is_heeded() {
    let goodbye = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 23\r\n\r\n{\"statusCode\":\"000000\"}";
    let double = Double::start(&[Fault::Say(goodbye)]).await;
    let gateway = gateway(&double);
    assert!(gateway.send(&message()).await.is_sent());
    assert!(gateway.send(&message()).await.is_sent());
    assert_eq!((double.messages(), double.connections()), (2, 2));
}

#[tokio::test]
async fn a_send_that_is_dropped_leaves_no_connection_behind() {
    let double = Double::start(&[Fault::StallRead]).await;
    let gateway = gateway(&double);
    let message = message();
    let dropped = tokio::time::timeout(Duration::from_secs(2), gateway.send(&message)).await;
    assert!(dropped.is_err());
    assert!(matches!(gateway.send(&message).await, Outcome::Duplicate));
    assert_eq!((double.messages(), double.connections()), (1, 2));
}

#[test]
fn a_connection_outlived_by_its_gateway_took_nothing() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let host = runtime();
    let double = host.block_on(Double::start(&[]));
    let gateway = gateway(&double);
    // The double lives on its own thread; each send on a runtime that is gone after it.
    let (done, wait) = tokio::sync::oneshot::channel::<()>();
    let serving = std::thread::spawn(move || host.block_on(wait));
    for _ in 0..2 {
        assert!(runtime().block_on(gateway.send(&message())).is_sent());
    }
    assert_eq!((double.messages(), double.requests(), double.connections()), (2, 2, 2));
    drop(done);
    assert!(serving.join().unwrap().is_err());
}
