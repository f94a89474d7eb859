//! Sends one code through the gateway that the environment names.
//!
//! ```text
//! cargo run -p passport-sms-gateways --example send -- +8613800138000
//! ```
//!
//! | variable | |
//! | --- | --- |
//! | `SMS_GATEWAY` | the name of a gateway; `console`, which sends nothing, by default |
//! | `SMS_LOCALE` | `zh-Hans`, `zh-Hant` or `en`, the default |
//!
//! The settings of the account are variables as well, such as `ALIYUN_ACCESS_KEY_ID` for the setting
//! `access_key_id` of `aliyun`: see `from_env`. If variables are missing, the program names all of them.

use std::env;
use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use passport_sms_client::{Clock, Console, Locale, Purpose, Sender};
use passport_sms_gateways::from_env;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    tracing_subscriber::fmt().init();
    let to = env::args().nth(1).unwrap_or_else(|| "+8613800138000".to_owned());
    let locale = variable("SMS_LOCALE").unwrap_or_else(|| "en".to_owned());
    let locale = Locale::ALL.into_iter().find(|it| it.as_str() == locale);
    let builder = Sender::builder().locale(locale.ok_or("SMS_LOCALE is zh-Hans, zh-Hant or en")?);
    let builder = match variable("SMS_GATEWAY").filter(|name| name != "console") {
        None => builder.gateway("console", Console::new(clock())),
        Some(name) => {
            let names = [("SMS_GATEWAYS".to_owned(), name)];
            builder.routes(from_env(env::vars().chain(names))?)
        }
    };
    let valid_for = Duration::from_mins(5);
    let report = builder.build()?.code(&to, Purpose::Login, "004217", valid_for).await?;
    for visit in &report.visits {
        println!("{}: {}, {} ms", visit.gateway, visit.outcome, visit.took.as_millis());
    }
    Ok(if report.outcome.is_sent() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn clock() -> Clock {
    #[expect(clippy::disallowed_methods, reason = "the program owns the clock")]
    Clock::new(time::OffsetDateTime::now_utc)
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
