use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::identity::Identity;
use crate::request::Request;

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
    /// Refuses the message with this body.
    Refuse(&'static str),
    /// Takes the message, then says this again and again up to 1 GiB.
    Pour(&'static str, &'static str),
}

/// A Yuntongxun of our own.
pub(crate) struct Double {
    /// The root to trust.
    pub(crate) root_ca: String,
    host: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    faults: VecDeque<Fault>,
    /// The `reqId`s of messages taken: what people would have received.
    taken: BTreeSet<String>,
    complaints: Vec<String>,
    connections: usize,
    requests: usize,
    poured: usize,
}

impl Double {
    /// A double that fails so, request by request, and then no more.
    pub(crate) async fn start(faults: &[Fault]) -> Self {
        Self::start_as(Identity::Good, faults).await
    }

    pub(crate) async fn start_as(identity: Identity, faults: &[Fault]) -> Self {
        let (tls, root_ca) = identity.make();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let state = State { faults: faults.iter().copied().collect(), ..State::default() };
        let state = Arc::new(Mutex::new(state));
        tokio::spawn(accept(listener, tls, host.clone(), state.clone()));
        Self { root_ca, host, state }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("https://{}", self.host)
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

async fn accept(
    listener: TcpListener,
    tls: Arc<ServerConfig>,
    host: String,
    state: Arc<Mutex<State>>,
) {
    while let Ok((tcp, _)) = listener.accept().await {
        state.lock().unwrap().connections += 1;
        let connection = Connection { host: host.clone(), state: state.clone() };
        tokio::spawn(connection.serve(tcp, TlsAcceptor::from(tls.clone())));
    }
}

struct Connection {
    host: String,
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
            Fault::Refuse(body) => {
                say(stream, &ok(body)).await;
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
        match request.verify(&self.host) {
            Err(complaint) => {
                state.complaints.push(complaint);
                ok(r#"{"statusCode":"111103","statusMsg":"sig"}"#)
            }
            Ok(_) if matches!(fault, Fault::Refuse(_)) => String::new(),
            Ok(id) if state.taken.insert(id.clone()) => ok(
                r#"{"statusCode":"000000","templateSMS":{"smsMessageSid":"ff8080813c373cab","dateCreated":"20261122174330"}}"#,
            ),
            Ok(_) => ok(r#"{"statusCode":"160054","statusMsg":"请求重复"}"#),
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

fn ok(body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

async fn say(stream: &mut TlsStream<TcpStream>, words: &str) {
    // The client may have gone; what it makes of that is what is tested.
    let _ = stream.write_all(words.as_bytes()).await;
    let _ = stream.flush().await;
}

async fn stall() {
    std::future::pending::<()>().await;
}
