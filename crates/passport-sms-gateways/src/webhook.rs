//! Any gateway behind a signed webhook (Standard Webhooks): an adapter of a few lines that accepts
//! `sms.send` events connects a gateway that this crate does not support.
//!
//! ```text
//! POST <url>
//! content-type: application/json
//! webhook-id: msg_…                 idempotency key, the same for every attempt
//! webhook-timestamp: 1795340610     time of this attempt, in Unix seconds
//! webhook-signature: v1,<base64>    HMAC-SHA256 of id.timestamp.body; several during a rotation
//!
//! {"type":"sms.send","timestamp":"2026-11-22T09:43:30Z","data":{…}}
//! ```
//!
//! `data` has `to` (E.164) and `locale`, and then `text`, or with [`Settings::templates`] the
//! `template` and its `params`, an object of strings.
//!
//! What the gateway promises if the receiver follows the protocol:
//!
//! - **A repeated message is sent once:** the receiver processes a `webhook-id` once and answers 2xx to
//!   a repetition. It has to remember ids for a day.
//! - An acceptance is a 2xx whose body is `{"message_id":"…"}` or, from a receiver without ids of its own,
//!   `{"accepted":true}`; the message is then identified by its `webhook-id`. A 2xx without such a body,
//!   such as the page of a proxy or an empty answer, is `Unknown`.
//! - Answers and receipts may have `"price":"0.0333"` with `"currency":"EUR"`, and `"parts":2`.
//! - A 2xx with `{"error":{"code":"…"}}` is a refusal, like a 422 with that body.
//! - A 5xx and a broken connection are `Unknown`; another attempt is safe because of the id. 503 with
//!   `Retry-After` is a temporary refusal.
//! - A refusal is a status: 400 and 422 mean that the event is invalid, 422 with
//!   `{"error":{"code":"bad_recipient"}}` that the number is; 401, 403, 404, 410, 415 and redirections,
//!   which are never followed, mean that the settings are wrong.
//! - Receipts are events of type `sms.delivery` in the other direction, **signed** in the same way.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use passport_sms_client::{
    Capabilities, Clock, ContentKind, Gap, Gateway, IdempotencyWindow, Message, MessageKind,
    OriginHost, Outcome, Pushed, Receipt, ReceiptError, ReceiptReader, Receipts, Rejection, Resend,
    SettingsError, SmsClient,
};

use crate::Site;
use crate::kit::transport::Transport;
use crate::webhook::signature::Key;

pub use crate::webhook::settings::Settings;

mod answer;
mod charged;
mod delivery;
mod request;
mod settings;
mod signature;

/// Time for which a receiver has to remember ids.
const WINDOW: IdempotencyWindow = IdempotencyWindow::For(Duration::from_hours(24));

/// A gateway behind a signed webhook.
///
/// Keep one and share it, because it keeps connections for later messages. It needs a tokio runtime
/// with I/O and time, and spawns no task.
pub struct Webhook {
    /// Path and query of the URL.
    path: String,
    keys: Vec<Key>,
    receipt_keys: Vec<Key>,
    settings: Settings,
    origin: Option<OriginHost>,
    transport: Transport,
    clock: Clock,
}

impl Webhook {
    /// The gateway at that URL. Nothing is connected before the first message.
    ///
    /// If the clock is wrong by more than five minutes, receivers refuse its messages, and it refuses
    /// their receipts.
    ///
    /// # Errors
    ///
    /// The first setting that cannot be used.
    pub fn open(settings: Settings, site: &Site) -> Result<Self, SettingsError> {
        let (endpoint, path) = settings.split_url()?;
        let transport = Transport::of(&settings, &endpoint)?;
        let keys = settings::keys("secrets", &settings.secrets)?;
        let receipt_keys = settings::keys("receipt_secrets", &settings.receipt_secrets)?;
        let Site { clock, origin, .. } = site.clone();
        Ok(Self { path, keys, receipt_keys, settings, origin, transport, clock })
    }
}

#[async_trait]
impl SmsClient for Webhook {
    fn capabilities(&self) -> Capabilities {
        let content = match self.settings.templates {
            Some(_) => ContentKind::Templates,
            None => ContentKind::FreeText,
        };
        let needs = self.receipt_keys.is_empty().then_some("receipt_secrets");
        Capabilities::new(content)
            .with_resend(Resend::Idempotent(WINDOW))
            .with_receipts(Receipts::Pushed { signed: true, told: false, needs })
    }

    /// Every number; with templates, the messages that have one.
    fn covers(&self, kind: &MessageKind) -> Result<(), Gap> {
        self.settings.templates.as_ref().map_or(Ok(()), |templates| templates.covers(kind))
    }

    async fn send(&self, message: &Message) -> Outcome {
        if let Err(gap) = self.covers(&MessageKind::by(message)) {
            return Outcome::Rejected(Rejection::uncovered(gap));
        }
        let request = self.request(message, self.clock.now());
        let read = |answer: &_| answer::outcome(answer, message, self.clock.now());
        self.transport.send(request, read).await
    }
}

impl Gateway for Webhook {
    fn receipts(&self) -> Option<&dyn ReceiptReader> {
        Some(self)
    }
}

/// Events of type `sms.delivery`, whose `webhook-signature` is verified under each of
/// [`Settings::receipt_secrets`].
impl ReceiptReader for Webhook {
    fn read(&self, pushed: &Pushed<'_>) -> Result<Vec<Receipt>, ReceiptError> {
        signature::verify(pushed, &self.receipt_keys, self.clock.now())?;
        delivery::read(pushed.body)
    }
}

/// Shows no path, because it may hold a secret of the receiver.
impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("settings", &self.settings)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}
