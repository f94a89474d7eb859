//! Huawei Cloud Message & SMS (华为云): template messages, `batchSendSms` v1, with WSSE.
//!
//! What it can promise:
//!
//! - **It has no key against double sending** and cannot be asked, so an
//!   [`Unknown`](Outcome::Unknown) outcome cannot be settled.
//! - **It knows few codes by their meaning:** its documentation could not be compared with a client
//!   of the provider's, so codes that are not certain are [`UnknownCode`](crate::Class::UnknownCode),
//!   with the code kept, and no cap says when it ends.
//! - Receipts are pushed to [`Settings::status_callback`] and not signed, up to 72 hours late.
//!
//! The request is not signed but for a digest of the password, a nonce and the time, which holds
//! for a day: TLS is all the protection there is.

use std::fmt;

use async_trait::async_trait;
use secrecy::SecretString;
use uuid::Uuid;

use crate::client::{
    Capabilities, ContentKind, Gap, MessageKind, Receipt, Receipts, Resend, SmsClient,
};
use crate::clock::Clock;
use crate::message::Message;
use crate::outcome::{Class, Outcome, Rejection};
use crate::receipts::{Pushed, ReceiptError, ReceiptReader};
use crate::settings::SettingsError;
use crate::settings::faults::first;
use crate::template::Templates;
use crate::transport::Transport;

pub use crate::huawei::settings::Settings;

mod answer;
mod carriers;
mod receipt;
mod request;
mod settings;

/// The gateway of Huawei Cloud.
///
/// Keep one and share it: it holds connections for the next message. It needs a tokio runtime with
/// I/O and time, and starts no task of its own.
pub struct Huawei {
    app_key: String,
    app_secret: SecretString,
    channel: String,
    sign_name: Option<String>,
    status_callback: Option<SecretString>,
    templates: Templates,
    transport: Transport,
    clock: Clock,
}

impl Huawei {
    /// Checks the settings. Nothing is opened before the first message.
    ///
    /// The clock may be wrong by some hours at most, or requests are refused.
    ///
    /// # Errors
    ///
    /// Names the first setting that cannot be used.
    pub fn new(settings: Settings, clock: Clock) -> Result<Self, SettingsError> {
        first(settings.faults())?;
        let transport = Transport::new(&settings.endpoint, &settings.https)?;
        let Settings {
            app_key, app_secret, channel, sign_name, status_callback, templates, ..
        } = settings;
        Ok(Self {
            app_key,
            app_secret,
            channel,
            sign_name,
            status_callback,
            templates,
            transport,
            clock,
        })
    }
}

#[async_trait]
impl SmsClient for Huawei {
    fn name(&self) -> &'static str {
        "huawei"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            resend: Resend::Risky,
            status_query: false,
            receipts: match self.status_callback {
                Some(_) => Receipts::Pushed { signed: false },
                None => Receipts::None,
            },
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
        let nonce = Uuid::new_v4().simple().to_string();
        let Ok(request) = self.request(message, template, self.clock.now(), &nonce) else {
            return Outcome::Rejected(Rejection::unwritable());
        };
        match self.transport.exchange(request).await {
            Ok(answer) => answer::outcome(&answer, message, self.clock.now()),
            Err(outcome) => outcome,
        }
    }
}

/// Status reports as a form. Unsigned.
impl ReceiptReader for Huawei {
    fn read(&self, pushed: &Pushed<'_>) -> Result<Vec<Receipt>, ReceiptError> {
        receipt::read(pushed.body)
    }

    fn class(&self, code: &str) -> Class {
        carriers::of_receipt(code)
    }
}

impl fmt::Debug for Huawei {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Huawei")
            .field("channel", &self.channel)
            .field("sign_name", &self.sign_name)
            .field("templates", &self.templates)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}
