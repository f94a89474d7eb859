//! A log that is not read, or that cannot be written.

use std::{
    fs::File,
    process::Stdio,
    time::{Duration, Instant},
};

use crate::support::{PASSWORD, Person, Service, phone, until};

/// Length of a path: 1,000 lines with it exceed a pipe and the service's buffer.
const LONG_PATH: usize = 2_000;

/// Signs up, in and out, which logs a line or more each time.
async fn lives(service: &Service) {
    let (person, phone) = (Person::new(service), phone());
    // The log has the code, and is not read: the inbox has it, too.
    person.sign_up(&phone, PASSWORD).await;
    person.sign_in(&phone, PASSWORD).await;
    person.sign_out().await;
    assert_eq!(person.get("/healthz").await.status, 200);
}

async fn ends(service: &mut Service) {
    let since = Instant::now();
    assert_eq!(service.stop().await.code(), Some(0));
    assert!(since.elapsed() < Duration::from_secs(5), "{:?}", since.elapsed());
}

#[tokio::test]
async fn x2_a_log_that_is_not_read_stops_nothing() {
    let mut service = Service::start_unread(&[], Stdio::piped()).await;
    let person = Person::new(&service);
    let path = format!("/{}", "x".repeat(LONG_PATH));
    for _ in 0..2_000 {
        assert_eq!(person.get(&path).await.status, 404);
    }
    lives(&service).await;
    ends(&mut service).await;
}

#[tokio::test]
async fn x2_a_log_that_is_read_late_says_how_many_lines_are_missing() {
    let mut service = Service::start_unread(&[], Stdio::piped()).await;
    let person = Person::new(&service);
    let path = format!("/{}", "x".repeat(LONG_PATH));
    for _ in 0..1_000 {
        person.get(&path).await;
    }
    service.read_stderr();
    until("the number of dropped lines is logged", async || {
        service.log().contains("log lines were dropped")
    })
    .await;
    let log = service.log();
    let told = log.lines().find(|line| line.contains("log lines were dropped")).unwrap();
    let (_, dropped) = told.split_once("lines=").unwrap();
    let dropped: usize = dropped.split_whitespace().next().unwrap().parse().unwrap();
    let written = log.lines().filter(|line| line.contains("answered")).count();
    assert!(dropped > 0 && written > 0, "{told}");
    assert_eq!(dropped + written, 1_000);
    let last = person.get("/after").await;
    service.log_up_to(&last).await;
}

#[tokio::test]
async fn x3_a_log_whose_reader_is_gone_harms_no_request() {
    let mut service = Service::start_unread(&[], Stdio::piped()).await;
    service.close_stderr();
    lives(&service).await;
    ends(&mut service).await;
}

#[tokio::test]
async fn x3_a_log_on_a_full_disk_harms_no_request() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut service = Service::start_unread(&[], full.into()).await;
    lives(&service).await;
    ends(&mut service).await;
}
