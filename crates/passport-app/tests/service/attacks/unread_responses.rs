//! Clients that pipeline requests and read no response.

use std::time::Duration;

use futures::future::join_all;
use tokio::time::{Instant, sleep};

use super::time_of_attack;
use crate::{
    connections::{PAGE, connect, is_answered, pipeline, stops_within},
    support::Service,
};

const READERS: usize = 40;
const REQUESTS: usize = 5_000;
/// Above the memory of the idle service, which depends on the build.
const MOST_MIB: u64 = 25;

/// Asserts that clients which send `request` and read nothing hold little memory.
async fn holds_little(request: &str) {
    let mut service = Service::start(&[("log.filter", "info")]).await;
    let idle = service.resident();
    let sockets = (0..READERS).map(|_| pipeline(&service, request, REQUESTS));
    let sockets = join_all(sockets).await;
    let end = Instant::now() + time_of_attack(Duration::from_secs(5));
    let mut most = 0;
    while Instant::now() < end {
        sleep(Duration::from_millis(100)).await;
        most = most.max(service.resident());
    }
    let line = request.lines().next().unwrap_or_default();
    println!("{READERS} × {REQUESTS} {line}: {most} MiB at most, {idle} MiB idle");
    assert!(most < idle + MOST_MIB, "{most} MiB, {idle} MiB idle");
    assert!(is_answered(&mut connect(&service).await).await, "other clients are served");
    stops_within(&mut service, Duration::from_secs(10)).await;
    drop(sockets);
}

#[tokio::test]
async fn x5_clients_that_pipeline_and_read_nothing_hold_little_memory() {
    holds_little(PAGE).await;
}

#[tokio::test]
async fn x5_responses_without_a_body_are_bounded_as_well() {
    holds_little("HEAD /static/passport.css HTTP/1.1\r\nHost: x\r\n\r\n").await;
}
