//! Sends one message through the gateway that the environment names.
//!
//! ```text
//! cargo run -p passport-sms-gateways --example send -- +8613800138000
//! ```
//!
//! | variable | |
//! | --- | --- |
//! | `SMS_GATEWAY` | the name of a gateway; `console`, which sends nothing, by default |
//! | `SMS_LOCALE` | `zh-Hans`, `zh-Hant` or `en`, the default |
//! | `SMS_ORIGIN` | host that the `WebOTP` line at the end of a free text names |
//! | `SMS_ROOT_CA` | a PEM file of roots to trust in addition to the public ones |
//!
//! The settings of the account are variables as well, such as `ALIYUN_ACCESS_KEY_ID` for the setting
//! `access_key_id` of `aliyun`; the table in the README has their names. `ALIYUN_TEMPLATE_ID` is the id of
//! a template for the code and the minutes. If variables are missing, the program names all of them.

use std::env;
use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use passport_sms_client::{
    Clock, Console, Gateway, Intent, Locale, Message, Outcome, Parameter, Purpose, Template,
    Templates,
};
use passport_sms_gateways::{Account, Calls, Fields, HttpsSettings, KINDS, Kind, Site};
use secrecy::SecretString;
use time::OffsetDateTime;
use uuid::Uuid;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode> {
    tracing_subscriber::fmt().init();
    let to = env::args().nth(1).unwrap_or_else(|| "+8613800138000".to_owned());
    let locale = variable("SMS_LOCALE").unwrap_or_else(|| "en".to_owned());
    let message = Message {
        id: Uuid::new_v4(),
        to: to.parse()?,
        intent: Intent::Code {
            purpose: Purpose::Login,
            code: "004217".parse()?,
            valid_for: Duration::from_mins(5),
        },
        locale: Locale::ALL
            .into_iter()
            .find(|it| it.as_str() == locale)
            .ok_or("SMS_LOCALE is zh-Hans, zh-Hant or en")?,
    };
    let name = variable("SMS_GATEWAY").unwrap_or_else(|| "console".to_owned());
    let gateway = gateway(&name)?;
    let outcome = gateway.send(&message).await;
    println!("{name}: {}", describe(&outcome));
    if let Outcome::Unknown(_) = &outcome
        && gateway.capabilities().status_query
    {
        println!("{:?}", gateway.find(&message, clock().now()).await);
    }
    Ok(if outcome.is_sent() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn gateway(name: &str) -> Result<Arc<dyn Gateway>> {
    let origin = variable("SMS_ORIGIN").map(|host| host.parse()).transpose()?;
    if name == "console" {
        let console = Console::new(clock());
        return Ok(Arc::new(match origin {
            Some(origin) => console.with_origin(origin),
            None => console,
        }));
    }
    let Some(kind) = Kind::named(name) else {
        let names: Vec<_> = KINDS.iter().map(|kind| kind.name).collect();
        return Err(format!("SMS_GATEWAY must be console, {}", names.join(", ")).into());
    };
    let mut variables = Variables { gateway: name.to_uppercase(), faults: Vec::new() };
    let account: Box<dyn Account> = (kind.read)(&mut variables);
    if !variables.faults.is_empty() {
        return Err(variables.faults.join("; ").into());
    }
    let mut site = Site::new(clock());
    site.origin = origin;
    Ok(account.open(&site)?)
}

/// Settings of an account in variables: `TWILIO_AUTH_TOKEN` is `auth_token` of `twilio`.
struct Variables {
    gateway: String,
    faults: Vec<String>,
}

impl Variables {
    fn name(&self, key: &str) -> String {
        format!("{}_{}", self.gateway, key.to_uppercase())
    }

    /// The value of a variable that may have one of `allowed`, of which the first is the default.
    fn one_of(&mut self, key: &str, allowed: &[&str]) -> usize {
        let Some(value) = self.optional(key) else { return 0 };
        allowed.iter().position(|it| *it == value).unwrap_or_else(|| {
            self.faults.push(format!("{} must be {}", self.name(key), allowed.join(" or ")));
            0
        })
    }
}

impl Fields for Variables {
    fn optional(&mut self, key: &str) -> Option<String> {
        variable(&self.name(key))
    }

    fn text(&mut self, key: &str, default: &str) -> String {
        self.optional(key).unwrap_or_else(|| default.to_owned())
    }

    fn optional_secret(&mut self, key: &str) -> Option<SecretString> {
        self.optional(key).map(SecretString::from)
    }

    fn flag(&mut self, key: &str, default: bool) -> bool {
        let (yes, no) = ("true", "false");
        let allowed = if default { [yes, no] } else { [no, yes] };
        allowed[self.one_of(key, &allowed)] == yes
    }

    fn duration(&mut self, key: &str, default: Duration) -> Duration {
        let Some(seconds) = self.optional(key) else { return default };
        let seconds = seconds.parse().ok().filter(|seconds| (1..=3_600).contains(seconds));
        if seconds.is_none() {
            self.faults.push(format!("{} must be a number of seconds up to 3600", self.name(key)));
        }
        seconds.map_or(default, Duration::from_secs)
    }

    fn choice(&mut self, key: &str, choices: &[&str]) -> usize {
        self.one_of(key, choices)
    }

    fn endpoint(&mut self, default: &str) -> String {
        self.text("endpoint", default)
    }

    fn https(&mut self, _: Calls) -> HttpsSettings {
        let mut https = HttpsSettings::default();
        if let Some(path) = variable("SMS_ROOT_CA") {
            match std::fs::read_to_string(&path) {
                Ok(pem) => https.extra_root_ca = Some(pem),
                Err(error) => self.faults.push(format!("cannot read SMS_ROOT_CA {path}: {error}")),
            }
        }
        https
    }

    fn table(&mut self, _: &str) -> Vec<(String, String)> {
        Vec::new()
    }

    fn secret_table(&mut self, _: &str) -> Vec<(String, SecretString)> {
        Vec::new()
    }

    fn refuse(&mut self, key: &str, allowed: &str) {
        self.faults.push(format!("{} must be {allowed}", self.name(key)));
    }

    fn optional_templates(&mut self) -> Option<Templates> {
        let id = self.optional("template_id")?;
        Some(Templates::new(Template::new(id, [Parameter::Code, Parameter::Minutes])))
    }

    fn missing(&mut self, key: &str) {
        self.faults.push(format!("{} is not set", self.name(key)));
    }

    fn conflict(&mut self, one: &str, other: &str) {
        self.faults.push(format!(
            "only one of {} and {} may be set",
            self.name(one),
            self.name(other)
        ));
    }
}

fn clock() -> Clock {
    #[expect(clippy::disallowed_methods, reason = "the program owns the clock")]
    Clock::new(OffsetDateTime::now_utc)
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn describe(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Accepted { provider_id } => {
            format!("accepted as {}", provider_id.as_deref().unwrap_or("a message without an id"))
        }
        Outcome::Duplicate => "accepted before".to_owned(),
        Outcome::NotSent(cause) => format!("not sent: {}", chain(cause)),
        Outcome::Rejected(rejection) => {
            format!("rejected, {:?}: {} {}", rejection.class, rejection.code, rejection.text)
        }
        Outcome::Unknown(cause) => format!("unknown, it may still arrive: {}", chain(cause)),
    }
}

/// The cause and everything beneath it.
fn chain(cause: &dyn Error) -> String {
    std::iter::successors(Some(cause), |&error| error.source())
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}
