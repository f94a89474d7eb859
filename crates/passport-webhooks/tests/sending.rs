//! The sender, to listeners on this machine.

#![cfg(test)]

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use passport_webhooks::{
    Answer, Attempt, Endpoint, EndpointUrl, Sender, Unsent, WebhookSecret, signature,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

const BODY: &str = r#"{"type":"user.created"}"#;

/// Answers every request with the same bytes.
struct Listener {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Listener {
    /// `answer` is written piece by piece; after an empty piece nothing follows and the connection stays.
    async fn start(answer: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (connections, requests) = (Arc::<AtomicUsize>::default(), Arc::<Mutex<_>>::default());
        let (counted, seen) = (Arc::clone(&connections), Arc::clone(&requests));
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let (answer, seen) = (answer.clone(), Arc::<Mutex<Vec<String>>>::clone(&seen));
                tokio::spawn(async move {
                    let mut request = vec![0; 4_096];
                    let mut length = 0;
                    while !String::from_utf8_lossy(&request[..length]).contains(BODY) {
                        match client.read(&mut request[length..]).await {
                            Ok(0) | Err(_) => break,
                            Ok(more) => length += more,
                        }
                    }
                    seen.lock().unwrap().push(String::from_utf8_lossy(&request[..length]).into());
                    for piece in answer {
                        if piece.is_empty() {
                            std::future::pending::<()>().await;
                        }
                        // The sender may have hung up.
                        _ = client.write_all(&piece).await;
                    }
                });
            }
        });
        Self { address, connections, requests }
    }

    async fn saying(answer: &str) -> Self {
        Self::start(vec![answer.as_bytes().to_vec()]).await
    }

    fn url(&self, host: &str) -> String {
        format!("http://{host}:{}/hooks?key=1", self.address.port())
    }
}

fn secret() -> WebhookSecret {
    WebhookSecret::from_bytes([7; 32])
}

/// An endpoint that may be private, with a time limit of a second.
fn endpoint(url: &str) -> Endpoint {
    Endpoint {
        name: "shop".parse().unwrap(),
        url: EndpointUrl::parse(url, true).unwrap(),
        secrets: vec![secret()],
        events: BTreeSet::new(),
        reveal_mobile: false,
        allow_private: true,
        timeout: Duration::from_secs(1),
        concurrency: 1,
    }
}

async fn post(endpoint: &Endpoint) -> Result<Answer, Unsent> {
    let attempt = Attempt { id: "evt_1", timestamp: 1_795_340_610, body: BODY.as_bytes() };
    Sender::new(None).unwrap().post(endpoint, attempt).await
}

#[tokio::test]
async fn a_request_is_complete_and_signed() {
    let listener = Listener::saying("HTTP/1.1 204 No Content\r\n\r\n").await;
    let answer = post(&endpoint(&listener.url("127.0.0.1"))).await;
    assert_eq!(answer, Ok(Answer { status: 204, retry_after: None }));
    let request = listener.requests.lock().unwrap().remove(0);
    let signature = signature(&[secret()], "evt_1", 1_795_340_610, BODY.as_bytes());
    let agent = concat!("passport-webhooks/", env!("CARGO_PKG_VERSION"));
    for line in [
        "POST /hooks?key=1 HTTP/1.1",
        &format!("host: 127.0.0.1:{}", listener.address.port()),
        &format!("user-agent: {agent}"),
        "content-type: application/json",
        "webhook-id: evt_1",
        "webhook-timestamp: 1795340610",
        &format!("webhook-signature: {signature}"),
        &format!("content-length: {}", BODY.len()),
    ] {
        assert!(request.lines().any(|it| it == line), "{line}: {request}");
    }
}

/// The name is one that resolves: the same request arrives where private addresses are allowed.
#[tokio::test]
async fn a_name_of_a_private_address_is_not_connected_to() {
    let listener = Listener::saying("HTTP/1.1 204 No Content\r\n\r\n").await;
    let allowed = endpoint(&listener.url("localhost"));
    let refused = Endpoint { allow_private: false, ..allowed.clone() };
    let error = post(&refused).await.unwrap_err().to_string();
    assert!(error.contains("no public address"), "{error}");
    assert_eq!(listener.connections.load(Ordering::SeqCst), 0);
    // An address in the URL is looked at as well.
    let by_address = endpoint(&listener.url("127.0.0.1"));
    assert!(post(&Endpoint { allow_private: false, ..by_address }).await.is_err());
    assert_eq!(listener.connections.load(Ordering::SeqCst), 0);
    assert!(post(&allowed).await.is_ok());
}

#[tokio::test]
async fn a_name_that_is_not_found_is_a_failure() {
    let error = post(&endpoint("http://nothing.invalid/")).await.unwrap_err().to_string();
    assert!(error.contains("the host was not found") || error.contains("no answer"), "{error}");
}

#[tokio::test]
async fn an_answer_that_does_not_end_is_cut_off() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n".to_vec();
    // Beyond the bound the rest is not read: the status counts.
    let long = Listener::start(vec![head.clone(), vec![b'a'; 100_000], Vec::new()]).await;
    let started = Instant::now();
    assert_eq!(post(&endpoint(&long.url("127.0.0.1"))).await.map(|it| it.status), Ok(200));
    assert!(started.elapsed() < Duration::from_millis(900), "{:?}", started.elapsed());
    // Within it the time limit ends the try.
    for answer in [
        vec![head, b"aaa".to_vec(), Vec::new()],
        vec![b"HTTP/1.1 200".to_vec(), Vec::new()],
        vec![Vec::new()],
    ] {
        let listener = Listener::start(answer).await;
        let started = Instant::now();
        let error = post(&endpoint(&listener.url("127.0.0.1"))).await.unwrap_err().to_string();
        assert_eq!(error, "no answer within 1s");
        assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    }
}

#[tokio::test]
async fn a_head_that_does_not_end_is_a_failure() {
    let mut head = b"HTTP/1.1 200 OK\r\nx: ".to_vec();
    head.resize(200_000, b'a');
    let listener = Listener::start(vec![head, Vec::new()]).await;
    let error = post(&endpoint(&listener.url("127.0.0.1"))).await.unwrap_err().to_string();
    assert!(error.contains("the connection broke"), "{error}");
}

#[tokio::test]
async fn something_else_than_http_is_a_failure_and_not_quoted() {
    let listener = Listener::saying("SSH-2.0-secret_banner\r\n").await;
    let error = post(&endpoint(&listener.url("127.0.0.1"))).await.unwrap_err().to_string();
    assert!(error.contains("the connection broke") && !error.contains("secret"), "{error}");
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = post(&endpoint(&format!("http://{closed}/"))).await.unwrap_err().to_string();
    assert!(error.contains("no connection"), "{error}");
}

#[tokio::test]
async fn an_endpoint_can_ask_for_a_pause() {
    for (text, pause) in [
        ("120", Some(120)),
        ("999999999999", Some(3_600)),
        ("soon", None),
        ("Sun, 29 Nov 2026 10:00:00 GMT", None),
    ] {
        let answer = format!("HTTP/1.1 503 -\r\nretry-after: {text}\r\ncontent-length: 0\r\n\r\n");
        let listener = Listener::saying(&answer).await;
        let answer = post(&endpoint(&listener.url("127.0.0.1"))).await.unwrap();
        assert_eq!(answer.retry_after, pause.map(Duration::from_secs), "{text}");
        assert_eq!(answer.status, 503);
    }
}

#[test]
fn extra_roots_are_certificates() {
    for pem in ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        assert!(Sender::new(Some(pem)).is_err(), "{pem}");
    }
}
