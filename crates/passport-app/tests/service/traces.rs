//! Traces by OTLP, received by a server of the test that reads the protobuf.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value as Any},
    trace::v1::Span,
};
use prost::Message;
use reqwest::Client;
use serde_json::json;

use crate::support::{
    Account, Api, Call, GatewayDouble, PASSWORD, Person, ROOMY, Service, TEST_ANSWER, phone,
    sign_in, until,
};

/// A receiver of OTLP over HTTP.
struct Receiver {
    address: SocketAddr,
    bodies: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Receiver {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let bodies = Arc::new(Mutex::new(Vec::new()));
        let received = Arc::clone(&bodies);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (mut stream, received) = (stream.unwrap(), Arc::clone(&received));
                thread::spawn(move || {
                    while let Some(body) = read_request(&mut stream) {
                        received.lock().unwrap().push(body);
                        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
                        stream.write_all(answer).unwrap();
                    }
                });
            }
        });
        Self { address, bodies }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn bodies(&self) -> Vec<Vec<u8>> {
        self.bodies.lock().unwrap().clone()
    }

    fn spans(&self) -> Vec<Span> {
        let requests = self.bodies().into_iter().map(|body| {
            ExportTraceServiceRequest::decode(&*body).expect("it is an export of traces")
        });
        requests
            .flat_map(|request| request.resource_spans)
            .flat_map(|resource| resource.scope_spans)
            .flat_map(|scope| scope.spans)
            .collect()
    }

    /// The spans, once one has this name.
    async fn spans_with(&self, name: &str) -> Vec<Span> {
        until(name, async || self.spans().iter().any(|span| span.name == name)).await;
        self.spans()
    }
}

/// The body of the next request; `None` at the end of the connection.
fn read_request(stream: &mut impl Read) -> Option<Vec<u8>> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    assert!(head.starts_with("post /v1/traces "), "{head}");
    assert!(head.contains("content-type: application/x-protobuf"), "{head}");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut body).ok()?;
    Some(body)
}

fn attribute<'a>(span: &'a Span, key: &str) -> Option<&'a KeyValue> {
    span.attributes.iter().find(|attribute| attribute.key == key)
}

#[track_caller]
fn text(span: &Span, key: &str) -> String {
    let attribute = attribute(span, key).unwrap_or_else(|| panic!("{key}: {span:?}"));
    match attribute.value.as_ref().unwrap().value.as_ref().unwrap() {
        Any::StringValue(text) => text.clone(),
        Any::IntValue(number) => number.to_string(),
        other => panic!("{other:?}"),
    }
}

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

#[tokio::test]
async fn a_request_is_a_span_and_its_stores_are_within() {
    let receiver = Receiver::start();
    let url = receiver.url();
    let service =
        Service::start(&[&[("telemetry.otlp_endpoint", &*url)], &ROOMY[..]].concat()).await;
    let api = Api::new(&service);
    let account = Account::with_password(&api).await;
    let request = Client::new()
        .post(format!("{}/api/v1/sessions", service.url()))
        .header("traceparent", format!("00-{TRACE}-{PARENT}-01"))
        .header("user-agent", "an-agent-of-its-own")
        .json(&json!({ "mobile": account.phone, "password": PASSWORD, "transport": "bearer" }));
    let reply = request.send().await.unwrap();
    assert_eq!(reply.status(), 201);
    assert!(!reply.headers().contains_key("traceparent"));
    receiver.spans_with("POST /api/v1/sessions").await;
    let traced = async || {
        let spans = receiver.spans();
        spans.into_iter().filter(|span| hex::encode(&span.trace_id) == TRACE).collect::<Vec<_>>()
    };
    until("the session is stored within the trace", async || {
        traced().await.iter().any(|span| span.name == "sessions write")
    })
    .await;
    let spans = traced().await;
    let root = spans.iter().find(|span| span.name == "POST /api/v1/sessions").unwrap();
    assert_eq!(hex::encode(&root.parent_span_id), PARENT);
    assert_eq!(root.kind, 2, "a server");
    for (key, value) in [
        ("http.request.method", "POST"),
        ("http.route", "/api/v1/sessions"),
        ("http.response.status_code", "201"),
        ("url.path", "/api/v1/sessions"),
        ("url.scheme", "http"),
    ] {
        assert_eq!(text(root, key), value);
    }
    let store = spans.iter().find(|span| span.name == "sessions write").unwrap();
    assert_eq!(store.parent_span_id, root.span_id, "{store:?}");
    assert_eq!((text(store, "passport.store"), store.kind), ("sessions".to_owned(), 3));
    // The log is as it is without traces.
    let log = service.log();
    let line = log.lines().find(|line| line.contains("\"signed in\"")).expect(&log);
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!(line["span"]["name"], "request");
    assert!(
        line["span"]["request_id"].is_string() && line["span"].get("otel.name").is_none(),
        "{line}"
    );
}

