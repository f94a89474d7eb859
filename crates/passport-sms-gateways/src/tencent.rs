//! Tencent Cloud (腾讯云) SMS: template messages, `SendSms` of 2021-01-11, signed with
//! TC3-HMAC-SHA256.
//!
//! What the gateway promises:
//!
//! - **It has no idempotency key.** `SessionContext` carries the id of the message, but only as a label,
//!   and the list of sent messages contains neither the label nor a message before its first carrier
//!   report. So an [`Unknown`](Outcome::Unknown) outcome stays unknown.
//! - **Caps have an end.** Each limit has a code of its own, which tells its window.
//! - **Its templates for codes take one to six digits** and nothing else: letters or a seventh digit
//!   are refused here, as [`Config`](Class::Config), before anything is sent.
//! - Numbers in mainland China need a signature name: without [`Settings::sign_name`] they are not
//!   [covered](SmsClient::covers).
//! - Receipts are pushed unsigned.
//!
//! By default a number gets the same content once in 30 seconds and **two messages a day**: raise that
//! cap in the console, or the third code of a day fails for every user.

use std::fmt;

use async_trait::async_trait;
use passport_sms_client::{
    Capabilities, Class, Clock, ContentKind, Gap, Gateway, Message, MessageKind, Outcome, Prefix,
    Pushed, Receipt, ReceiptError, ReceiptReader, Receipts, Rejection, SettingsError, SmsClient,
    Template,
};

use crate::Site;
use crate::kit::transport::Transport;

pub use crate::tencent::settings::Settings;

mod answer;
mod carriers;
mod codes;
mod report;
mod request;
mod settings;
mod signature;

/// Digits of the longest value that a template for codes takes.
const MAX_DIGITS: usize = 6;

/// The gateway of Tencent Cloud.
///
/// Keep one and share it, because it keeps connections for later messages. It needs a tokio runtime
/// with I/O and time, and spawns no task.
pub struct Tencent {
    settings: Settings,
    transport: Transport,
    clock: Clock,
}

impl Tencent {
    /// The gateway of that account. Nothing is connected before the first message.
    ///
    /// Requests are refused if the clock is wrong by more than five minutes.
    ///
    /// # Errors
    ///
    /// The first setting that cannot be used.
    pub fn open(settings: Settings, site: &Site) -> Result<Self, SettingsError> {
        let transport = Transport::of(&settings, &settings.endpoint)?;
        Ok(Self { settings, transport, clock: site.clock.clone() })
    }

    fn template(&self, kind: MessageKind) -> Result<&Template, Gap> {
        let is_mainland = kind.destination.is_within(Prefix::MAINLAND_CHINA);
        if self.settings.sign_name.is_none() && is_mainland {
            return Err(Gap::Destination);
        }
        self.settings.templates.find(kind.topic, kind.locale).ok_or(Gap::Template)
    }
}

#[async_trait]
impl SmsClient for Tencent {
    fn capabilities(&self) -> Capabilities {
        Capabilities::new(ContentKind::Templates)
            .with_max_code_digits(MAX_DIGITS)
            .with_receipts(Receipts::Pushed { signed: false, told: false, needs: None })
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
            return Outcome::Rejected(Rejection::new(Class::Config, "", text));
        }
        let request = self.request(self.payload(message, template, &values), self.clock.now());
        let read = |answer: &_| answer::outcome(answer, message, self.clock.now());
        self.transport.send(request, read).await
    }
}

/// Whether a variable of a template for codes can have that value.
fn is_short_number(value: &str) -> bool {
    (1..=MAX_DIGITS).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit())
}

impl Gateway for Tencent {
    fn receipts(&self) -> Option<&dyn ReceiptReader> {
        Some(self)
    }

    fn delivery_class(&self, code: &str) -> Class {
        carriers::of_receipt(code)
    }
}

/// A JSON array of carrier reports. Unsigned.
impl ReceiptReader for Tencent {
    fn read(&self, pushed: &Pushed<'_>) -> Result<Vec<Receipt>, ReceiptError> {
        report::read(pushed.body)
    }

    fn acknowledgement(&self) -> &'static str {
        r#"{"result":0,"errmsg":"OK"}"#
    }
}

impl fmt::Debug for Tencent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tencent")
            .field("settings", &self.settings)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use passport_sms_client::{Parameter, Templates};

    use super::*;
    use crate::fixtures::{clock, message, rejection};

    fn gateway(sign_name: Option<&str>) -> Tencent {
        let template = Template::new("449739", [Parameter::Code, Parameter::Minutes]);
        let mut settings = Settings::new("id", "key", "1400006666", Templates::new(template));
        settings.sign_name = sign_name.map(str::to_owned);
        // Nothing listens there.
        settings.endpoint = "https://127.0.0.1:1".to_owned();
        Tencent::open(settings, &Site::new(clock())).unwrap()
    }

    #[tokio::test]
    async fn codes_that_no_template_takes_are_refused_here() {
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
