//! Vonage (Nexmo): free texts, the SMS API, with HTTP Basic.
//!
//! What it can promise:
//!
//! - **It has no key against double sending** and cannot be asked, so an
//!   [`Unknown`](Outcome::Unknown) outcome cannot be settled. `client-ref` carries the message's id,
//!   but is only a label.
//! - A text that has to be cut is accepted only when every part is; if some are, it is `Unknown`.
//! - Receipts are pushed, by GET or POST as the account has it; the reader takes both, if the server
//!   does. The signature that an account can order is not verified here: they are to be taken as
//!   unsigned.
//!
//! Every answer is HTTP 200; any other status but 429 is `Unknown`. Status `3` does not say by code
//! whether the number is what is wrong, so its words are looked at for the name of that parameter,
//! and for nothing else; status `6` without it says that there is no way to that number from here.

use std::fmt;

use async_trait::async_trait;
use secrecy::SecretString;

use crate::client::{
    Capabilities, ContentKind, Gap, MessageKind, Receipt, Receipts, Resend, SmsClient,
};
use crate::clock::Clock;
use crate::message::{Message, OriginHost};
use crate::outcome::{Class, Outcome, Rejection};
use crate::receipts::{Pushed, ReceiptError, ReceiptReader};
use crate::settings::SettingsError;
use crate::settings::faults::first;
use crate::transport::Transport;

pub use crate::vonage::settings::Settings;

mod alphabet;
mod answer;
mod carriers;
mod receipt;
mod request;
mod settings;

/// The gateway of Vonage.
///
/// Keep one and share it: it holds connections for the next message. It needs a tokio runtime with
/// I/O and time, and starts no task of its own.
pub struct Vonage {
    api_key: String,
    api_secret: SecretString,
    from: String,
    callback: Option<SecretString>,
    origin: Option<OriginHost>,
    transport: Transport,
    clock: Clock,
}

impl Vonage {
    /// Checks the settings. Nothing is opened before the first message.
    ///
    /// # Errors
    ///
    /// Names the first setting that cannot be used.
    pub fn new(settings: Settings, clock: Clock) -> Result<Self, SettingsError> {
        first(settings.faults())?;
        let transport = Transport::new(&settings.endpoint, &settings.https)?;
        let Settings { api_key, api_secret, from, callback, origin, .. } = settings;
        Ok(Self { api_key, api_secret, from, callback, origin, transport, clock })
    }
}

#[async_trait]
impl SmsClient for Vonage {
    fn name(&self) -> &'static str {
        "vonage"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            resend: Resend::Risky,
            status_query: false,
            receipts: Receipts::Pushed { signed: false },
            content: ContentKind::FreeText,
        }
    }

    /// Every message: which countries an account may send to stands in its console only.
    fn covers(&self, _wanted: &MessageKind) -> Result<(), Gap> {
        Ok(())
    }

    async fn send(&self, message: &Message) -> Outcome {
        let Ok(request) = self.request(message) else {
            return Outcome::Rejected(Rejection::unwritable());
        };
        match self.transport.exchange(request).await {
            Ok(answer) => answer::outcome(&answer, message, self.clock.now()),
            Err(outcome) => outcome,
        }
    }
}

/// Delivery receipts in a query, a form or JSON, as the account has it. Taken as unsigned.
impl ReceiptReader for Vonage {
    fn read(&self, pushed: &Pushed<'_>) -> Result<Vec<Receipt>, ReceiptError> {
        receipt::read(pushed)
    }

    fn class(&self, code: &str) -> Class {
        carriers::of_receipt(code)
    }
}

impl fmt::Debug for Vonage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vonage")
            .field("from", &self.from)
            .field("origin", &self.origin)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}
