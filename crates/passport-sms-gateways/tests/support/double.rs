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

/// Where, and how, the double fails. Each request takes the next one; those before TLS and before
/// reading are asked for when a connection comes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// None: a proper answer.
    None,
    /// Closes the connection before TLS.
    CloseBeforeTls,
    /// Never begins with TLS.
    StallBeforeTls,
    /// Closes the connection when the request has come, without looking at it.
    CloseUnread,
    /// Never looks at the request.
    StallUnread,
    /// Takes the message, then closes the connection.
    CloseRead,
    /// Takes the message, then says nothing.
    StallRead,
    /// Takes the message, then answers a byte every now and then.
    Drip,
    /// Takes the message, answers properly, and hangs up without having announced it.
    CloseAfterAnswer,
    /// Takes the message, then says this, and closes the connection.
    Say(&'static str),
    /// Refuses the message with this answer.
    Refuse(&'static str),
    /// Takes the message, then says this again and again up to 1 GiB.
    Pour(&'static str, &'static str),
}

/// A gateway of our own.
pub(crate) struct Double {
    /// The root to trust.
    root_ca: String,
    host: String,
    protocol: Arc<dyn Protocol>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    faults: VecDeque<Fault>,
    /// What people would have received.
    taken: Vec<Taken>,
    nonces: BTreeSet<String>,
    /// What requests signed or carried where secrets are.
    signed: BTreeSet<String>,
    complaints: Vec<String>,
    connections: usize,
    requests: usize,
    poured: usize,
}

impl Double {
    /// A double that fails so, request by request, and then no more.
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

    /// Where the double is, spoken to patiently, because test machines are busy.
    pub(crate) fn place(&self) -> Place {
        let mut https = HttpsSettings::default();
        https.connect_timeout = Duration::from_secs(10);
        https.timeout = Duration::from_secs(20);
        https.extra_root_ca = Some(self.root_ca.clone());
        Place { endpoint: format!("https://{}", self.host), https }
    }

    /// The gateway under test, which speaks to this double.
    pub(crate) fn gateway(&self) -> Box<dyn SmsClient> {
        self.protocol.gateway(self.place())
    }

    /// What requests signed, and what they carried where secrets are.
    pub(crate) fn signed(&self) -> BTreeSet<String> {
        self.state.lock().unwrap().signed.clone()
    }

    /// How many messages people would have received. Every request was faultless, or this panics.
    pub(crate) fn messages(&self) -> usize {
        let state = self.state.lock().unwrap();
        assert_eq!(state.complaints, Vec::<String>::new());
        state.taken.len()
    }

    /// How many requests were read.
    pub(crate) fn requests(&self) -> usize {
        self.state.lock().unwrap().requests
    }

    /// How many connections were made.
    pub(crate) fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }

    /// How many bytes of `Pour` went out.
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
            _ => {}
        }
        let Ok(mut stream) = tls.accept(tcp).await else { return };
        let mut fault = first;
        loop {
            match fault {
                // One byte tells that the request has come.
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
                // Until the client has put the connection by.
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

    /// Looks at the request as the gateway does, and gives the answer it would get.
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
    // The client may have gone; what it makes of that is what is tested.
    let _ = stream.write_all(words.as_bytes()).await;
    let _ = stream.flush().await;
}

async fn stall() {
    std::future::pending::<()>().await;
}
