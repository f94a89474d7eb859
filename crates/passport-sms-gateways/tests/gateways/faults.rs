use std::sync::Arc;

use passport_sms_client::{Cause, Class, Outcome};
use tokio::net::TcpListener;

use crate::every_gateway;
use crate::support::double::{Double, Fault};
use crate::support::protocol::Protocol;
use crate::support::{NOW, message};

every_gateway! {
    a_refused_connection
    an_unknown_name
    closed_before_tls
    closed_before_reading
    closed_after_reading
    closed_within_the_head
    closed_within_the_body
    closed_within_a_chunk
    an_error_page
    an_unavailable_gateway
    a_redirection_is_not_followed
    an_empty_answer
    garbage_as_body
    s9_silence_is_no_success
    s9_a_shortened_acceptance_is_no_success
    garbage_instead_of_http
    too_many_requests
    a_huge_body_of_announced_length
    a_huge_body_in_chunks
    a_huge_body_until_the_end
    a_huge_head
}

/// Sends one message into a fault; returns the outcome and the number of messages that the gateway
/// accepted.
async fn send(protocol: Arc<dyn Protocol>, fault: Fault) -> (Outcome, usize) {
    let double = Double::start(protocol, &[fault]).await;
    let outcome = double.gateway().send(&message()).await;
    assert!(double.requests() <= 1, "nothing is sent again by itself");
    (outcome, double.messages())
}

macro_rules! assert_outcome {
    ($sent:expr, $outcome:pat, $messages:literal) => {
        let (outcome, messages) = $sent;
        assert!(matches!(outcome, $outcome), "{outcome:?}");
        assert_eq!(messages, $messages);
    };
}

async fn a_refused_connection(protocol: Arc<dyn Protocol>) {
    let double = Double::start(protocol.clone(), &[]).await;
    let mut place = double.place();
    // A port that was free a moment ago.
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    place.endpoint = format!("https://{free}");
    let outcome = protocol.gateway(place).send(&message()).await;
    assert!(matches!(outcome, Outcome::NotSent(Cause::Unreachable(_))), "{outcome:?}");
}

async fn an_unknown_name(protocol: Arc<dyn Protocol>) {
    let double = Double::start(protocol.clone(), &[]).await;
    let mut place = double.place();
    place.endpoint = String::from("https://gateway.invalid");
    let outcome = protocol.gateway(place).send(&message()).await;
    assert!(matches!(outcome, Outcome::NotSent(_)), "{outcome:?}");
}

async fn closed_before_tls(protocol: Arc<dyn Protocol>) {
    assert_outcome!(send(protocol, Fault::CloseBeforeTls).await, Outcome::NotSent(_), 0);
}

async fn closed_before_reading(protocol: Arc<dyn Protocol>) {
    assert_outcome!(
        send(protocol, Fault::CloseUnread).await,
        Outcome::Unknown(Cause::Disconnected(_)),
        0
    );
}

async fn closed_after_reading(protocol: Arc<dyn Protocol>) {
    assert_outcome!(
        send(protocol, Fault::CloseRead).await,
        Outcome::Unknown(Cause::Disconnected(_)),
        1
    );
}

async fn closed_within_the_head(protocol: Arc<dyn Protocol>) {
    let fault = Fault::Say("HTTP/1.1 200 OK\r\nContent-Le");
    assert_outcome!(send(protocol, fault).await, Outcome::Unknown(Cause::Disconnected(_)), 1);
}

async fn closed_within_the_body(protocol: Arc<dyn Protocol>) {
    let fault = Fault::Say("HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n{\"code\":\"000000000\"");
    assert_outcome!(send(protocol, fault).await, Outcome::Unknown(Cause::Disconnected(_)), 1);
}

