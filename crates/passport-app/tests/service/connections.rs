//! Connections: lifetime, deadlines, and number per client.

use std::time::{Duration, Instant};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};

use crate::support::{Service, until};

pub(crate) const PAGE: &str = "GET /static/passport.css HTTP/1.1\r\nHost: x\r\n\r\n";

/// Long enough for every wait that is meant to end.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) async fn connect(service: &Service) -> TcpStream {
    TcpStream::connect(service.address()).await.unwrap()
}

/// Sends `request` up to `times` times, as far as the service takes it, and reads nothing.
pub(crate) async fn pipeline(service: &Service, request: &str, times: usize) -> TcpStream {
    let mut socket = connect(service).await;
    let requests = request.repeat(times);
    let _ = timeout(Duration::from_secs(2), socket.write_all(requests.as_bytes())).await;
    socket
}

/// Reads one response, which has a body of at most 100 bytes; nothing when the connection is closed.
async fn response(socket: &mut TcpStream) -> Option<String> {
    let mut bytes = vec![0; 4_096];
    let read = timeout(PATIENCE, socket.read(&mut bytes)).await.expect("it does not hang");
    bytes.truncate(read.ok().filter(|read| *read > 0)?);
    Some(String::from_utf8(bytes).unwrap())
}

pub(crate) async fn is_answered(socket: &mut TcpStream) -> bool {
    let _ = socket.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await;
    response(socket).await.is_some_and(|it| it.starts_with("HTTP/1.1 200 OK\r\n"))
}

pub(crate) async fn stops_within(service: &mut Service, most: Duration) {
    let since = Instant::now();
    assert_eq!(service.stop().await.code(), Some(0));
    assert!(since.elapsed() < most, "{:?}", since.elapsed());
}

#[tokio::test]
async fn x5_a_client_that_pipelines_and_reads_gets_each_response() {
    let service = Service::start(&[("log.filter", "info")]).await;
    let mut socket = connect(&service).await;
    let close = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let requests = PAGE.repeat(300) + close;
    let (mut reader, mut writer) = socket.split();
    let mut responses = String::new();
    let both = async {
        tokio::join!(writer.write_all(requests.as_bytes()), reader.read_to_string(&mut responses))
    };
    let (written, read) = timeout(PATIENCE, both).await.expect("it does not hang");
    written.unwrap();
    read.unwrap();
    assert_eq!(responses.matches("HTTP/1.1 200 OK\r\n").count(), 301);
}

#[tokio::test]
async fn x5_a_client_that_reads_no_response_is_disconnected_at_the_deadline() {
    let service = Service::start(&[("http.write_timeout", "1s")]).await;
    let _socket = pipeline(&service, PAGE, 5_000).await;
    let is_logged = async || service.log().contains("the client reads too slowly");
    until("the connection is closed", is_logged).await;
    let log = service.log();
    let line = log.lines().find(|line| line.contains("reads too slowly")).unwrap();
    assert!(line.contains(r#""level":"DEBUG""#) && line.contains(r#""client":"127.0.0.1""#));
}

#[tokio::test]
async fn x5_connections_of_a_client_are_limited() {
    let settings = [("http.connections_per_ip", "3"), ("http.trusted_proxies", "")];
    let service = Service::start(&settings).await;
    let mut sockets = Vec::new();
    for _ in 0..3 {
        let mut socket = connect(&service).await;
        assert!(is_answered(&mut socket).await);
        sockets.push(socket);
    }
    assert!(!is_answered(&mut connect(&service).await).await, "the limit is reached");
    until("the refusal is logged", async || service.log().contains("http.connections_per_ip"))
        .await;
    let log = service.log();
    let line = log.lines().find(|line| line.contains("http.connections_per_ip")).unwrap();
    assert!(line.contains(r#""level":"WARN""#) && line.contains(r#""client":"127.0.0.1""#));
    assert!(is_answered(&mut sockets[0]).await, "earlier connections stay open");
    drop(sockets.pop());
    until("a connection is accepted again", async || {
        is_answered(&mut connect(&service).await).await
    })
    .await;
}

#[tokio::test]
async fn x5_connections_of_trusted_proxies_are_not_counted() {
    let service = Service::start(&[("http.connections_per_ip", "1")]).await;
    let mut sockets = Vec::new();
    for _ in 0..5 {
        let mut socket = connect(&service).await;
        assert!(is_answered(&mut socket).await);
        sockets.push(socket);
    }
}

#[tokio::test]
async fn w8_a_connection_may_idle_for_longer_than_a_proxy_waits() {
    let mut service = Service::start(&[]).await;
    let mut sockets = Vec::new();
    for _ in 0..20 {
        let mut socket = connect(&service).await;
        assert!(is_answered(&mut socket).await);
        sockets.push(socket);
    }
    sleep(Duration::from_secs(10)).await;
    assert!(is_answered(&mut sockets[0]).await, "the connection stays open");
    // An idle connection does not delay the end.
    stops_within(&mut service, Duration::from_secs(3)).await;
}

#[tokio::test]
async fn w8_a_connection_idles_no_longer_than_the_settings_say() {
    let service = Service::start(&[("http.keep_alive", "1s")]).await;
    let mut socket = connect(&service).await;
    assert!(is_answered(&mut socket).await);
    let since = Instant::now();
    assert_eq!(response(&mut socket).await, None);
    assert!(since.elapsed() >= Duration::from_millis(900), "{:?}", since.elapsed());
}

/// Asserts that `answer` is a refusal of actix-http with the headers of every answer.
fn is_refused(answer: &str, status: &str) {
    assert!(answer.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{answer}");
    for header in ["content-security-policy: default-src 'none'", "x-content-type-options: nosniff"]
    {
        assert_eq!(answer.matches(&format!("\r\n{header}")).count(), 1, "{answer}");
    }
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
}

#[tokio::test]
async fn x11_a_malformed_head_is_refused_with_headers_and_no_error() {
    let service = Service::start(&[("log.filter", "trace")]).await;
    for head in [
        "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        "\u{0}\u{1}\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    ] {
        is_refused(&service.send_raw(head.as_bytes()).await, "400 Bad Request");
    }
    let after = format!("{PAGE}nonsense\r\n\r\n");
    let answers = service.send_raw(after.as_bytes()).await;
    assert!(answers.starts_with("HTTP/1.1 200 OK\r\n"), "{answers}");
    is_refused(&answers[answers.rfind("HTTP/1.1").unwrap()..], "400 Bad Request");
    let request = format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "y".repeat(200_000));
    let status = "431 Request Header Fields Too Large";
    is_refused(&service.send_raw(request.as_bytes()).await, status);

    let is_told = |line: &&str| line.contains("malformed request refused");
    until("each is logged", async || service.log().lines().filter(is_told).count() == 6).await;
    let log = service.log();
    for line in log.lines().filter(is_told) {
        assert!(line.contains(r#""level":"DEBUG""#) && line.contains(r#""client":"127.0.0.1""#));
    }
    assert!(!log.contains(r#""level":"ERROR""#), "a client's fault is no error of the service");
}

#[tokio::test]
async fn x11_a_head_that_does_not_come_is_refused_with_headers() {
    let service = Service::start(&[]).await;
    let mut socket = connect(&service).await;
    socket.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    let mut answer = String::new();
    // The answer arrives in pieces, and the connection is closed behind it.
    timeout(PATIENCE, socket.read_to_string(&mut answer)).await.expect("it does not hang").unwrap();
    is_refused(&answer, "408 Request Timeout");
}
