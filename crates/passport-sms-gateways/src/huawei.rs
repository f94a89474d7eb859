//! Huawei Cloud Message & SMS (华为云): template messages, `batchSendSms` v1, with WSSE.
//!
//! What the gateway promises:
//!
//! - **It has no idempotency key** and cannot be asked, so an [`Unknown`](Outcome::Unknown) outcome
//!   stays unknown.
//! - **Few of its codes are classified.** The documentation could not be compared with a client of the
//!   provider, so codes of uncertain meaning are [`UnknownCode`](Class::UnknownCode), with the code
//!   kept, and no cap says when it ends.
//! - Receipts are pushed unsigned to [`Site::receipts_url`], up to 72 hours late.
//!
//! A request is authorised by a digest of the password, a nonce and the time, which is valid for a
//! day, and is not signed otherwise. TLS is its only protection.

use std::fmt;

use async_trait::async_trait;
use passport_sms_client::{
    Capabilities, Class, Clock, ContentKind, Gap, Gateway, Message, MessageKind, Outcome, Pushed,
    Receipt, ReceiptError, ReceiptReader, Receipts, SettingsError, SmsClient,
};
use secrecy::SecretString;
use uuid::Uuid;

use crate::Site;
use crate::kit::transport::Transport;

pub use crate::huawei::settings::Settings;

mod answer;
mod carriers;
mod receipt;
mod request;
mod settings;

/// The gateway of Huawei Cloud.
///
/// Keep one and share it, because it keeps connections for later messages. It needs a tokio runtime
/// with I/O and time, and spawns no task.
pub struct Huawei {
    settings: Settings,
    status_callback: Option<SecretString>,
    transport: Transport,
    clock: Clock,
}

impl Huawei {
    /// The gateway of that account. Nothing is connected before the first message.
    ///
    /// Requests are refused if the clock is wrong by more than a few hours.
    ///
    /// # Errors
    ///
    /// The first setting that cannot be used.
    pub fn open(settings: Settings, site: &Site) -> Result<Self, SettingsError> {
        let transport = Transport::of(&settings, &settings.endpoint)?;
        let status_callback = site.receipts_url.clone();
        Ok(Self { settings, status_callback, transport, clock: site.clock.clone() })
    }
}

#[async_trait]
impl SmsClient for Huawei {
    fn capabilities(&self) -> Capabilities {
        let told = self.status_callback.is_some();
        let receipts = Receipts::Pushed { signed: false, told, needs: None };
        Capabilities::new(ContentKind::Templates).with_receipts(receipts)
    }

    fn covers(&self, kind: &MessageKind) -> Result<(), Gap> {
        self.settings.templates.covers(kind)
    }

    async fn send(&self, message: &Message) -> Outcome {
        let template = match self.settings.templates.find_for(message) {
            Ok(template) => template,
            Err(rejection) => return Outcome::Rejected(rejection),
        };
        let nonce = Uuid::new_v4().simple().to_string();
        let request = self.request(message, template, self.clock.now(), &nonce);
        let read = |answer: &_| answer::outcome(answer, message, self.clock.now());
        self.transport.send(request, read).await
    }
}

impl Gateway for Huawei {
    fn receipts(&self) -> Option<&dyn ReceiptReader> {
        Some(self)
    }

    fn delivery_class(&self, code: &str) -> Class {
        carriers::of_receipt(code)
    }
}

/// Status reports as a form. Unsigned.
impl ReceiptReader for Huawei {
    fn read(&self, pushed: &Pushed<'_>) -> Result<Vec<Receipt>, ReceiptError> {
        receipt::read(pushed.body)
    }
}

impl fmt::Debug for Huawei {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Huawei")
            .field("settings", &self.settings)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}
