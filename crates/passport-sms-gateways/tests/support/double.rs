use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use passport_sms_client::SmsClient;
use passport_sms_gateways::HttpsSettings;
use rustls::ServerConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::support::identity::Identity;
use crate::support::protocol::{Call, Place, Protocol, Taken};
use crate::support::wire::{Request, answer};

/// Failure of the double. Each request uses the next one; those before TLS and before reading apply
/// when a connection comes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// None: a proper answer.
    None,
    /// Closes the connection before TLS.
    CloseBeforeTls,
    /// Never begins with TLS.
    StallBeforeTls,
    /// Answers a part of the first TLS message, then is silent.
    StallWithinTls,
    /// Closes the connection when the request has come, without reading it.
    CloseUnread,
    /// Never reads the request.
    StallUnread,
    /// Accepts the message, then closes the connection.
    CloseRead,
    /// Accepts the message, then is silent.
    StallRead,
    /// Accepts the message, then answers a byte now and then.
    Drip,
    /// Accepts the message, answers properly, and closes the connection without announcing it.
    CloseAfterAnswer,
    /// Accepts the message, sends this answer, and closes the connection.
    Say(&'static str),
    /// Refuses the message with this answer.
    Refuse(&'static str),
    /// Accepts the message, then repeats this up to 1 GiB.
    Pour(&'static str, &'static str),
}

/// A gateway of the tests.
pub(crate) struct Double {
    /// Root certificate to trust.
    root_ca: String,
    host: String,
    protocol: Arc<dyn Protocol>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    faults: VecDeque<Fault>,
    /// Messages that recipients would have received.
    taken: Vec<Taken>,
    nonces: BTreeSet<String>,
    /// Signed texts of requests, and places of secrets in them.
    signed: BTreeSet<String>,
    complaints: Vec<String>,
    connections: usize,
    requests: usize,
    poured: usize,
}

impl Double {
    /// A double with these failures, request by request, and then none.
    pub(crate) async fn start(protocol: Arc<dyn Protocol>, faults: &[Fault]) -> Self {
        Self::start_as(Identity::Good, protocol, faults).await
    }

    pub(crate) async fn start_as(
        identity: Identity,
        protocol: Arc<dyn Protocol>,
        faults: &[Fault],
    ) -> Self {
        let (tls, root_ca) = identity.make();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let state = State { faults: faults.iter().copied().collect(), ..State::default() };
        let state = Arc::new(Mutex::new(state));
        let connection =
            Connection { host: host.clone(), protocol: protocol.clone(), state: state.clone() };
        tokio::spawn(accept(listener, tls, connection));
        Self { root_ca, host, protocol, state }
    }

    /// The address of the double, with long time limits because test machines are busy.
    pub(crate) fn place(&self) -> Place {
        let mut https = HttpsSettings::default();
        https.connect_timeout = Duration::from_secs(10);
        https.timeout = Duration::from_secs(20);
        https.extra_root_ca = Some(self.root_ca.clone());
        Place { endpoint: format!("https://{}", self.host), https }
    }

    /// The gateway under test, connected to this double.
    pub(crate) fn gateway(&self) -> Box<dyn SmsClient> {
        self.protocol.gateway(self.place())
    }

    /// `host:port`.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// The signed texts of requests, and places of secrets in them.
    pub(crate) fn signed(&self) -> BTreeSet<String> {
        self.state.lock().unwrap().signed.clone()
    }

    /// Number of messages that recipients would have received. Panics if a request was faulty.
    pub(crate) fn messages(&self) -> usize {
        let state = self.state.lock().unwrap();
        assert_eq!(state.complaints, Vec::<String>::new());
        state.taken.len()
    }

    /// Number of requests that were read.
    pub(crate) fn requests(&self) -> usize {
        self.state.lock().unwrap().requests
    }

    /// Number of connections.
    pub(crate) fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }

    /// Number of bytes of `Pour` that were sent.
    pub(crate) fn poured(&self) -> usize {
        self.state.lock().unwrap().poured
    }
}

async fn accept(listener: TcpListener, tls: Arc<ServerConfig>, connection: Connection) {
    while let Ok((tcp, _)) = listener.accept().await {
        connection.state.lock().unwrap().connections += 1;
        tokio::spawn(connection.clone().serve(tcp, TlsAcceptor::from(tls.clone())));
    }
}

