//! Aliyun (阿里云, Alibaba Cloud) SMS: template messages, `SendSms` of 2017-05-25, signed by
//! ACS3-HMAC-SHA256.
//!
//! What it can promise:
//!
//! - **It has no key against double sending.** The same message twice is two. `OutId` carries the
//!   message's id, but is only a label.
//! - **It can be asked.** [`find`](SmsClient::find) looks for that label among the day's messages to
//!   the number; what it finds, the gateway has. The list lags, and by how much is not documented,
//!   so not to find it proves nothing and is [`Unsure`](Finding::Unsure).
//! - **Caps have an end.** A refused number is told by code; the window of
//!   `isv.BUSINESS_LIMIT_CONTROL` stands in its text only, which is read for this and nothing else.
//! - Receipts are pushed and not signed.
//!
//! By default each account sends a number one code a minute, five an hour and ten a day.
//!
//! The parameters, the code among them, stand in the query, as the provider's own clients have it:
//! TLS hides them on the way, but what writes down URLs at the provider's end sees them.
//! [`Placement::Form`] puts them into the body. The signature allows it; that the live gateway takes
//! it was not confirmed.

use std::fmt;

use async_trait::async_trait;
use secrecy::SecretString;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::client::{
    Capabilities, ContentKind, Finding, Gap, MessageKind, Receipt, Receipts, Resend, SmsClient,
};
use crate::clock::Clock;
use crate::message::Message;
use crate::outcome::{Class, Outcome, Rejection};
use crate::receipts::{Pushed, ReceiptError, ReceiptReader};
use crate::settings::SettingsError;
use crate::settings::faults::first;
use crate::template::Templates;
use crate::transport::Transport;

pub use crate::aliyun::settings::{Placement, Settings};

mod answer;
mod carriers;
mod codes;
mod details;
mod report;
mod request;
mod settings;
mod signature;

/// The gateway of Aliyun.
///
/// Keep one and share it: it holds connections for the next message. It needs a tokio runtime with
/// I/O and time, and starts no task of its own.
pub struct Aliyun {
    access_key_id: String,
    access_key_secret: SecretString,
    sign_name: String,
    templates: Templates,
    placement: Placement,
    transport: Transport,
    clock: Clock,
}

impl Aliyun {
    /// Checks the settings. Nothing is opened before the first message.
    ///
    /// The clock may be wrong by a quarter of an hour at most, or requests are refused.
    ///
    /// # Errors
    ///
    /// Names the first setting that cannot be used.
    pub fn new(settings: Settings, clock: Clock) -> Result<Self, SettingsError> {
        first(settings.faults())?;
        let transport = Transport::new(&settings.endpoint, &settings.https)?;
        let Settings { access_key_id, access_key_secret, sign_name, templates, placement, .. } =
            settings;
        Ok(Self {
            access_key_id,
            access_key_secret,
            sign_name,
            templates,
            placement,
            transport,
            clock,
        })
    }
}

#[async_trait]
impl SmsClient for Aliyun {
    fn name(&self) -> &'static str {
        "aliyun"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            resend: Resend::Risky,
            status_query: true,
            receipts: Receipts::Pushed { signed: false },
            content: ContentKind::Templates,
        }
    }

    fn covers(&self, kind: &MessageKind) -> Result<(), Gap> {
        self.templates.find(kind.topic, kind.locale).map(drop).ok_or(Gap::Template)
    }

    async fn send(&self, message: &Message) -> Outcome {
        let Some(template) = self.templates.find(message.intent.topic(), message.locale) else {
            return Outcome::Rejected(Rejection::uncovered(Gap::Template));
        };
        let Ok(request) = self.send_sms(message, template, self.clock.now(), Uuid::new_v4()) else {
            return Outcome::Rejected(Rejection::unwritable());
        };
        match self.transport.exchange(request).await {
            Ok(answer) => answer::outcome(&answer, message, self.clock.now()),
            Err(outcome) => outcome,
        }
    }

    async fn find(&self, message: &Message, sent_at: OffsetDateTime) -> Finding {
        let now = self.clock.now();
        let Ok(request) = self.query_send_details(message, sent_at, now, Uuid::new_v4()) else {
            return Finding::Unsure;
        };
        match self.transport.exchange(request).await {
            Ok(answer) => details::finding(&answer, message),
            Err(_) => Finding::Unsure,
        }
    }
}

/// `SmsReport`, a JSON array. Unsigned.
impl ReceiptReader for Aliyun {
    fn read(&self, pushed: &Pushed<'_>) -> Result<Vec<Receipt>, ReceiptError> {
        report::read(pushed.body)
    }

    fn acknowledgement(&self) -> &'static str {
        r#"{"code":0,"msg":"OK"}"#
    }

    fn class(&self, code: &str) -> Class {
        carriers::of_receipt(code)
    }
}

impl fmt::Debug for Aliyun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aliyun")
            .field("sign_name", &self.sign_name)
            .field("templates", &self.templates)
            .field("placement", &self.placement)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}
