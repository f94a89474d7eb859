use passport_sms_client::{Cause, Outcome, SmsClient};
use tokio::net::TcpListener;

use crate::double::{Double, Fault};
use crate::{gateway, gateway_of, message, settings};

/// Sends one message into a fault; gives the outcome and how many messages the gateway took.
async fn send(fault: Fault) -> (Outcome, usize) {
    let double = Double::start(&[fault]).await;
    let outcome = gateway(&double).send(&message()).await;
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

#[tokio::test]
async fn a_refused_connection() {
    let double = Double::start(&[]).await;
    let mut settings = settings(&double);
    // A port that was free a moment ago.
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    settings.endpoint = format!("https://{free}");
    let outcome = gateway_of(settings).send(&message()).await;
    assert!(matches!(outcome, Outcome::NotSent(Cause::Unreachable(_))), "{outcome:?}");
}

#[tokio::test]
async fn a_name_that_is_none() {
    let double = Double::start(&[]).await;
    let mut settings = settings(&double);
    settings.endpoint = "https://gateway.invalid".to_owned();
    let outcome = gateway_of(settings).send(&message()).await;
    assert!(matches!(outcome, Outcome::NotSent(_)), "{outcome:?}");
}

#[tokio::test]
async fn closed_before_tls() {
    assert_outcome!(send(Fault::CloseBeforeTls).await, Outcome::NotSent(_), 0);
}

#[tokio::test]
async fn closed_before_reading() {
    assert_outcome!(send(Fault::CloseUnread).await, Outcome::Unknown(Cause::Disconnected(_)), 0);
}

#[tokio::test]
async fn closed_after_reading() {
    assert_outcome!(send(Fault::CloseRead).await, Outcome::Unknown(Cause::Disconnected(_)), 1);
}

#[tokio::test]
async fn closed_within_the_head() {
    let fault = Fault::Say("HTTP/1.1 200 OK\r\nContent-Le");
    assert_outcome!(send(fault).await, Outcome::Unknown(Cause::Disconnected(_)), 1);
}

#[tokio::test]
async fn closed_within_the_body() {
    let fault =
        Fault::Say("HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n{\"statusCode\":\"000000\"");
    assert_outcome!(send(fault).await, Outcome::Unknown(Cause::Disconnected(_)), 1);
}

#[tokio::test]
async fn closed_within_a_chunk() {
    let fault = Fault::Say(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n17\r\n{\"statusCode\":\"000000\"}\r\n",
    );
    assert_outcome!(send(fault).await, Outcome::Unknown(Cause::Disconnected(_)), 1);
}

#[tokio::test]
async fn an_error_page() {
    let fault = Fault::Say(
        "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 21\r\n\r\n<html>oh dear!</html>",
    );
    assert_outcome!(send(fault).await, Outcome::Unknown(Cause::Status(500)), 1);
}

#[tokio::test]
async fn a_redirection_is_not_followed() {
    let elsewhere = Double::start(&[]).await;
    let answer = format!(
        "HTTP/1.1 302 Found\r\nLocation: {}/\r\nContent-Length: 0\r\n\r\n",
        elsewhere.endpoint()
    );
    let fault = Fault::Say(answer.leak());
    assert_outcome!(send(fault).await, Outcome::Unknown(Cause::Status(302)), 1);
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn an_empty_answer() {
    let fault = Fault::Say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    assert_outcome!(send(fault).await, Outcome::Unknown(Cause::Unreadable(_)), 1);
}

#[tokio::test]
async fn garbage_as_body() {
    let fault = Fault::Say("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n\0garbage");
    assert_outcome!(send(fault).await, Outcome::Unknown(Cause::Unreadable(_)), 1);
}

#[tokio::test]
async fn garbage_instead_of_http() {
    let fault = Fault::Say("220 mail.example.com ESMTP\r\n");
    assert_outcome!(send(fault).await, Outcome::Unknown(Cause::Disconnected(_)), 1);
}

#[tokio::test]
async fn too_many_requests() {
    // The double counts the message as taken; a gateway that answers so has not looked at it.
    let fault = Fault::Say(
        "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n",
    );
    let (outcome, _) = send(fault).await;
    let Outcome::NotSent(Cause::Busy { until }) = outcome else { panic!("{outcome:?}") };
    assert_eq!(until, Some(crate::NOW + time::Duration::seconds(30)));
}

/// Answers of 1 GiB are read to the cap and no further; what lies in socket buffers is more than
/// the cap and far less than all.
async fn stops_at_the_cap(head: &'static str, drop: &'static str) -> Outcome {
    let double = Double::start(&[Fault::Pour(head, drop)]).await;
    let outcome = gateway(&double).send(&message()).await;
    assert!(double.poured() < 32 << 20, "{}", double.poured());
    assert_eq!(double.messages(), 1);
    outcome
}

#[tokio::test]
async fn a_huge_body_of_announced_length() {
    let drop = " ".repeat(1 << 14).leak();
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n";
    let outcome = stops_at_the_cap(head, drop).await;
    assert!(matches!(outcome, Outcome::Unknown(Cause::Unreadable(_))), "{outcome:?}");
}

#[tokio::test]
async fn a_huge_body_in_chunks() {
    let drop = format!("4000\r\n{}\r\n", " ".repeat(0x4000)).leak();
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let outcome = stops_at_the_cap(head, drop).await;
    assert!(matches!(outcome, Outcome::Unknown(Cause::Unreadable(_))), "{outcome:?}");
}

#[tokio::test]
async fn a_huge_body_until_the_end() {
    let outcome = stops_at_the_cap("HTTP/1.1 200 OK\r\n\r\n", " ".repeat(1 << 14).leak()).await;
    assert!(matches!(outcome, Outcome::Unknown(Cause::Unreadable(_))), "{outcome:?}");
}

#[tokio::test]
async fn a_huge_head() {
    let drop = format!("X: {}\r\n", "x".repeat(1 << 12)).leak();
    let outcome = stops_at_the_cap("HTTP/1.1 200 OK\r\n", drop).await;
    assert!(matches!(outcome, Outcome::Unknown(Cause::Disconnected(_))), "{outcome:?}");
}
