//! Any gateway behind a signed webhook (Standard Webhooks): whatever is not spoken here is reached
//! by a few lines of yours that take an `sms.send` event.
//!
//! ```text
//! POST <url>
//! content-type: application/json
//! webhook-id: msg_…                 the key against double sending, the same for every try
//! webhook-timestamp: 1795340610     this try, in Unix seconds
//! webhook-signature: v1,<base64>    HMAC-SHA256 of id.timestamp.body; several during rotation
//!
//! {"type":"sms.send","timestamp":"2026-11-22T09:43:30Z","data":{…}}
//! ```
//!
//! `data` has `to` (E.164) and `locale`, and then `text`, or with [`Settings::templates`] the
//! `template` and its `params`, an object of strings.
//!
//! What it can promise, if the receiver keeps its part:
//!
//! - **The same message twice is one:** the receiver takes a `webhook-id` once and answers 2xx to
//!   it again. It shall remember ids for a day.
//! - Any 2xx accepts the message; of its body only `{"message_id":"…"}` is read. Without one the
//!   message is known by its `webhook-id`.
//! - A 5xx and whatever breaks on the way is `Unknown`, and can be sent again because of the id. 503
//!   with `Retry-After` is a refusal of the moment.
//! - A refusal is a status: 400 and 422 say that the event is wrong, 422 with
//!   `{"error":{"code":"bad_recipient"}}` that the number is; 401, 403, 404, 410, 415 and redirections,
//!   which are never followed, say that the settings are.
//! - Receipts come as events of type `sms.delivery` in the other direction, **signed** in the same
//!   way.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

use crate::client::{
    Capabilities, ContentKind, Gap, IdempotencyWindow, MessageKind, Receipt, Receipts, Resend,
    SmsClient,
};
use crate::clock::Clock;
use crate::message::Message;
use crate::outcome::{Outcome, Rejection};
use crate::receipts::{Pushed, ReceiptError, ReceiptReader};
use crate::settings::SettingsError;
use crate::settings::faults::first;
use crate::transport::Transport;
use crate::webhook::signature::Key;

pub use crate::webhook::settings::Settings;

mod answer;
mod delivery;
mod request;
mod settings;
mod signature;

/// How long a receiver shall remember ids.
const MEMORY: Duration = Duration::from_hours(24);

/// A gateway behind a signed webhook.
///
/// Keep one and share it: it holds connections for the next message. It needs a tokio runtime with
/// I/O and time, and starts no task of its own.
pub struct Webhook {
    /// Path and query of the URL.
    path: String,
    keys: Vec<Key>,
    receipt_keys: Vec<Key>,
    settings: Settings,
    transport: Transport,
    clock: Clock,
}

impl Webhook {
    /// Checks the settings. Nothing is opened before the first message.
    ///
    /// The clock may be wrong by five minutes at most, or receivers refuse what it signed, and it
    /// refuses their receipts.
    ///
    /// # Errors
    ///
    /// Names the first setting that cannot be used.
    pub fn new(settings: Settings, clock: Clock) -> Result<Self, SettingsError> {
        first(settings.faults())?;
        let (endpoint, path) = settings.split_url()?;
        let keys = settings::keys("secrets", &settings.secrets)?;
        let receipt_keys = settings::keys("receipt_secrets", &settings.receipt_secrets)?;
        let transport = Transport::new(&endpoint, &settings.https)?;
        Ok(Self { path, keys, receipt_keys, settings, transport, clock })
    }
}

#[async_trait]
impl SmsClient for Webhook {
    fn name(&self) -> &'static str {
        "webhook"
    }

    fn capabilities(&self) -> Capabilities {
        let signed = !self.receipt_keys.is_empty();
        Capabilities {
            resend: Resend::Idempotent(IdempotencyWindow::For(MEMORY)),
            status_query: false,
            receipts: if signed { Receipts::Pushed { signed } } else { Receipts::None },
            content: match self.settings.templates {
                Some(_) => ContentKind::Templates,
                None => ContentKind::FreeText,
            },
        }
    }

    /// Every number; what it has words for depends on its templates, if it has any.
    fn covers(&self, kind: &MessageKind) -> Result<(), Gap> {
        match &self.settings.templates {
            Some(templates) => {
                templates.find(kind.topic, kind.locale).map(drop).ok_or(Gap::Template)
            }
            None => Ok(()),
        }
    }

    async fn send(&self, message: &Message) -> Outcome {
        if let Err(gap) = self.covers(&MessageKind::by(message)) {
            return Outcome::Rejected(Rejection::uncovered(gap));
        }
        let Ok(request) = self.request(message, self.clock.now()) else {
            return Outcome::Rejected(Rejection::unwritable());
        };
        match self.transport.exchange(request).await {
            Ok(answer) => answer::outcome(&answer, message, self.clock.now()),
            Err(outcome) => outcome,
        }
    }
}

/// Events of type `sms.delivery`, verified by `webhook-signature` under any of
/// [`Settings::receipt_secrets`].
impl ReceiptReader for Webhook {
    fn read(&self, pushed: &Pushed<'_>) -> Result<Vec<Receipt>, ReceiptError> {
        signature::verify(pushed, &self.receipt_keys, self.clock.now())?;
        delivery::read(pushed.body)
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The path may hold a secret of the receiver's.
        f.debug_struct("Webhook")
            .field("templates", &self.settings.templates)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}
