//! Vonage (Nexmo): free texts, the SMS API, with HTTP Basic.
//!
//! What the gateway promises:
//!
//! - **It has no idempotency key** and cannot be asked, so an [`Unknown`](Outcome::Unknown) outcome
//!   stays unknown. `client-ref` carries the id of the message, but only as a label.
//! - A text of several parts is accepted only if every part is; if only some are, it is `Unknown`.
//! - Receipts are pushed by GET or POST, as the account is set up; the reader accepts both if the server
//!   does. The optional signature is not verified here, so receipts count as unsigned.
//!
//! Every answer is HTTP 200; any other status except 429 is `Unknown`. Status `3` does not tell whether
//! the number is the invalid parameter, so the text of the answer is searched for the name of that
//! parameter, and for nothing else. Status `6` without that name means that no route exists to the
//! number.

use std::fmt;

use async_trait::async_trait;
use passport_sms_client::{
    Capabilities, Class, Clock, ContentKind, Gap, Gateway, Message, MessageKind, OriginHost,
    Outcome, Pushed, Receipt, ReceiptError, ReceiptReader, Receipts, SettingsError, SmsClient,
};
use secrecy::SecretString;

use crate::Site;
use crate::kit::transport::Transport;

pub use crate::vonage::settings::Settings;

mod alphabet;
mod answer;
mod carriers;
mod receipt;
mod request;
mod settings;

/// The currency of all prices.
const CURRENCY: &str = "EUR";

/// The gateway of Vonage.
///
/// Keep one and share it, because it keeps connections for later messages. It needs a tokio runtime
/// with I/O and time, and spawns no task.
pub struct Vonage {
    settings: Settings,
    callback: Option<SecretString>,
    origin: Option<OriginHost>,
    transport: Transport,
    clock: Clock,
}

impl Vonage {
    /// The gateway of that account. Nothing is connected before the first message.
    ///
    /// # Errors
    ///
    /// The first setting that cannot be used.
    pub fn open(settings: Settings, site: &Site) -> Result<Self, SettingsError> {
        let transport = Transport::of(&settings, &settings.endpoint)?;
        let Site { clock, origin, receipts_url } = site.clone();
        Ok(Self { settings, callback: receipts_url, origin, transport, clock })
    }
}

#[async_trait]
impl SmsClient for Vonage {
    fn capabilities(&self) -> Capabilities {
        let told = self.callback.is_some();
        let receipts = Receipts::Pushed { signed: false, told, needs: None };
        Capabilities::new(ContentKind::FreeText).with_receipts(receipts)
    }

    /// Every message, because only the console of the account knows its countries.
    fn covers(&self, _kind: &MessageKind) -> Result<(), Gap> {
        Ok(())
    }

    async fn send(&self, message: &Message) -> Outcome {
        let read = |answer: &_| answer::outcome(answer, message, self.clock.now());
        self.transport.send(self.request(message), read).await
    }
}

impl Gateway for Vonage {
    fn receipts(&self) -> Option<&dyn ReceiptReader> {
        Some(self)
    }

    fn delivery_class(&self, code: &str) -> Class {
        carriers::of_receipt(code)
    }
}

/// Delivery receipts in a query, a form or JSON, as the account is set up. They count as unsigned.
impl ReceiptReader for Vonage {
    fn read(&self, pushed: &Pushed<'_>) -> Result<Vec<Receipt>, ReceiptError> {
        receipt::read(pushed)
    }
}

impl fmt::Debug for Vonage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vonage")
            .field("settings", &self.settings)
            .field("origin", &self.origin)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}
