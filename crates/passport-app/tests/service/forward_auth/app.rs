//! A small application that tells what it gets.

use std::sync::{Arc, Mutex, PoisonError};

use base64::{Engine, prelude::BASE64_STANDARD};
use sha1::{Digest, Sha1};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::message::{Head, read_body, read_head};

/// The application. It answers requests with their body, and WebSocket handshakes with an echo.
pub(super) struct App {
    address: std::net::SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// A request that reached the application.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) head: Head,
    pub(super) body: Vec<u8>,
}

impl App {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::<Mutex<Vec<Seen>>>::default();
        let record = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, Arc::clone(&record)));
            }
        });
        Self { address, seen }
    }

    pub(super) fn address(&self) -> std::net::SocketAddr {
        self.address
    }

    /// The requests since the last call.
    pub(super) fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The only request since the last call.
    #[track_caller]
    pub(super) fn take_one(&self) -> Seen {
        let mut seen = self.take();
        assert_eq!(seen.len(), 1, "one request reaches the application: {seen:?}");
        seen.remove(0)
    }
}

impl Seen {
    /// The values of a field under every name that an application may take for it: other case, and
    /// underscores for hyphens, as CGI and WSGI do.
    pub(super) fn told(&self, name: &str) -> Vec<&str> {
        let plain = |name: &str| name.to_ascii_lowercase().replace('_', "-");
        let fields = self.head.fields.iter().filter(|(own, _)| plain(own) == plain(name));
        fields.map(|(_, value)| value.as_str()).collect()
    }
}

async fn serve(mut socket: TcpStream, record: Arc<Mutex<Vec<Seen>>>) {
    let mut buffer = Vec::new();
    while let Some(head) = read_head(&mut socket, &mut buffer).await {
        let Some(body) = read_body(&mut socket, &mut buffer, &head, true).await else { return };
        let mut words = head.line.split(' ').map(str::to_owned);
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let is_head = method == "HEAD";
        let seen = Seen { method, target, head: head.clone(), body: body.clone() };
        record.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
        if let Some(key) = head.field("sec-websocket-key") {
            echo(socket, key, buffer).await;
            return;
        }
        let length = body.len();
        let mut answer = format!(
            "HTTP/1.1 200 OK\r\nX-Reached: app\r\nContent-Type: application/octet-stream\r\n\
             Set-Cookie: own=1\r\nContent-Length: {length}\r\n\r\n"
        )
        .into_bytes();
        if !is_head {
            answer.extend(body);
        }
        if socket.write_all(&answer).await.is_err() {
            return;
        }
    }
}

/// Sends back each byte of the open WebSocket.
async fn echo(mut socket: TcpStream, key: &str, rest: Vec<u8>) {
    let digest = Sha1::digest(format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
    let accept = BASE64_STANDARD.encode(digest);
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nX-Reached: app\r\nUpgrade: websocket\r\n\
         Connection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    let mut bytes = [answer.into_bytes(), rest].concat();
    while socket.write_all(&bytes).await.is_ok() {
        bytes.resize(4096, 0);
        let Ok(count @ 1..) = socket.read(&mut bytes).await else { return };
        bytes.truncate(count);
    }
}
