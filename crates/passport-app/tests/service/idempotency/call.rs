use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::Value;
use tokio::{io::AsyncWriteExt, net::TcpStream};
use uuid::Uuid;

use crate::support::{Person, Reply, Service, until};

/// A call with an idempotency key, which is sent unchanged as often as wanted: with the session that the
/// client had at the first time.
#[derive(Clone)]
pub(super) struct Call {
    http: Client,
    url: String,
    method: Method,
    path: String,
    session: Option<String>,
    is_bearer: bool,
    pub(super) body: Option<Value>,
    pub(super) key: String,
    /// Status of the first answer.
    pub(super) status: u16,
    /// Kind of the event that the call causes.
    pub(super) event: Option<&'static str>,
    /// Number of messages that the call causes.
    pub(super) messages: usize,
}

impl Call {
    pub(super) fn new(service: &Service, person: &Person, method: Method, path: &str) -> Self {
        Self {
            http: Client::builder().timeout(Duration::from_secs(30)).build().unwrap(),
            url: service.url(),
            method,
            path: path.to_owned(),
            session: None,
            is_bearer: false,
            body: None,
            key: Uuid::new_v4().to_string(),
            status: 200,
            event: None,
            messages: 0,
        }
        .of(person)
    }

    pub(super) fn answered(self, status: u16) -> Self {
        Self { status, ..self }
    }

    pub(super) fn recorded(self, event: &'static str) -> Self {
        Self { event: Some(event), ..self }
    }

    pub(super) fn telling(self, messages: usize) -> Self {
        Self { messages, ..self }
    }

    /// As an application sends it.
    pub(super) fn by_bearer(self) -> Self {
        Self { is_bearer: true, ..self }
    }

    /// With the session of `person`, if there is one.
    pub(super) fn of(self, person: &Person) -> Self {
        Self { session: person.cookie("passport_session"), ..self }
    }

    pub(super) fn with_body(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }

    pub(super) fn with_key(self, key: &str) -> Self {
        Self { key: key.to_owned(), ..self }
    }

    /// With a key of its own.
    pub(super) fn anew(self) -> Self {
        self.with_key(&Uuid::new_v4().to_string())
    }

    /// To another node, or to the same one after a restart.
    pub(super) fn to(self, service: &Service) -> Self {
        Self { url: service.url(), ..self }
    }

    pub(super) async fn send(&self) -> Reply {
        let mut request = self
            .http
            .request(self.method.clone(), format!("{}{}", self.url, self.path))
            .header("Idempotency-Key", &self.key)
            .header("Sec-Fetch-Site", "same-origin");
        if let Some((field, value)) = self.credential() {
            request = request.header(field, value);
        }
        if let Some(body) = &self.body {
            request = request.json(body);
        }
        Reply::to(request).await.expect("the service answers")
    }

    /// Repeats the call, as its problem tells, until it is no longer in progress.
    pub(super) async fn repeat_until_done(&self) -> Reply {
        for _ in 0..200 {
            let reply = self.send().await;
            if !reply.text().contains("idempotency-key-in-progress") {
                return reply;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the call is in progress for ever")
    }

    fn credential(&self) -> Option<(&'static str, String)> {
        let token = self.session.as_ref()?;
        Some(if self.is_bearer {
            ("Authorization", format!("Bearer {token}"))
        } else {
            ("Cookie", format!("passport_session={token}"))
        })
    }

    /// Sends the call on a connection of its own.
    pub(super) async fn begin(&self, service: &Service) -> TcpStream {
        let body = self.body.as_ref().map(Value::to_string).unwrap_or_default();
        let credential = self.credential().map(|(field, value)| format!("{field}: {value}\r\n"));
        let head = format!(
            "{} {} HTTP/1.1\r\nHost: x\r\nIdempotency-Key: \"{}\"\r\nSec-Fetch-Site: same-origin\r\n\
             Content-Type: application/json\r\n{}Content-Length: {}\r\n\r\n{body}",
            self.method,
            self.path,
            self.key,
            credential.unwrap_or_default(),
            body.len()
        );
        let mut socket = TcpStream::connect(service.address()).await.unwrap();
        socket.write_all(head.as_bytes()).await.unwrap();
        socket
    }

    /// Sends the call and resets its connection without reading the answer, once the service has
    /// written that.
    pub(super) async fn send_and_lose_the_answer(&self, service: &Service) {
        let answers = || {
            let log = service.log();
            let is_own = |line: &&str| {
                line.contains("answered")
                    && line.contains(&format!(r#""method":"{}""#, self.method))
                    && line.contains("/api/v1/")
            };
            log.lines().filter(is_own).count()
        };
        let before = answers();
        let socket = self.begin(service).await;
        until("the call is answered", async || answers() > before).await;
        socket.set_zero_linger().unwrap();
        drop(socket);
    }
}
