//! Twilio: free texts, the Messages resource of 2010-04-01, with HTTP Basic.
//!
//! What it can promise:
//!
//! - **It has no key against double sending.** The same message twice is two.
//! - **It can be asked.** [`find`](SmsClient::find) looks through the messages to the number for one
//!   with the same text. Twilio's list settles within seconds: that the message is not there is
//!   certain after ten of them, when the list is no longer than a hundred messages and names none to
//!   the number since; else it is [`Unsure`](Finding::Unsure).
//! - **A message that is late does not come late:** its `ValidityPeriod` is the life of the code, so
//!   what still waits in a queue then is dropped.
//! - Receipts are pushed to [`Settings::status_callback`] and **signed**.
//!
//! HTTP 429 is `NotSent`: Twilio does not process such a request. HTTP 5xx is `Unknown`: a message
//! may exist.

use std::fmt;

use async_trait::async_trait;
use time::{Duration, OffsetDateTime};

use crate::client::{
    Capabilities, ContentKind, Finding, Gap, MessageKind, Receipt, Receipts, Resend, SmsClient,
};
use crate::clock::Clock;
use crate::message::Message;
use crate::outcome::{Class, Outcome, Rejection};
use crate::receipts::{Pushed, ReceiptError, ReceiptReader};
use crate::settings::SettingsError;
use crate::settings::faults::first;
use crate::transport::Transport;

pub use crate::twilio::settings::{Credentials, Sender, Settings};

mod answer;
mod callback;
mod codes;
mod list;
mod request;
mod settings;

/// How old a send must be before its absence from the list means something.
const SETTLED: Duration = Duration::seconds(10);

/// The gateway of Twilio.
///
/// Keep one and share it: it holds connections for the next message. It needs a tokio runtime with
/// I/O and time, and starts no task of its own.
pub struct Twilio {
    settings: Settings,
    transport: Transport,
    clock: Clock,
}

impl Twilio {
    /// Checks the settings. Nothing is opened before the first message.
    ///
    /// # Errors
    ///
    /// Names the first setting that cannot be used.
    pub fn new(settings: Settings, clock: Clock) -> Result<Self, SettingsError> {
        first(settings.faults())?;
        let transport = Transport::new(&settings.endpoint, &settings.https)?;
        Ok(Self { settings, transport, clock })
    }
}

#[async_trait]
impl SmsClient for Twilio {
    fn name(&self) -> &'static str {
        "twilio"
    }

    fn capabilities(&self) -> Capabilities {
        let signed = self.settings.status_callback.is_some();
        Capabilities {
            resend: Resend::Risky,
            status_query: true,
            receipts: if signed { Receipts::Pushed { signed } } else { Receipts::None },
            content: ContentKind::FreeText,
        }
    }

    /// Every message: which countries an account may send to stands in its console only.
    fn covers(&self, _wanted: &MessageKind) -> Result<(), Gap> {
        Ok(())
    }

    async fn send(&self, message: &Message) -> Outcome {
        let Ok(request) = self.create(message) else {
            return Outcome::Rejected(Rejection::unwritable());
        };
        match self.transport.exchange(request).await {
            Ok(answer) => answer::outcome(&answer, message, self.clock.now()),
            Err(outcome) => outcome,
        }
    }

    async fn find(&self, message: &Message, sent_at: OffsetDateTime) -> Finding {
        let Ok(request) = self.list(message) else { return Finding::Unsure };
        // Before the question: what the answer does not name was not there then.
        let settled = self.clock.now() - sent_at >= SETTLED;
        match self.transport.exchange(request).await {
            Ok(answer) => {
                let text = message.text(self.settings.origin.as_ref());
                list::finding(&answer, &text, sent_at, settled)
            }
            Err(_) => Finding::Unsure,
        }
    }
}

/// Status callbacks, verified by `X-Twilio-Signature`.
impl ReceiptReader for Twilio {
    fn read(&self, pushed: &Pushed<'_>) -> Result<Vec<Receipt>, ReceiptError> {
        callback::verify(pushed, &self.settings)?;
        callback::read(pushed)
    }

    fn class(&self, code: &str) -> Class {
        codes::of_receipt(code)
    }
}

impl fmt::Debug for Twilio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Twilio")
            .field("sender", &self.settings.sender)
            .field("origin", &self.settings.origin)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}
