//! Orderly and sudden ends of the service and of connections.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    gateways::code_in,
    support::{GatewayDouble, PASSWORD, Person, Service, phone, until},
};

#[tokio::test]
async fn a_request_in_flight_is_answered_before_the_end() {
    let mut service = Service::start(&[]).await;
    let (person, phone) = (Person::new(&service), phone());
    person.sign_up(&phone, PASSWORD).await;
    let body = json!({ "mobile": phone, "password": PASSWORD }).to_string();
    let head = format!(
        "POST /passport/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        body.len()
    );
    let mut socket = TcpStream::connect(service.address()).await.unwrap();
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut interim = [0; 25];
    socket.read_exact(&mut interim).await.unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");

    service.terminate();
    until("it stops", async || service.log().contains("stopping")).await;
    until("new connections are refused", async || {
        TcpStream::connect(service.address()).await.is_err()
    })
    .await;
    // The server checks its connections once per second, so idle ones are closed by then.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    socket.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("set-cookie: passport_session="), "{answer}");
    assert!(answer.contains(r#""errno":"0""#), "{answer}");
    assert_eq!(service.end().await.code(), Some(0));
    assert!(service.log().contains("stopped"));
}

#[tokio::test]
async fn connections_that_idle_do_not_hold_up_the_end() {
    let mut service = Service::start(&[]).await;
    let person = Person::new(&service);
    person.challenge().await;
    let _silent = TcpStream::connect(service.address()).await.unwrap();
    let since = Instant::now();
    assert_eq!(service.stop().await.code(), Some(0));
    assert!(since.elapsed() < Duration::from_secs(10), "{:?}", since.elapsed());
}

#[tokio::test]
async fn an_answered_request_survives_a_kill() {
    let mut service = Service::start(&[]).await;
    let (person, phone) = (Person::new(&service), phone());
    person.sign_up(&phone, PASSWORD).await;
    service.kill();
    let service = Service::start_in(service.folder(), &[]).await;
    person.go_to(&service);
    person.sign_in(&phone, PASSWORD).await;
}

#[tokio::test]
async fn a_request_is_finished_after_its_client_disconnects() {
    let service = Service::start(&[("password.cost", "10")]).await;
    let (person, phone) = (Person::new(&service), phone());
    let code = person.request_code(&phone).await;
    drop(asked_to_register(&service, &phone, &code).await);
    until("the account is there", async || {
        Person::new(&service).login(&phone, PASSWORD).await.errno() == "0"
    })
    .await;
}

#[tokio::test]
async fn use_cases_of_disconnected_clients_are_finished_before_the_end() {
    // Hashing takes longer than the rest of this test.
    let mut service = Service::start(&[("password.cost", "14")]).await;
    let (person, phone) = (Person::new(&service), phone());
    let code = person.request_code(&phone).await;
    let socket = asked_to_register(&service, &phone, &code).await;
    until("the code is spent", async || service.log().contains("message arrived")).await;
    // A reset makes the server drop the request.
    socket.set_zero_linger().unwrap();
    drop(socket);
    tokio::time::sleep(Duration::from_millis(100)).await;

    assert_eq!(service.stop().await.code(), Some(0));
    assert!(service.log().contains("signed up"));
    let service = Service::start_in(service.folder(), &[]).await;
    Person::new(&service).sign_in(&phone, PASSWORD).await;
}

/// More notices than are sent at the same time, to a slow gateway: some are in the queue when the
/// service is told to stop.
#[tokio::test]
async fn notices_are_sent_before_the_end() {
    let double = GatewayDouble::start("webhook");
    let settings = double.settings("webhook");
    let mut settings: Vec<_> =
        settings.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    settings.extend([("sms.gateways", "webhook"), ("limits.notices_per_phone_day", "20")]);
    let mut service = Service::start(&settings).await;
    let (person, phone) = (Person::new(&service), phone());
    person.try_request_code(&phone).await.says("0", "发送成功");
    let code = code_in(&double.requests()[0]);
    person.register(&phone, &code, PASSWORD).await.says("0", "用户注册成功");
    person.sign_in(&phone, PASSWORD).await;

    double.delay();
    for _ in 0..10 {
        let body = json!({ "current": PASSWORD, "password": PASSWORD });
        let request = person.request(Method::PUT, "/api/v1/me/password").json(&body);
        let reply = person.send(request.header("Sec-Fetch-Site", "same-origin")).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }
    let settled = |service: &Service| service.log().matches("message settled").count();
    assert!(settled(&service) < 1 + 10, "some are not sent yet");
    assert_eq!(service.stop().await.code(), Some(0));
    assert_eq!((settled(&service), double.requests().len()), (1 + 10, 1 + 10));
}

/// Sends a sign-up; returns the connection without reading the answer.
async fn asked_to_register(service: &Service, phone: &str, code: &str) -> TcpStream {
    let body = json!({ "mobile": phone, "sms_code": code, "password": PASSWORD }).to_string();
    let request = format!(
        "POST /passport/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut socket = TcpStream::connect(service.address()).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    socket
}
