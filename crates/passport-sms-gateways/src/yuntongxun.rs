//! Yuntongxun (云通讯, also 容联云 or cloopen): template messages over REST 2013-12-26.
//!
//! What the gateway promises:
//!
//! - **A repeated message is sent once.** Its `reqId` is derived from the id of the message, so a second
//!   attempt is [`Duplicate`](Outcome::Duplicate). The gateway remembers it until midnight in China:
//!   after that, or with [`Settings::request_id`] off, another attempt after an
//!   [`Unknown`](Outcome::Unknown) outcome can be a second message.
//! - **Caps have an end.** Where the documentation names one, a rejection has
//!   [`until`](passport_sms_client::Rejection::until).
//! - It sends templates, not free text, to mainland China. Numbers of other countries, where the account
//!   may send to them, are written as `00` and the number; that form is in use but not documented.
//! - Receipts are pushed unsigned as JSON; their form is in use but not documented.
//!
//! The body of a request is not signed, and signature and header are valid for a day. TLS is the only
//! protection, so certificates are always verified. An HTTP status other than 200 tells nothing about the
//! message and is `Unknown`, except 429, which is `NotSent`.

use std::fmt;

use async_trait::async_trait;
use passport_sms_client::{
    Capabilities, Clock, ContentKind, Gap, Gateway, IdempotencyWindow, Message, MessageKind,
    Outcome, Pushed, Receipt, ReceiptError, ReceiptReader, Receipts, Resend, SettingsError,
    SmsClient,
};

use crate::Site;
use crate::kit::cst;
use crate::kit::transport::Transport;

pub use crate::yuntongxun::settings::Settings;

mod answer;
mod codes;
mod report;
mod request;
mod settings;

/// The gateway of Yuntongxun.
///
/// Keep one and share it, because it keeps connections for later messages. It needs a tokio runtime
/// with I/O and time, and spawns no task: a gateway that hangs delays only its own callers, each no
/// longer than [`timeout`](crate::HttpsSettings::timeout).
pub struct Yuntongxun {
    settings: Settings,
    transport: Transport,
    clock: Clock,
}

impl Yuntongxun {
    /// The gateway of that account. Nothing is connected before the first message.
    ///
    /// The clock may be wrong by a few hours at most, because requests carry its time and the ends of
    /// caps are computed from it.
    ///
    /// # Errors
    ///
    /// The first setting that cannot be used.
    pub fn open(settings: Settings, site: &Site) -> Result<Self, SettingsError> {
        let transport = Transport::of(&settings, &settings.endpoint)?;
        Ok(Self { settings, transport, clock: site.clock.clone() })
    }
}

#[async_trait]
impl SmsClient for Yuntongxun {
    fn capabilities(&self) -> Capabilities {
        let resend = if self.settings.request_id {
            Resend::Idempotent(IdempotencyWindow::CalendarDay(cst::OFFSET))
        } else {
            Resend::Risky
        };
        Capabilities::new(ContentKind::Templates)
            .with_resend(resend)
            .with_receipts(Receipts::Pushed { signed: false, told: false, needs: None })
    }

    fn covers(&self, kind: &MessageKind) -> Result<(), Gap> {
        self.settings.templates.covers(kind)
    }

    async fn send(&self, message: &Message) -> Outcome {
        let template = match self.settings.templates.find_for(message) {
            Ok(template) => template,
            Err(rejection) => return Outcome::Rejected(rejection),
        };
        let request = self.request(message, template, self.clock.now());
        let read = |answer: &_| answer::outcome(answer, message, self.clock.now());
        self.transport.send(request, read).await
    }
}

impl Gateway for Yuntongxun {
    fn receipts(&self) -> Option<&dyn ReceiptReader> {
        Some(self)
    }
}

/// Status reports, JSON. Unsigned, and in use rather than documented.
impl ReceiptReader for Yuntongxun {
    fn read(&self, pushed: &Pushed<'_>) -> Result<Vec<Receipt>, ReceiptError> {
        report::read(pushed.body)
    }
}

impl fmt::Debug for Yuntongxun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Yuntongxun")
            .field("settings", &self.settings)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}