async fn closed_within_a_chunk(protocol: Arc<dyn Protocol>) {
    let fault = Fault::Say(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n17\r\n{\"a\":\"0123456789abcde\"}\r\n",
    );
    assert_outcome!(send(protocol, fault).await, Outcome::Unknown(Cause::Disconnected(_)), 1);
}

async fn an_error_page(protocol: Arc<dyn Protocol>) {
    let fault = Fault::Say(
        "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 21\r\n\r\n<html>oh dear!</html>",
    );
    assert_outcome!(send(protocol, fault).await, Outcome::Unknown(Cause::Status(500)), 1);
}

async fn an_unavailable_gateway(protocol: Arc<dyn Protocol>) {
    let fault = Fault::Say("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
    assert_outcome!(send(protocol, fault).await, Outcome::Unknown(Cause::Status(503)), 1);
}

async fn a_redirection_is_not_followed(protocol: Arc<dyn Protocol>) {
    let elsewhere = Double::start(protocol.clone(), &[]).await;
    let answer = format!(
        "HTTP/1.1 302 Found\r\nLocation: {}/\r\nContent-Length: 0\r\n\r\n",
        elsewhere.place().endpoint
    );
    let fault = Fault::Say(answer.leak());
    if protocol.goes_by_status() {
        let (outcome, _) = send(protocol, fault).await;
        assert!(
            matches!(&outcome, Outcome::Rejected(it) if it.class == Class::Config),
            "{outcome:?}"
        );
    } else {
        assert_outcome!(send(protocol, fault).await, Outcome::Unknown(Cause::Status(302)), 1);
    }
    assert_eq!(elsewhere.connections(), 0);
}

async fn an_empty_answer(protocol: Arc<dyn Protocol>) {
    let fault = Fault::Say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    assert_outcome!(send(protocol, fault).await, Outcome::Unknown(Cause::Unreadable(_)), 1);
}

async fn garbage_as_body(protocol: Arc<dyn Protocol>) {
    let fault = Fault::Say("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n\0garbage");
    assert_outcome!(send(protocol, fault).await, Outcome::Unknown(Cause::Unreadable(_)), 1);
}

/// Answers that a proxy, a captive portal or a health check would give.
async fn s9_silence_is_no_success(protocol: Arc<dyn Protocol>) {
    for status in ["200 OK", "201 Created", "202 Accepted", "204 No Content"] {
        for (kind, body) in [
            ("text/html", "<!doctype html><html><title>Sign in</title></html>"),
            ("application/json", "<html>a page</html>"),
            ("text/plain", "OK"),
            ("application/json", ""),
            ("application/json", "{}"),
            ("application/json", "[]"),
            ("application/json", "null"),
            ("application/json", "true"),
            ("application/json", r#""OK""#),
            ("application/json", r#"{"status":"ok"}"#),
            ("application/json", r#"{"status":"sent"}"#),
            ("application/json", r#"{"status":"accepted"}"#),
            ("application/json", r#"{"success":true}"#),
            ("application/xml", "<ok/>"),
        ] {
            let body = if status.starts_with("204") { "" } else { body };
            let answer = format!(
                "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            let (outcome, _) = send(protocol.clone(), Fault::Say(answer.leak())).await;
            assert!(matches!(outcome, Outcome::Unknown(_)), "{status} {body}: {outcome:?}");
        }
    }
}

/// A body that ends early although its length is as announced.
async fn s9_a_shortened_acceptance_is_no_success(protocol: Arc<dyn Protocol>) {
    let accepted = protocol.accepted();
    let (head, body) = accepted.split_once("\r\n\r\n").unwrap();
    let status = head.lines().next().unwrap();
    for length in [1, body.len() / 2, body.len() - 1] {
        let body = &body[..length];
        let answer = format!("{status}\r\nContent-Length: {length}\r\n\r\n{body}");
        let (outcome, _) = send(protocol.clone(), Fault::Say(answer.leak())).await;
        assert!(matches!(outcome, Outcome::Unknown(Cause::Unreadable(_))), "{body}: {outcome:?}");
    }
}

async fn garbage_instead_of_http(protocol: Arc<dyn Protocol>) {
    let fault = Fault::Say("220 mail.example.com ESMTP\r\n");
    assert_outcome!(send(protocol, fault).await, Outcome::Unknown(Cause::Disconnected(_)), 1);
}

async fn too_many_requests(protocol: Arc<dyn Protocol>) {
    // The double counts the message as accepted; a real gateway with such an answer has not
    // processed it.
    let fault = Fault::Say(
        "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n",
    );
    let (outcome, _) = send(protocol, fault).await;
    let Outcome::NotSent(Cause::Busy { until }) = outcome else { panic!("{outcome:?}") };
    assert_eq!(until, Some(NOW + time::Duration::seconds(30)));
}

/// Answers of 1 GiB are read up to the limit; what lies in socket buffers is more than the limit
/// and far less than the whole.
async fn stops_at_the_cap(
    protocol: Arc<dyn Protocol>,
    head: &'static str,
    drop: &'static str,
) -> Outcome {
    let double = Double::start(protocol, &[Fault::Pour(head, drop)]).await;
    let outcome = double.gateway().send(&message()).await;
    assert!(double.poured() < 32 << 20, "{}", double.poured());
    assert_eq!(double.messages(), 1);
    outcome
}

async fn a_huge_body_of_announced_length(protocol: Arc<dyn Protocol>) {
    let drop = " ".repeat(1 << 14).leak();
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n";
    let outcome = stops_at_the_cap(protocol, head, drop).await;
    assert!(matches!(outcome, Outcome::Unknown(Cause::Unreadable(_))), "{outcome:?}");
}

async fn a_huge_body_in_chunks(protocol: Arc<dyn Protocol>) {
    let drop = format!("4000\r\n{}\r\n", " ".repeat(0x4000)).leak();
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let outcome = stops_at_the_cap(protocol, head, drop).await;
    assert!(matches!(outcome, Outcome::Unknown(Cause::Unreadable(_))), "{outcome:?}");
}

async fn a_huge_body_until_the_end(protocol: Arc<dyn Protocol>) {
    let outcome =
        stops_at_the_cap(protocol, "HTTP/1.1 200 OK\r\n\r\n", " ".repeat(1 << 14).leak()).await;
    assert!(matches!(outcome, Outcome::Unknown(Cause::Unreadable(_))), "{outcome:?}");
}

async fn a_huge_head(protocol: Arc<dyn Protocol>) {
    let drop = format!("X: {}\r\n", "x".repeat(1 << 12)).leak();
    let outcome = stops_at_the_cap(protocol, "HTTP/1.1 200 OK\r\n", drop).await;
    assert!(matches!(outcome, Outcome::Unknown(Cause::Disconnected(_))), "{outcome:?}");
}
