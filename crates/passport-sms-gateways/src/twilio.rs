//! Twilio: free texts, the Messages resource of 2010-04-01, with HTTP Basic.
//!
//! What the gateway promises:
//!
//! - **It has no idempotency key.** A repeated message is a second message.
//! - **It can be asked.** [`find`](SmsClient::find) searches the messages to the number for one with the
//!   same text. Twilio's list is complete within seconds: a message that is missing after ten seconds is
//!   certainly not there if the list has no more than a hundred messages and none to the number since
//!   then; otherwise it is [`Unsure`](Finding::Unsure).
//! - **A late message is dropped:** its `ValidityPeriod` is the life of the code, so Twilio discards what
//!   is still queued then.
//! - Receipts are pushed to [`Site::receipts_url`] and **signed**, with the token of the account. A URL
//!   whose host has an underscore is not told to Twilio, because it refuses such hosts; neither is any URL
//!   while that token is not set.
//!
//! HTTP 429 is `NotSent`, because Twilio does not process such a request. HTTP 5xx is `Unknown`, because
//! the message may exist.

use std::fmt;

use async_trait::async_trait;
use passport_sms_client::{
    Capabilities, Class, Clock, ContentKind, Finding, Gap, Gateway, Message, MessageKind,
    OriginHost, Outcome, Pushed, Receipt, ReceiptError, ReceiptReader, Receipts, SettingsError,
    SmsClient,
};
use secrecy::{ExposeSecret, SecretString};
use time::{Duration, OffsetDateTime};

use crate::Site;
use crate::kit::transport::Transport;

pub use crate::twilio::settings::{Credentials, Sender, Settings};

mod answer;
mod callback;
mod charged;
mod codes;
mod list;
mod request;
mod settings;

/// Age from which a message that is missing from the list was certainly not created.
const SETTLED: Duration = Duration::seconds(10);

/// The gateway of Twilio.
///
/// Keep one and share it, because it keeps connections for later messages. It needs a tokio runtime
/// with I/O and time, and spawns no task.
pub struct Twilio {
    settings: Settings,
    status_callback: Option<SecretString>,
    origin: Option<OriginHost>,
    transport: Transport,
    clock: Clock,
}

impl Twilio {
    /// The gateway of that account. Nothing is connected before the first message.
    ///
    /// # Errors
    ///
    /// The first setting that cannot be used.
    pub fn open(settings: Settings, site: &Site) -> Result<Self, SettingsError> {
        let transport = Transport::of(&settings, &settings.endpoint)?;
        let Site { clock, origin, receipts_url } = site.clone();
        let is_verifiable = settings.signing_token().is_some();
        let status_callback =
            receipts_url.filter(|url| is_verifiable && settings::is_callback(url.expose_secret()));
        Ok(Self { settings, status_callback, origin, transport, clock })
    }
}

#[async_trait]
impl SmsClient for Twilio {
    fn capabilities(&self) -> Capabilities {
        let told = self.status_callback.is_some();
        let needs = self.settings.signing_token().is_none().then_some("auth_token");
        Capabilities::new(ContentKind::FreeText)
            .with_status_query()
            .with_receipts(Receipts::Pushed { signed: true, told, needs })
    }

    /// Every message, because only the console of the account knows its countries.
    fn covers(&self, _kind: &MessageKind) -> Result<(), Gap> {
        Ok(())
    }

    async fn send(&self, message: &Message) -> Outcome {
        let read = |answer: &_| answer::outcome(answer, message, self.clock.now());
        self.transport.send(self.create(message), read).await
    }

    async fn find(&self, message: &Message, sent_at: OffsetDateTime) -> Finding {
        let Ok(request) = self.list(message) else { return Finding::Unsure };
        // Read before the question, because the list may grow after it.
        let settled = self.clock.now() - sent_at >= SETTLED;
        match self.transport.exchange(request).await {
            Ok(answer) => {
                let text = message.text(self.origin.as_ref());
                list::finding(&answer, &text, sent_at, settled)
            }
            Err(_) => Finding::Unsure,
        }
    }
}

impl Gateway for Twilio {
    fn receipts(&self) -> Option<&dyn ReceiptReader> {
        Some(self)
    }

    fn delivery_class(&self, code: &str) -> Class {
        codes::of_receipt(code)
    }
}

/// Status callbacks, verified by `X-Twilio-Signature`.
impl ReceiptReader for Twilio {
    fn read(&self, pushed: &Pushed<'_>) -> Result<Vec<Receipt>, ReceiptError> {
        callback::verify(pushed, &self.settings)?;
        callback::read(pushed)
    }
}

impl fmt::Debug for Twilio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Twilio")
            .field("settings", &self.settings)
            .field("origin", &self.origin)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}
