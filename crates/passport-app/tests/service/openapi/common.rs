//! The problems that all operations of a kind have, asked of each of them. The requests are made from the
//! document.

use futures::future::join_all;
use reqwest::{Method, RequestBuilder, header};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use uuid::Uuid;

use super::filled;
use crate::support::{
    Person, Reply, Service,
    document::Operation,
    observed::{DOCUMENT, observe},
};

/// The form of a session token.
const TOKEN: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn request(person: &Person, operation: &Operation) -> RequestBuilder {
    let method: Method = operation.method.parse().unwrap();
    person.request(method, &filled(&operation.path))
}

fn keyed(request: RequestBuilder) -> RequestBuilder {
    request.header("Idempotency-Key", Uuid::new_v4().to_string())
}

fn unsafe_operations() -> impl Iterator<Item = &'static Operation> {
    DOCUMENT.operations().filter(|it| it.method != "GET")
}

fn is(reply: &Reply, operation: &Operation, status: u16, code: &str) {
    let what = format!("{} {}: {}", operation.method, operation.path, reply.text());
    assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (status, &code.into()), "{what}");
}

#[tokio::test]
async fn each_operation_refuses_two_credentials() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    for operation in DOCUMENT.operations() {
        let two = request(&person, operation)
            .header(header::COOKIE, format!("passport_session={TOKEN}"))
            .bearer_auth(TOKEN);
        is(&person.send_bare(two).await, operation, 400, "two-credentials");
    }
}

#[tokio::test]
async fn operations_with_a_session_refuse_requests_without_one() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let needs_session = |it: &&Operation| {
        let ways = it.value["security"].as_array();
        ways.is_some_and(|ways| {
            ways.iter().all(|way| way.as_object().is_some_and(|it| !it.is_empty()))
        })
    };
    for operation in DOCUMENT.operations().filter(needs_session) {
        let bare = request(&person, operation).body("{}");
        is(&person.send_bare(bare).await, operation, 401, "not-signed-in");
    }
}

#[tokio::test]
async fn each_unsafe_operation_is_guarded() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    for operation in unsafe_operations() {
        let foreign = request(&person, operation)
            .header(header::COOKIE, format!("passport_session={TOKEN}"))
            .header("Sec-Fetch-Site", "cross-site");
        is(&person.send_bare(foreign).await, operation, 403, "cross-site");
        let short = request(&person, operation).header("Idempotency-Key", "short");
        is(&person.send_bare(short).await, operation, 400, "idempotency-key-invalid");
        let large = keyed(request(&person, operation)).body(" ".repeat(16 * 1024 + 1));
        is(&person.send_bare(large).await, operation, 413, "body-too-large");
    }
}

#[tokio::test]
async fn operations_with_a_body_need_json() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let with_body = unsafe_operations().filter(|it| it.value.get("requestBody").is_some());
    for operation in with_body.filter(|it| it.value.get("security").is_none()) {
        let text =
            request(&person, operation).header(header::CONTENT_TYPE, "text/plain").body("{}");
        is(&person.send_bare(text).await, operation, 415, "media-type-unsupported");
        let array =
            request(&person, operation).header(header::CONTENT_TYPE, "application/json").body("[]");
        is(&person.send_bare(array).await, operation, 400, "body-invalid");
    }
}

#[tokio::test]
async fn each_unsafe_operation_counts_idempotency_keys() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let sign_out = unsafe_operations().find(|it| it.value["operationId"] == "signOut").unwrap();
    loop {
        let reply = person.send(keyed(request(&person, sign_out))).await;
        if reply.status != 204 {
            break is(&reply, sign_out, 429, "too-many");
        }
    }
    for operation in unsafe_operations() {
        let reply = person.send(keyed(request(&person, operation))).await;
        is(&reply, operation, 429, "too-many");
        assert!(reply.header("ratelimit-policy").contains("idempotency-keys"), "{reply:?}");
    }
}

#[tokio::test]
async fn each_unsafe_operation_gives_a_body_ten_seconds() {
    let service = Service::start(&[]).await;
    let slow = async |operation: &Operation| {
        let path = filled(&operation.path);
        let head = format!(
            "{} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nIdempotency-Key: {}\r\n\
             Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{{",
            operation.method,
            Uuid::new_v4()
        );
        let mut socket = TcpStream::connect(service.address()).await.unwrap();
        socket.write_all(head.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        socket.read_to_end(&mut bytes).await.unwrap();
        let reply = parsed(&bytes);
        is(&reply, operation, 408, "body-timeout");
        observe(&operation.method, &path, &reply);
    };
    join_all(unsafe_operations().map(slow)).await;
}

/// An answer that was read from a socket.
fn parsed(bytes: &[u8]) -> Reply {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").expect("an answer has a head");
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse::<u16>().unwrap();
    let field = |line: &str| {
        let (name, value) = line.split_once(": ").unwrap();
        (name.parse::<header::HeaderName>().unwrap(), value.parse().unwrap())
    };
    Reply {
        status: status.try_into().unwrap(),
        headers: lines.map(field).collect(),
        body: body.as_bytes().to_vec(),
    }
}
