//! No secret is logged at any level, by this crate or by anything below it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;
use std::sync::{Arc, Mutex};

use passport_sms_client::Outcome;
use percent_encoding::NON_ALPHANUMERIC;
use tracing::Level;

use crate::all;
use crate::support::double::{Double, Fault};
use crate::support::identity::Identity;
use crate::support::protocol::Protocol;
use crate::support::{CODE, NOW, message};

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
            .without_time()
            .with_writer(move || writer.clone())
            .init();
        log::set_boxed_logger(Box::new(capture.clone())).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
        capture
    }

    /// The lines since the last call.
    fn take(&self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut *self.0.lock().unwrap())).into_owned()
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

/// The outcome with its causes, as a caller may log it.
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
async fn no_secret_is_logged_or_reported() {
    let capture = Capture::install();
    for protocol in all() {
        let (told, signed) = go_through_faults(&protocol).await;
        let logged = capture.take();
        assert!(logged.contains("rustls"), "the capture sees what rustls logs");
        assert!(logged.contains("hyper_util"), "the capture sees what hyper-util logs");

        let mut secrets = protocol.secrets();
        secrets.extend([CODE.to_owned(), "13800138000".to_owned()]);
        // The parts of signed texts that are long enough to be secrets.
        let parts = signed.iter().flat_map(|text| text.split([' ', ',', '&', '=', '"', ':']));
        secrets.extend(parts.filter(|part| is_signature(part)).map(str::to_owned));
        for secret in &secrets {
            // As text, in a query, and as the bytes that a debug print of a buffer shows.
            let bytes = format!("{:?}", secret.as_bytes());
            let percent = percent_encoding::utf8_percent_encode(secret, NON_ALPHANUMERIC);
            for shape in
                [secret, bytes.trim_matches(['[', ']']), &hex::encode(secret), &percent.to_string()]
            {
                assert!(!shows(&logged, shape), "{shape} is logged");
                assert!(!shows(&told, shape), "{shape} is told");
            }
        }
    }
}

/// Everything that is reported on the way, and the signed texts of requests.
async fn go_through_faults(protocol: &Arc<dyn Protocol>) -> (String, BTreeSet<String>) {
    let faults = [
        Fault::None,
        Fault::Refuse(protocol.refusal().leak()),
        Fault::Say("HTTP/1.1 500 Oh dear\r\nContent-Length: 0\r\n\r\n"),
        Fault::Say("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n004217004"),
        Fault::CloseAfterAnswer,
        Fault::CloseUnread,
        Fault::CloseRead,
        Fault::CloseBeforeTls,
        Fault::Say("nonsense 13800138000\r\n"),
    ];
    let double = Double::start(protocol.clone(), &faults).await;
    let gateway = double.gateway();
    let mut told = String::new();
    for _ in 0..=faults.len() {
        told += &chain(&gateway.send(&message()).await);
    }
    let _ = write!(told, "{:?}", gateway.find(&message(), NOW).await);
    for identity in [Identity::SelfSigned, Identity::Expired, Identity::WrongHost] {
        let double = Double::start_as(identity, protocol.clone(), &[]).await;
        told += &chain(&double.gateway().send(&message()).await);
    }
    let _ = write!(told, "{gateway:?} {:?}", message());
    let signed = double.signed();
    assert!(signed.iter().any(|text| text.len() > 20), "{signed:?}");
    (told, signed)
}

/// Whether the part of a signed text can be a signature, a digest or a token; the other parts are
/// names of headers and ids of keys.
fn is_signature(part: &str) -> bool {
    let base = part.trim_end_matches('=');
    base.len() >= 28
        && base.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(&byte))
        && base.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether the text has the secret anywhere but within long hexadecimal digits, which are the
/// random numbers of TLS: six digits occur in them by chance.
fn shows(text: &str, secret: &str) -> bool {
    let is_hex = |c: char| c.is_ascii_hexdigit();
    text.match_indices(secret).any(|(start, _)| {
        let before = text[..start].chars().rev().take_while(|c| is_hex(*c)).count();
        let after = text[start + secret.len()..].chars().take_while(|c| is_hex(*c)).count();
        secret.len() > 12 || before + after < 20
    })
}

#[test]
fn a_secret_is_found_in_any_place() {
    for text in ["004217", "code=004217&", "%22004217%22", "[004217]"] {
        assert!(shows(text, CODE), "{text}");
    }
    assert!(!shows("00112233445566778899004217aabbccddeeff", CODE));
}
