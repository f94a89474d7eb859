//! Tencent Cloud (腾讯云) SMS: template messages, `SendSms` of 2021-01-11, signed by
//! TC3-HMAC-SHA256.
//!
//! What it can promise:
//!
//! - **It has no key against double sending.** `SessionContext` carries the message's id, but is
//!   only a label, and the list of sent messages names neither it nor a message that no carrier has
//!   reported on. So an [`Unknown`](Outcome::Unknown) outcome cannot be settled.
//! - **Caps have an end.** Each limit is a code of its own and says its window.
//! - **Its templates for codes take one to six digits** and nothing else: letters or a seventh digit
//!   are refused here, as [`Config`](crate::Class::Config), before anything leaves.
//! - Numbers in mainland China need a signature name: without [`Settings::sign_name`] they are not
//!   [covered](SmsClient::covers).
//! - Receipts are pushed and not signed.
//!
//! By default a number is sent the same content once in thirty seconds and **two messages a day**:
//! raise that cap in the console, or the third code of a day fails for everybody.

use std::fmt;

use async_trait::async_trait;
use secrecy::SecretString;

use crate::client::{
    Capabilities, ContentKind, Gap, MessageKind, Receipt, Receipts, Resend, SmsClient,
};
use crate::clock::Clock;
use crate::message::{Message, Prefix};
use crate::outcome::{Class, Outcome, Rejection};
use crate::receipts::{Pushed, ReceiptError, ReceiptReader};
use crate::settings::SettingsError;
use crate::settings::faults::first;
use crate::template::{Template, Templates};
use crate::transport::Transport;

pub use crate::tencent::settings::Settings;

mod answer;
mod carriers;
mod codes;
mod report;
mod request;
mod settings;
mod signature;

/// The gateway of Tencent Cloud.
///
/// Keep one and share it: it holds connections for the next message. It needs a tokio runtime with
/// I/O and time, and starts no task of its own.
pub struct Tencent {
    secret_id: String,
    secret_key: SecretString,
    sdk_app_id: String,
    sign_name: Option<String>,
    region: String,
    templates: Templates,
    transport: Transport,
    clock: Clock,
}

impl Tencent {
    /// Checks the settings. Nothing is opened before the first message.
    ///
    /// The clock may be wrong by five minutes at most, or requests are refused.
    ///
    /// # Errors
    ///
    /// Names the first setting that cannot be used.
    pub fn new(settings: Settings, clock: Clock) -> Result<Self, SettingsError> {
        first(settings.faults())?;
        let transport = Transport::new(&settings.endpoint, &settings.https)?;
        let Settings { secret_id, secret_key, sdk_app_id, sign_name, region, templates, .. } =
            settings;
        Ok(Self {
            secret_id,
            secret_key,
            sdk_app_id,
            sign_name,
            region,
            templates,
            transport,
            clock,
        })
    }

    fn template(&self, kind: MessageKind) -> Result<&Template, Gap> {
        if self.sign_name.is_none() && kind.destination.is_within(Prefix::MAINLAND_CHINA) {
            return Err(Gap::Destination);
        }
        self.templates.find(kind.topic, kind.locale).ok_or(Gap::Template)
    }
}

#[async_trait]
impl SmsClient for Tencent {
    fn name(&self) -> &'static str {
        "tencent"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            resend: Resend::Risky,
            status_query: false,
            receipts: Receipts::Pushed { signed: false },
            content: ContentKind::Templates,
        }
    }

    fn covers(&self, kind: &MessageKind) -> Result<(), Gap> {
        self.template(*kind).map(drop)
    }

    async fn send(&self, message: &Message) -> Outcome {
        let template = match self.template(MessageKind::by(message)) {
            Ok(template) => template,
            Err(gap) => return Outcome::Rejected(Rejection::uncovered(gap)),
        };
        let values = template.values(&message.intent);
        if !values.iter().all(|value| is_short_number(value)) {
            let text = "templates for codes take one to six digits";
            return Outcome::Rejected(Rejection::ours(Class::Config, text));
        }
        let payload = self.payload(message, template, &values);
        let Ok(request) = self.request(payload, self.clock.now()) else {
            return Outcome::Rejected(Rejection::unwritable());
        };
        match self.transport.exchange(request).await {
            Ok(answer) => answer::outcome(&answer, message, self.clock.now()),
            Err(outcome) => outcome,
        }
    }
}

/// What a variable of a template for codes can be.
fn is_short_number(value: &str) -> bool {
    (1..=6).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit())
}

/// A JSON array of carriers' reports. Unsigned.
impl ReceiptReader for Tencent {
    fn read(&self, pushed: &Pushed<'_>) -> Result<Vec<Receipt>, ReceiptError> {
        report::read(pushed.body)
    }

    fn acknowledgement(&self) -> &'static str {
        r#"{"result":0,"errmsg":"OK"}"#
    }

    fn class(&self, code: &str) -> Class {
        carriers::of_receipt(code)
    }
}

impl fmt::Debug for Tencent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tencent")
            .field("sdk_app_id", &self.sdk_app_id)
            .field("sign_name", &self.sign_name)
            .field("region", &self.region)
            .field("templates", &self.templates)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{clock, message, rejection};
    use crate::template::Parameter;

    fn gateway(sign_name: Option<&str>) -> Tencent {
        let template = Template::new("449739", [Parameter::Code, Parameter::Minutes]);
        let mut settings = Settings::new("id", "key", "1400006666", Templates::new(template));
        settings.sign_name = sign_name.map(str::to_owned);
        // Nothing is sent, so nobody has to be there.
        settings.endpoint = "https://127.0.0.1:1".to_owned();
        Tencent::new(settings, clock()).unwrap()
    }

    #[tokio::test]
    async fn codes_that_no_template_takes_stop_here() {
        for code in ["1234567", "12AB", "ABCDEF"] {
            let outcome = gateway(Some("x")).send(&message("+8613800138000", code)).await;
            assert_eq!(rejection(outcome).class, Class::Config, "{code}");
        }
        for code in ["1234", "004217"] {
            let outcome = gateway(Some("x")).send(&message("+8613800138000", code)).await;
            assert!(matches!(outcome, Outcome::NotSent(_)), "{code}: {outcome:?}");
        }
    }

    #[tokio::test]
    async fn mainland_china_needs_a_signature_name() {
        let (home, abroad) = (message("+8613800138000", "1234"), message("+85251234567", "1234"));
        let nameless = gateway(None);
        assert_eq!(nameless.covers(&MessageKind::by(&home)), Err(Gap::Destination));
        assert_eq!(nameless.covers(&MessageKind::by(&abroad)), Ok(()));
        assert_eq!(gateway(Some("x")).covers(&MessageKind::by(&home)), Ok(()));
        let refused = rejection(nameless.send(&home).await);
        assert_eq!(refused.class, Class::UnsupportedDestination);
    }
}
