//! The router over real gateways and sockets.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures::future::join_all;
use passport_sms_client::{
    Capabilities, Cause, Clock, Finding, Gap, Gateway, Message, MessageKind, Outcome, Route,
    Router, RouterPolicy, SmsClient,
};
use rand::SeedableRng;
use rand::rngs::StdRng;
use time::OffsetDateTime;
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::all;
use crate::support::double::{Double, Fault};
use crate::support::protocol::{Place, Protocol};
use crate::support::protocols::{twilio::Twilio, vonage::Vonage, yuntongxun::Yuntongxun};
use crate::support::{NOW, message};

/// A gateway without receipts.
#[derive(Debug)]
struct Plain(Box<dyn SmsClient>);

#[async_trait]
impl SmsClient for Plain {
    fn capabilities(&self) -> Capabilities {
        self.0.capabilities()
    }

    fn covers(&self, kind: &MessageKind) -> Result<(), Gap> {
        self.0.covers(kind)
    }

    async fn send(&self, message: &Message) -> Outcome {
        self.0.send(message).await
    }

    async fn find(&self, message: &Message, sent_at: OffsetDateTime) -> Finding {
        self.0.find(message, sent_at).await
    }
}

impl Gateway for Plain {}

fn router(gateways: Vec<Box<dyn SmsClient>>, deadline: Duration) -> Router {
    let routes = gateways.into_iter().enumerate().map(|(index, gateway)| {
        Route::new(format!("{index}"), Arc::new(Plain(gateway))).weight(0).slots(400)
    });
    let mut policy = RouterPolicy::default();
    (policy.deadline, policy.attempt_timeout) = (deadline, deadline);
    Router::new(routes.collect(), policy, Clock::new(|| NOW), StdRng::seed_from_u64(1)).unwrap()
}

/// Sends a message through one gateway at `place` that no request reaches.
async fn is_not_sent(protocol: Arc<dyn Protocol>, place: Place, deadline: Duration) {
    let router = router(vec![protocol.gateway(place)], deadline);
    let start = Instant::now();
    let report = router.route(&message()).await;
    let is_not_sent = matches!(report.outcome, Outcome::NotSent(Cause::TimedOutAfter(_)));
    assert!(is_not_sent, "{report:?}");
    assert!(start.elapsed() < deadline + Duration::from_millis(500), "{:?}", start.elapsed());
}

/// Limits of a gateway and of the router, of which either may be shorter.
const LIMITS: [(u64, u64); 4] = [(2_000, 1_500), (1_000, 1_500), (700, 2_000), (5_000, 1_000)];

async fn s3_nothing_is_sent(fault: Fault) {
    let mut sends = JoinSet::new();
    for protocol in all() {
        for (connect, deadline) in LIMITS {
            let protocol = Arc::clone(&protocol);
            sends.spawn(async move {
                let double = Double::start(protocol.clone(), &[fault; 8]).await;
                let mut place = double.place();
                place.https.connect_timeout = Duration::from_millis(connect);
                is_not_sent(protocol, place, Duration::from_millis(deadline)).await;
                assert_eq!((double.requests(), double.messages()), (0, 0));
            });
        }
    }
    sends.join_all().await;
}

#[tokio::test]
async fn s3_silence_before_tls_is_not_sent() {
    s3_nothing_is_sent(Fault::StallBeforeTls).await;
}

#[tokio::test]
async fn s3_silence_within_tls_is_not_sent() {
    s3_nothing_is_sent(Fault::StallWithinTls).await;
}

/// A port that drops connections: its queue is full, as behind a firewall that answers nothing.
async fn black_hole() -> (SocketAddr, Vec<TcpStream>, tokio::net::TcpListener) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut queued = Vec::new();
    let wait = Duration::from_millis(300);
    while let Ok(stream) = timeout(wait, TcpStream::connect(address)).await {
        queued.push(stream.unwrap());
    }
    (address, queued, listener)
}

