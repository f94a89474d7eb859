//! Sends one message: through Yuntongxun when the environment names an account, else to the console.
//!
//! ```text
//! cargo run -p passport-sms-client --example send -- +8613800138000
//! ```
//!
//! | variable | |
//! | --- | --- |
//! | `YUNTONGXUN_ACCOUNT_SID` | the account; unset means console |
//! | `YUNTONGXUN_AUTH_TOKEN` | its secret |
//! | `YUNTONGXUN_APP_ID` | the application |
//! | `YUNTONGXUN_TEMPLATE_ID` | a template for code and minutes; `1`, the vendor's test template, when unset |
//! | `YUNTONGXUN_ENDPOINT` | another endpoint than the production gateway |
//! | `YUNTONGXUN_ROOT_CA` | a PEM file of roots to trust beside those of the web |

use std::env;
use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use passport_sms_client::yuntongxun::Settings;
use passport_sms_client::{
    Clock, Console, Intent, Locale, Message, Outcome, Parameter, Purpose, SmsClient, Template,
    Templates, Yuntongxun,
};
use time::OffsetDateTime;
use uuid::Uuid;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    tracing_subscriber::fmt().init();
    let to = env::args().nth(1).unwrap_or_else(|| "+8613800138000".to_owned());
    let message = Message {
        id: Uuid::new_v4(),
        to: to.parse()?,
        intent: Intent::Code {
            purpose: Purpose::Login,
            code: "004217".parse()?,
            valid_for: Duration::from_mins(5),
        },
        locale: Locale::ZhHans,
    };
    let client = client()?;
    let outcome = client.send(&message).await;
    println!("{}: {}", client.name(), describe(&outcome));
    Ok(if outcome.is_sent() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn client() -> Result<Box<dyn SmsClient>, Box<dyn Error>> {
    #[expect(clippy::disallowed_methods, reason = "the program owns the clock")]
    let clock = Clock::new(OffsetDateTime::now_utc);
    let Ok(account_sid) = env::var("YUNTONGXUN_ACCOUNT_SID") else {
        return Ok(Box::new(Console::new(clock)));
    };
    let template = env::var("YUNTONGXUN_TEMPLATE_ID").unwrap_or_else(|_| "1".to_owned());
    let template = Template::new(template, [Parameter::Code, Parameter::Minutes]);
    let mut settings = Settings::new(
        account_sid,
        env::var("YUNTONGXUN_AUTH_TOKEN")?,
        env::var("YUNTONGXUN_APP_ID")?,
        Templates::new(template),
    );
    if let Ok(endpoint) = env::var("YUNTONGXUN_ENDPOINT") {
        settings.endpoint = endpoint;
    }
    if let Ok(path) = env::var("YUNTONGXUN_ROOT_CA") {
        settings.https.extra_root_ca = Some(std::fs::read_to_string(path)?);
    }
    Ok(Box::new(Yuntongxun::new(settings, clock)?))
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
        Outcome::Unknown(cause) => format!("nobody knows, it may still arrive: {}", chain(cause)),
    }
}

/// The cause and everything beneath it.
fn chain(cause: &dyn Error) -> String {
    std::iter::successors(Some(cause), |&error| error.source())
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}
