use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use passport_sms_client::SmsClient;
use passport_sms_gateways::HttpsSettings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::gateways::protocol;
use crate::identity;
use crate::runtime;
use crate::support::protocol::{Place, Protocol};

/// A gateway that accepts everything, on a thread of its own.
///
/// It only looks for the end of a request, because the strict double of the tests remembers every
/// message, and searches them all for each new one.
pub(crate) struct Double {
    pub(crate) host: String,
    /// Root certificate to trust, in PEM.
    pub(crate) root_ca: String,
    protocol: Arc<dyn Protocol>,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    requests: AtomicUsize,
    last: Mutex<Vec<u8>>,
}

impl Double {
    /// Its thread and its connections last until the process ends.
    pub(crate) fn start(name: &str) -> Self {
        let protocol = protocol(name);
        let answer: Arc<str> = protocol.accepted().into();
        let (tls, root_ca) = identity::make();
        let seen = Arc::new(Seen::default());
        let (sender, receiver) = mpsc::channel();
        let visible = seen.clone();
        thread::spawn(move || {
            runtime().block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                sender.send(listener.local_addr().unwrap().to_string()).unwrap();
                while let Ok((tcp, _)) = listener.accept().await {
                    visible.connections.fetch_add(1, Ordering::Relaxed);
                    let tls = TlsAcceptor::from(tls.clone());
                    tokio::spawn(serve(tcp, tls, answer.clone(), visible.clone()));
                }
            });
        });
        Self { host: receiver.recv().unwrap(), root_ca, protocol, seen }
    }

    pub(crate) fn gateway(&self) -> Box<dyn SmsClient> {
        // Long time limits, because the machine may be busy.
        let mut https = HttpsSettings::default();
        https.connect_timeout = Duration::from_secs(10);
        https.timeout = Duration::from_secs(20);
        https.extra_root_ca = Some(self.root_ca.clone());
        self.protocol.gateway(Place { endpoint: format!("https://{}", self.host), https })
    }

    /// Number of connections.
    pub(crate) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::Relaxed)
    }

    /// Number of answered requests.
    pub(crate) fn requests(&self) -> usize {
        self.seen.requests.load(Ordering::Relaxed)
    }

    /// The bytes of the last request.
    pub(crate) fn last(&self) -> Vec<u8> {
        self.seen.last.lock().unwrap().clone()
    }
}

/// Answers requests until the client closes the connection.
async fn serve(tcp: TcpStream, tls: TlsAcceptor, answer: Arc<str>, seen: Arc<Seen>) {
    tcp.set_nodelay(true).unwrap();
    let Ok(mut stream) = tls.accept(tcp).await else { return };
    let mut buffer = Vec::with_capacity(4096);
    loop {
        while !is_whole(&buffer) {
            match stream.read_buf(&mut buffer).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
        seen.requests.fetch_add(1, Ordering::Relaxed);
        seen.last.lock().unwrap().clone_from(&buffer);
        buffer.clear();
        if stream.write_all(answer.as_bytes()).await.is_err() || stream.flush().await.is_err() {
            return;
        }
    }
}

/// Whether this is a complete request. No second one is sent before the answer.
fn is_whole(bytes: &[u8]) -> bool {
    let Some(head) = bytes.windows(4).position(|end| end == b"\r\n\r\n") else { return false };
    let length = std::str::from_utf8(&bytes[..head])
        .unwrap()
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, value)| value.trim().parse().unwrap());
    bytes.len() >= head + 4 + length
}