#[derive(Clone)]
struct Connection {
    host: String,
    protocol: Arc<dyn Protocol>,
    state: Arc<Mutex<State>>,
}

impl Connection {
    async fn serve(self, tcp: TcpStream, tls: TlsAcceptor) {
        let first = self.next_fault();
        match first {
            Fault::CloseBeforeTls => return,
            Fault::StallBeforeTls => return stall().await,
            Fault::StallWithinTls => return begin_tls(tcp).await,
            _ => {}
        }
        let Ok(mut stream) = tls.accept(tcp).await else { return };
        let mut fault = first;
        loop {
            match fault {
                // One byte shows that the request has come.
                Fault::CloseUnread => {
                    let _ = stream.read_u8().await;
                    return;
                }
                Fault::StallUnread => return stall().await,
                _ => {}
            }
            let Some(request) = Request::read(&mut stream).await else { return };
            if !self.answer(&mut stream, &request, fault).await {
                return;
            }
            fault = self.next_fault();
        }
    }

    fn next_fault(&self) -> Fault {
        self.state.lock().unwrap().faults.pop_front().unwrap_or(Fault::None)
    }

    /// Whether the connection stays open.
    async fn answer(
        &self,
        stream: &mut TlsStream<TcpStream>,
        request: &Request,
        fault: Fault,
    ) -> bool {
        let taken = self.take(request, fault);
        match fault {
            Fault::CloseRead => {}
            Fault::StallRead => stall().await,
            Fault::Drip => {
                for byte in taken.bytes() {
                    if stream.write_all(&[byte]).await.is_err() || stream.flush().await.is_err() {
                        break;
                    }
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
            Fault::Say(answer) => say(stream, answer).await,
            Fault::Refuse(answer) => {
                say(stream, answer).await;
                return true;
            }
            Fault::Pour(head, drop) => self.pour(stream, head, drop).await,
            Fault::CloseAfterAnswer => {
                say(stream, &taken).await;
                // Until the client has put the connection into its pool.
                tokio::time::sleep(Duration::from_millis(100)).await;
                let _ = stream.shutdown().await;
            }
            _ => {
                say(stream, &taken).await;
                return true;
            }
        }
        false
    }

    /// Reads the request like the gateway, and returns its answer.
    fn take(&self, request: &Request, fault: Fault) -> String {
        let mut state = self.state.lock().unwrap();
        state.requests += 1;
        state.signed.insert(request.query.clone());
        for name in ["authorization", "x-wsse", "webhook-signature"] {
            state.signed.extend(request.headers.get(name).cloned());
        }
        let call = self.protocol.verify(request, &self.host);
        match call {
            Err(complaint) => {
                state.complaints.push(complaint);
                answer("418 I complained", "")
            }
            Ok(_) if matches!(fault, Fault::Refuse(_)) => String::new(),
            Ok(Call::List) => self.protocol.listing(&state.taken),
            Ok(Call::Send { key, label, nonce }) => {
                if nonce.is_some_and(|nonce| !state.nonces.insert(nonce)) {
                    state.complaints.push("the nonce was used before".to_owned());
                }
                if key.is_some() && state.taken.iter().any(|taken| taken.key == key) {
                    return self.protocol.repeated();
                }
                state.taken.push(Taken { key, label });
                self.protocol.accepted()
            }
        }
    }

    async fn pour(&self, stream: &mut TlsStream<TcpStream>, head: &str, drop: &str) {
        say(stream, head).await;
        for _ in 0..(1 << 30) / drop.len() {
            if stream.write_all(drop.as_bytes()).await.is_err() {
                return;
            }
            self.state.lock().unwrap().poured += drop.len();
        }
    }
}

async fn say(stream: &mut TlsStream<TcpStream>, words: &str) {
    // The client may have gone, which is what is tested.
    let _ = stream.write_all(words.as_bytes()).await;
    let _ = stream.flush().await;
}

/// The head of a handshake record that never ends.
async fn begin_tls(mut tcp: TcpStream) {
    let mut hello = [0; 64];
    let _ = tcp.read(&mut hello).await;
    let _ = tcp.write_all(&[22, 3, 3, 0, 90, 2, 0, 0, 86]).await;
    stall().await;
}

async fn stall() {
    std::future::pending::<()>().await;
}
