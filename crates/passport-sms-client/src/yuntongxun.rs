//! Yuntongxun (云通讯, also 容联云 or cloopen): template messages over REST 2013-12-26.
//!
//! What it can promise:
//!
//! - **The same message twice is one.** Its `reqId` is made from the message's id, so a second try
//!   of the same message is [`Duplicate`](Outcome::Duplicate). The gateway remembers it until
//!   midnight in China: across it, or with [`Settings::request_id`] off, a second try of an
//!   [`Unknown`](Outcome::Unknown) can be a second message.
//! - **Caps have an end.** Where the documentation names one, a rejection says
//!   [`until`](crate::Rejection::until) when.
//! - It sends templates, not free text, to mainland China; other countries, where the account may,
//!   are written `00` and the number, which is seen in use but not documented.
//! - Receipts are pushed as JSON and not signed; their form is seen in use, not documented.
//!
//! The body of a request is not signed and signature and header are good for a day: TLS is all the
//! protection there is, so certificates are always verified. An HTTP status other than 200 says
//! nothing about the message and is `Unknown`, except 429, which is `NotSent`.

use std::fmt;

use async_trait::async_trait;
use secrecy::SecretString;

use crate::client::{
    Capabilities, ContentKind, Gap, IdempotencyWindow, MessageKind, Receipt, Receipts, Resend,
    SmsClient,
};
use crate::clock::Clock;
use crate::cst;
use crate::message::Message;
use crate::outcome::{Outcome, Rejection};
use crate::receipts::{Pushed, ReceiptError, ReceiptReader};
use crate::settings::SettingsError;
use crate::settings::faults::first;
use crate::template::Templates;
use crate::transport::Transport;

pub use crate::yuntongxun::settings::Settings;

mod answer;
mod codes;
mod report;
mod request;
mod settings;

/// The gateway of Yuntongxun.
///
/// Keep one and share it: it holds connections for the next message. It needs a tokio runtime with
/// I/O and time, and starts no task of its own, so a gateway that hangs holds its callers and
/// nobody else, each no longer than [`timeout`](crate::HttpsSettings::timeout).
pub struct Yuntongxun {
    account_sid: String,
    auth_token: SecretString,
    app_id: String,
    templates: Templates,
    request_id: bool,
    transport: Transport,
    clock: Clock,
}

impl Yuntongxun {
    /// Checks the settings. Nothing is opened before the first message.
    ///
    /// The clock may be wrong by a few hours at most: requests carry its time, and the ends of caps
    /// are reckoned from it.
    ///
    /// # Errors
    ///
    /// Names the first setting that cannot be used.
    pub fn new(settings: Settings, clock: Clock) -> Result<Self, SettingsError> {
        first(settings.faults())?;
        let transport = Transport::new(&settings.endpoint, &settings.https)?;
        let Settings { account_sid, auth_token, app_id, templates, request_id, .. } = settings;
        Ok(Self { account_sid, auth_token, app_id, templates, request_id, transport, clock })
    }
}

#[async_trait]
impl SmsClient for Yuntongxun {
    fn name(&self) -> &'static str {
        "yuntongxun"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            resend: if self.request_id {
                Resend::Idempotent(IdempotencyWindow::CalendarDay(cst::OFFSET))
            } else {
                Resend::Risky
            },
            status_query: false,
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
        let Ok(request) = self.request(message, template, self.clock.now()) else {
            return Outcome::Rejected(Rejection::unwritable());
        };
        match self.transport.exchange(request).await {
            Ok(answer) => answer::outcome(&answer, message, self.clock.now()),
            Err(outcome) => outcome,
        }
    }
}

/// Status reports, JSON. Unsigned, and seen in use rather than documented.
impl ReceiptReader for Yuntongxun {
    fn read(&self, pushed: &Pushed<'_>) -> Result<Vec<Receipt>, ReceiptError> {
        report::read(pushed.body)
    }
}

impl fmt::Debug for Yuntongxun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Yuntongxun")
            .field("templates", &self.templates)
            .field("request_id", &self.request_id)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}