#[tokio::test]
async fn s3_a_connection_that_never_opens_is_not_sent() {
    let (address, _queued, _listener) = black_hole().await;
    let mut sends = JoinSet::new();
    for protocol in all() {
        for (connect, deadline) in LIMITS {
            let protocol = Arc::clone(&protocol);
            let endpoint = format!("https://{address}");
            sends.spawn(async move {
                let double = Double::start(protocol.clone(), &[]).await;
                let mut place = Place { endpoint, ..double.place() };
                place.https.connect_timeout = Duration::from_millis(connect);
                is_not_sent(protocol, place, Duration::from_millis(deadline)).await;
            });
        }
    }
    sends.join_all().await;
}

/// Bytes of the request have left, so the message may be under way: the limit does not hide that.
#[tokio::test]
async fn s3_silence_after_the_request_stays_unknown() {
    let mut sends = JoinSet::new();
    for protocol in all() {
        for fault in [Fault::StallUnread, Fault::StallRead, Fault::Drip] {
            let protocol = Arc::clone(&protocol);
            sends.spawn(async move {
                let double = Double::start(protocol.clone(), &[fault; 8]).await;
                let gateway = protocol.gateway(double.place());
                let report = router(vec![gateway], Duration::from_secs(3)).route(&message()).await;
                let is_unknown = matches!(report.outcome, Outcome::Unknown(_));
                assert!(is_unknown, "{fault:?}: {report:?}");
            });
        }
    }
    sends.join_all().await;
}

const UNAVAILABLE: &str = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";
const PAGE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\n<html>oh dear!</html>";

/// Gateways that are down answer every request with an error of a proxy. Prints the number of
/// requests.
#[tokio::test]
async fn s2_a_dead_gateway_is_left_in_peace() {
    let mut rows = JoinSet::new();
    let protocols: [(&str, Arc<dyn Protocol>); 3] = [
        ("supports idempotency keys", Arc::new(Yuntongxun)),
        ("supports queries", Arc::new(Twilio)),
        ("neither", Arc::new(Vonage)),
    ];
    for (kind, protocol) in protocols {
        for (name, answer) in [("503", UNAVAILABLE), ("HTML", PAGE)] {
            let protocol = Arc::clone(&protocol);
            rows.spawn(async move {
                let faults = vec![Fault::Refuse(answer); 1_000];
                let double = Double::start(protocol.clone(), &faults).await;
                let gateway = protocol.gateway(double.place());
                let router = router(vec![gateway], Duration::from_secs(5));
                _ = router.route(&message()).await;
                let one = double.requests();
                let messages: Vec<_> = (1..300).map(|_| message()).collect();
                join_all(messages.iter().map(|it| router.route(it))).await;
                (kind, name, one, double.requests())
            });
        }
    }
    let mut rows = rows.join_all().await;
    rows.sort_unstable();
    println!("| gateway | answer | requests for 1 message | for 300 messages |");
    println!("| --- | --- | --- | --- |");
    for (kind, name, one, all) in rows {
        println!("| {kind} | {name} | {one} | {all} |");
        assert!((1..4).contains(&one) && all < 400, "{kind}, {name}: {one}, {all}");
    }
}

/// The trial of a gateway that recovered succeeds, and messages go on.
#[tokio::test]
async fn s2_a_gateway_that_recovers_is_used_again() {
    let protocol: Arc<dyn Protocol> = Arc::new(Vonage);
    let double = Double::start(protocol.clone(), &[Fault::Refuse(UNAVAILABLE); 6]).await;
    let router = router(vec![protocol.gateway(double.place())], Duration::from_secs(5));
    for _ in 0..6 {
        assert!(!router.route(&message()).await.outcome.is_sent());
    }
    for _ in 0..10 {
        assert!(router.route(&message()).await.outcome.is_sent());
    }
    assert_eq!(double.messages(), 10);
}
