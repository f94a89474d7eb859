//! The service is told to stop while a client is gone.

use std::time::Duration;

use super::{SETTINGS, is_replay, sign_up, tokens};
use crate::support::{Service, until};

#[tokio::test]
async fn idem_6_the_answer_is_stored_although_the_service_stops_meanwhile() {
    // Hashing takes longer than the rest of this test.
    let slow = [&SETTINGS[..], &[("password.cost", "14")]].concat();
    let mut service = Service::start(&slow).await;
    let call = sign_up(&service).await;
    let socket = call.begin(&service).await;
    until("the code is spent", async || service.log().contains("message arrived")).await;
    // A reset makes the server drop the request.
    socket.set_zero_linger().unwrap();
    drop(socket);
    tokio::time::sleep(Duration::from_millis(100)).await;

    assert!(!service.log().contains("signed up"), "the call is under way");
    assert_eq!(service.stop().await.code(), Some(0));
    assert!(service.log().contains("signed up"));
    let service = Service::start_in(service.folder(), &SETTINGS).await;
    let reply = call.clone().to(&service).send().await;
    is_replay(&reply, &call);
    tokens::of_the_answer_work(&service, &reply).await;
}
