//! Nothing secret is logged, at whatever level, by us or by anything below us.

use std::fmt::Write as _;
use std::io;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest, Md5};
use passport_sms_client::{Outcome, SmsClient};
use tracing::Level;

use crate::double::{Double, Fault};
use crate::identity::Identity;
use crate::request::{ACCOUNT, TIMESTAMP, TOKEN};
use crate::{CODE, gateway, message, settings};

/// Everything that is logged, through `tracing` and through `log`.
#[derive(Clone, Default)]
struct Capture(Arc<Mutex<Vec<u8>>>);

impl Capture {
    fn install() -> Self {
        let capture = Self::default();
        let writer = capture.clone();
        tracing_subscriber::fmt()
            .with_max_level(Level::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .init();
        log::set_boxed_logger(Box::new(capture.clone())).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
        capture
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl io::Write for Capture {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(buf);
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl log::Log for Capture {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let line = format!("{} {}\n", record.target(), record.args());
        self.0.lock().unwrap().extend_from_slice(line.as_bytes());
    }

    fn flush(&self) {}
}

/// The outcome with everything beneath it, as a caller may log it.
fn chain(outcome: &Outcome) -> String {
    let mut text = format!("{outcome:?}\n");
    if let Outcome::NotSent(cause) | Outcome::Unknown(cause) = outcome {
        let mut next: Option<&dyn std::error::Error> = Some(cause);
        while let Some(error) = next {
            let _ = writeln!(text, "{error} {error:?}");
            next = error.source();
        }
    }
    text
}

#[tokio::test]
async fn no_secret_is_logged_or_told() {
    let capture = Capture::install();
    let mut told = String::new();
    let faults = [
        Fault::None,
        Fault::Refuse(r#"{"statusCode":"160042","statusMsg":"13800138000: 004217"}"#),
        Fault::Say("HTTP/1.1 500 Oh dear\r\nContent-Length: 0\r\n\r\n"),
        Fault::Say("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n004217004"),
        Fault::CloseAfterAnswer,
        Fault::CloseUnread,
        Fault::CloseRead,
        Fault::CloseBeforeTls,
        Fault::Say("nonsense 13800138000\r\n"),
    ];
    let double = Double::start(&faults).await;
    let gateway_under_test = gateway(&double);
    for _ in 0..=faults.len() {
        told += &chain(&gateway_under_test.send(&message()).await);
    }
    for identity in [Identity::SelfSigned, Identity::Expired, Identity::WrongHost] {
        let double = Double::start_as(identity, &[]).await;
        told += &chain(&gateway(&double).send(&message()).await);
    }
    let _ = write!(told, "{gateway_under_test:?} {:?} {:?}", settings(&double), message());

    let logged = capture.text();
    assert!(logged.contains("rustls"), "the capture sees what rustls logs");
    assert!(logged.contains("hyper_util"), "the capture sees what hyper-util logs");

    let signature = hex::encode_upper(Md5::digest(format!("{ACCOUNT}{TOKEN}{TIMESTAMP}")));
    let authorization = BASE64_STANDARD.encode(format!("{ACCOUNT}:{TIMESTAMP}"));
    for secret in [CODE, "13800138000", TOKEN, &signature, &authorization] {
        // As text, and as the bytes that a debug print of a buffer shows.
        let bytes = format!("{:?}", secret.as_bytes());
        let bytes = bytes.trim_matches(['[', ']']);
        let hex = hex::encode(secret);
        for shape in [secret, bytes, &hex] {
            assert!(!logged.contains(shape), "{shape} is logged");
            assert!(!told.contains(shape), "{shape} is told");
        }
    }
}
