//! The ten lines of the README, as a program of their own that sends to doubles.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use passport_sms_client::{Custom, Outcome, Sender};
use passport_sms_gateways::from_env_at;

use crate::support::NOW;
use crate::support::double::{Double, Fault};
use crate::support::protocol::{Call, Place, Protocol};
use crate::support::wire::{Request, answer, ok};

const TO: &str = "+447700900123";
const TEXT: &str = "Your parcel has arrived.";

/// A provider that takes exactly the message of the README.
struct Provider {
    path: &'static str,
    form: &'static str,
    accepted: fn() -> String,
}

impl Protocol for Provider {
    fn gateway(&self, _: Place) -> Box<dyn passport_sms_client::SmsClient> {
        unreachable!("the program under test makes it")
    }

    fn verify(&self, request: &Request, _: &str) -> Result<Call, String> {
        let (path, form) = (request.path.as_str(), request.text());
        if path == self.path && form.starts_with(self.form) {
            return Ok(Call::Send { key: None, label: form.to_owned(), nonce: None });
        }
        Err(format!("{path} {form}"))
    }

    fn accepted(&self) -> String {
        (self.accepted)()
    }

    fn refusal(&self) -> String {
        unreachable!("nothing is refused")
    }

    fn secrets(&self) -> Vec<String> {
        Vec::new()
    }
}

fn twilio() -> Arc<dyn Protocol> {
    Arc::new(Provider {
        path: "/2010-04-01/Accounts/AC01/Messages.json",
        form: "To=%2B447700900123&From=%2B15005550006&Body=Your+parcel+has+arrived.",
        accepted: || answer("201 Created", r#"{"sid":"SM1","status":"queued"}"#),
    })
}

fn vonage() -> Arc<dyn Protocol> {
    Arc::new(Provider {
        path: "/sms/json",
        form: "to=447700900123&from=Shop&text=Your+parcel+has+arrived.&client-ref=",
        accepted: || ok(r#"{"messages":[{"status":"0","message-id":"0A1"}]}"#),
    })
}

/// The variables of the README, with the addresses and roots of the doubles.
fn variables(first: &Double, second: &Double) -> Vec<(String, String)> {
    let file = |name: &str, double: &Double| {
        let path =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}.pem", double.host()));
        std::fs::write(&path, double.place().https.extra_root_ca.unwrap()).unwrap();
        path.display().to_string()
    };
    [
        ("SMS_GATEWAYS", "twilio,vonage".to_owned()),
        ("TWILIO_ACCOUNT_SID", "AC01".to_owned()),
        ("TWILIO_AUTH_TOKEN", "s3cret-token".to_owned()),
        ("TWILIO_FROM", "+15005550006".to_owned()),
        ("TWILIO_ENDPOINT", first.place().endpoint),
        ("TWILIO_ROOT_CA", file("twilio", first)),
        ("VONAGE_API_KEY", "key1".to_owned()),
        ("VONAGE_API_SECRET", "s3cret-secret".to_owned()),
        ("VONAGE_FROM", "Shop".to_owned()),
        ("VONAGE_ENDPOINT", second.place().endpoint),
        ("VONAGE_ROOT_CA", file("vonage", second)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

/// The example `text`. Cargo builds it with all tests, but not with this one alone.
fn program() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let folder = tests.parent().unwrap().with_file_name("examples");
    let profile = folder.parent().unwrap().file_name().unwrap();
    let profile = if profile == "debug" { "dev".as_ref() } else { profile };
    let mut cargo = Command::new(env!("CARGO"));
    let package = ["build", "-q", "-p", env!("CARGO_PKG_NAME"), "--example", "text", "--profile"];
    // Variables of the running test would change the fingerprints of build scripts.
    for (name, _) in std::env::vars() {
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(name);
        }
    }
    assert!(cargo.args(package).arg(profile).status().unwrap().success());
    folder.join("text")
}

async fn run(variables: Vec<(String, String)>) -> Output {
    tokio::task::spawn_blocking(move || {
        Command::new(program()).env_clear().envs(variables).output().unwrap()
    })
    .await
    .unwrap()
}

#[test]
fn l4_the_readme_shows_the_example_as_it_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let example = std::fs::read_to_string(root.join("examples/text.rs")).unwrap();
    let (_, example) = example.split_once("\n\n").unwrap();
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    assert!(readme.contains(&format!("```rust,no_run\n{example}```")), "{example}");
    let lines = example.lines().filter(|line| !line.is_empty()).count();
    assert!(lines <= 10, "ten lines");
}

#[tokio::test]
async fn l4_ten_lines_send_one_text_through_the_first_gateway() {
    let (first, second) = (Double::start(twilio(), &[]).await, Double::start(vonage(), &[]).await);
    let said = run(variables(&first, &second)).await;
    assert!(said.status.success(), "{said:?}");
    assert_eq!(String::from_utf8_lossy(&said.stdout), "accepted as SM1\n");
    assert_eq!((first.messages(), second.messages()), (1, 0));
}

#[tokio::test]
async fn l4_the_second_gateway_takes_over() {
    let first = Double::start(twilio(), &[Fault::CloseBeforeTls; 8]).await;
    let second = Double::start(vonage(), &[]).await;
    let said = run(variables(&first, &second)).await;
    assert_eq!(String::from_utf8_lossy(&said.stdout), "accepted as 0A1\n", "{said:?}");
    assert_eq!((first.messages(), second.messages()), (0, 1));
}

#[tokio::test]
async fn l4_missing_variables_are_named_and_no_secret_is() {
    let (first, second) = (Double::start(twilio(), &[]).await, Double::start(vonage(), &[]).await);
    let mut given = variables(&first, &second);
    given.retain(|(name, _)| name != "VONAGE_FROM" && name != "TWILIO_ACCOUNT_SID");
    let said = run(given).await;
    let error = String::from_utf8_lossy(&said.stderr);
    assert!(!said.status.success() && !error.contains("s3cret"), "{error}");
    for name in ["TWILIO_ACCOUNT_SID", "VONAGE_FROM"] {
        assert!(error.contains(name), "{error}");
    }
    assert_eq!((first.connections(), second.connections()), (0, 0));
}

#[tokio::test]
async fn l4_a_sender_refuses_what_it_cannot_send() {
    let (first, second) = (Double::start(twilio(), &[]).await, Double::start(vonage(), &[]).await);
    let clock = passport_sms_client::Clock::new(|| NOW);
    let routes = from_env_at(variables(&first, &second), clock.clone()).unwrap();
    let sender = Sender::builder().routes(routes).clock(clock).build().unwrap();
    for (to, text) in [("07700900123", TEXT), ("+447700900123,+1", TEXT), (TO, ""), (TO, "a\0")] {
        assert!(sender.text(to, text).await.is_err(), "{to} {text:?}");
    }
    let shipped = Custom::new("parcel-arrived", TEXT).unwrap().with("shop", "Ada's").unwrap();
    let report = sender.custom(TO, shipped).await.unwrap();
    assert!(matches!(report.outcome, Outcome::Accepted { .. }), "{report:?}");
    assert_eq!((first.messages(), second.messages()), (1, 0));
    assert!(Sender::builder().build().is_err(), "without a gateway");
}
