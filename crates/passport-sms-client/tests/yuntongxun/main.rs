//! The gateway of Yuntongxun against a double of it that speaks TLS, checks every request to the
//! letter, and fails where it is told to.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod certificates;
mod double;
mod faults;
mod identity;
mod request;
mod reuse;
mod secrecy;
mod sending;
mod stalls;

use std::time::Duration;

use passport_sms_client::yuntongxun::Settings;
use passport_sms_client::{
    Clock, Intent, Locale, Message, Parameter, Purpose, Template, Templates, Yuntongxun,
};
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

use crate::double::Double;
use crate::request::{ACCOUNT, APP, TOKEN};

/// The time of every test: 17:43:30 in China.
const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30 UTC);
const CODE: &str = "004217";
const NUMBER: &str = "+8613800138000";

/// Settings for the double; patient, because test machines are busy.
fn settings(double: &Double) -> Settings {
    let template = Template::new("20001", [Parameter::Code, Parameter::Minutes]);
    let mut settings = Settings::new(ACCOUNT, TOKEN, APP, Templates::new(template));
    settings.endpoint = double.endpoint();
    settings.https.connect_timeout = Duration::from_secs(10);
    settings.https.timeout = Duration::from_secs(20);
    settings.https.extra_root_ca = Some(double.root_ca.clone());
    settings
}

fn gateway(double: &Double) -> Yuntongxun {
    gateway_of(settings(double))
}

fn gateway_of(settings: Settings) -> Yuntongxun {
    Yuntongxun::new(settings, Clock::new(|| NOW)).unwrap()
}

/// A message with an id of its own.
fn message() -> Message {
    Message {
        id: Uuid::new_v4(),
        to: NUMBER.parse().unwrap(),
        intent: Intent::Code {
            purpose: Purpose::Register,
            code: CODE.parse().unwrap(),
            valid_for: Duration::from_mins(5),
        },
        locale: Locale::ZhHans,
    }
}