#[tokio::test]
async fn traces_tell_of_no_one_and_go_to_no_gateway() {
    let receiver = Receiver::start();
    let double = GatewayDouble::start("aliyun");
    let url = receiver.url();
    let mut settings = double.settings("aliyun");
    settings.push(("telemetry.otlp_endpoint".to_owned(), url));
    settings.push(("sms.gateways".to_owned(), "aliyun".to_owned()));
    let settings: Vec<_> = settings.iter().map(|(key, value)| (&**key, &**value)).collect();
    let service = Service::start(&settings).await;
    let person = Person::from_address(&service, "198.51.100.77");
    let phone = phone();
    let challenge = person.challenge().await;
    let ask = person.request(reqwest::Method::POST, "/passport/sms_code?mobile=13912345678");
    let body = json!({ "mobile": phone, "image_code": TEST_ANSWER, "image_code_id": challenge });
    let parent = format!("00-{TRACE}-{PARENT}-01");
    person.send(ask.json(&body).header("traceparent", &parent).header("baggage", "a=b")).await;
    person.login(&phone, "a wrong password").await;
    person.get(&format!("/sms/receipts/aliyun/{}", "s".repeat(43))).await;
    let spans = receiver.spans_with("POST /passport/login").await;
    let message =
        spans.iter().find(|span| span.name == "send message").expect("a message was sent");
    assert_eq!(text(message, "passport.sms.outcome"), "accepted");
    assert_eq!(hex::encode(&message.trace_id), TRACE);
    for body in receiver.bodies() {
        let body = String::from_utf8_lossy(&body);
        for secret in [
            &*phone,
            "13912345678",
            "198.51.100.77",
            "127.0.0.1",
            "wrong password",
            &challenge,
            "ssss",
        ] {
            assert!(!body.contains(secret), "{secret}: {body}");
        }
    }
    let requests = double.requests();
    assert_eq!(requests.len(), 1);
    let sent = requests[0].to_lowercase();
    assert!(
        !sent.contains("traceparent") && !sent.contains(TRACE) && !sent.contains("baggage"),
        "{sent}"
    );
}

#[tokio::test]
async fn a_stranger_chooses_no_trace_and_a_share_is_traced() {
    let receiver = Receiver::start();
    let url = receiver.url();
    let settings = [
        ("telemetry.otlp_endpoint", &*url),
        ("telemetry.sample_ratio", "0"),
        ("http.trusted_proxies", ""),
    ];
    let mut service = Service::start(&settings).await;
    let ask = Client::new()
        .get(format!("{}/healthz", service.url()))
        .header("traceparent", format!("00-{TRACE}-{PARENT}-01"));
    assert_eq!(ask.send().await.unwrap().status(), 200);
    service.stop().await;
    assert!(receiver.spans().is_empty(), "{:?}", receiver.spans());
}

#[tokio::test]
async fn a_receiver_that_hangs_or_is_down_delays_nothing() {
    // Accepts connections, and answers nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let hanging = format!("http://{}", silent.local_addr().unwrap());
    for endpoint in [hanging.as_str(), "http://127.0.0.1:1"] {
        let mut service = Service::start(&[("telemetry.otlp_endpoint", endpoint)]).await;
        let person = Person::new(&service);
        let start = Instant::now();
        // With a wait for each of them this would take minutes.
        for _ in 0..300 {
            assert_eq!(person.get("/readyz").await.status, 200);
        }
        assert!(start.elapsed() < Duration::from_mins(1), "{:?}", start.elapsed());
        until("the log warns", async || service.log().contains("traces were not sent")).await;
        let warnings = service.log().matches("traces were not sent").count();
        assert_eq!(warnings, 1, "once a minute");
        let start = Instant::now();
        assert!(service.stop().await.success());
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    }
}

#[tokio::test]
async fn nothing_is_traced_without_an_endpoint() {
    let service = Service::start(&[("log.filter", "trace")]).await;
    let api = Api::new(&service);
    assert_eq!(sign_in(&api, &phone(), PASSWORD).await.status, 401);
    api.send(&Call::post("/nothing", json!({}))).await;
    assert!(!service.log().contains("passport.store"), "{}", service.log());
}
