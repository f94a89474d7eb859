//! Aliyun (阿里云, Alibaba Cloud) SMS: template messages, `SendSms` of 2017-05-25, signed with
//! ACS3-HMAC-SHA256.
//!
//! What the gateway promises:
//!
//! - **It has no idempotency key.** A repeated message is a second message. `OutId` carries the id of
//!   the message, but only as a label.
//! - **It can be asked.** [`find`](SmsClient::find) looks for that label among the messages to the
//!   number on that day. If the label is listed, the gateway has the message. The list lags by an
//!   undocumented time, so a missing label proves nothing and is [`Unsure`](Finding::Unsure).
//! - **Caps have an end.** A throttled number is told by code; the window of
//!   `isv.BUSINESS_LIMIT_CONTROL` stands only in the text of the answer, which is read for that
//!   purpose alone.
//! - Receipts are pushed unsigned.
//!
//! By default an account sends a number one code per minute, five per hour and ten per day.
//!
//! The parameters, the code among them, are part of the query, as in the provider's own clients. TLS
//! hides them in transit, but URL logs at the provider contain them. [`Placement::Form`] moves them
//! to the body. The signature allows that; it was not confirmed that the live gateway accepts it.

use std::fmt;

use async_trait::async_trait;
use passport_sms_client::{
    Capabilities, Class, Clock, ContentKind, Finding, Gap, Gateway, Message, MessageKind, Outcome,
    Pushed, Receipt, ReceiptError, ReceiptReader, Receipts, SettingsError, SmsClient,
};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Site;
use crate::kit::acs3;
use crate::kit::transport::Transport;

pub use crate::aliyun::settings::Settings;
pub use crate::kit::acs3::Placement;

mod answer;
mod details;
mod report;
mod request;
mod settings;

/// The gateway of Aliyun.
///
/// Keep one and share it, because it keeps connections for later messages. It needs a tokio runtime
/// with I/O and time, and spawns no task.
pub struct Aliyun {
    settings: Settings,
    transport: Transport,
    clock: Clock,
}

impl Aliyun {
    /// The gateway of that account. Nothing is connected before the first message.
    ///
    /// Requests are refused if the clock is wrong by more than 15 minutes.
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
impl SmsClient for Aliyun {
    fn capabilities(&self) -> Capabilities {
        let receipts = Receipts::Pushed { signed: false, told: false, needs: None };
        Capabilities::new(ContentKind::Templates).with_status_query().with_receipts(receipts)
    }

    fn covers(&self, kind: &MessageKind) -> Result<(), Gap> {
        self.settings.templates.covers(kind)
    }

    async fn send(&self, message: &Message) -> Outcome {
        let template = match self.settings.templates.find_for(message) {
            Ok(template) => template,
            Err(rejection) => return Outcome::Rejected(rejection),
        };
        let request = self.send_sms(message, template, self.clock.now(), Uuid::new_v4());
        let read = |answer: &_| answer::outcome(answer, message, self.clock.now());
        self.transport.send(request, read).await
    }

    async fn find(&self, message: &Message, sent_at: OffsetDateTime) -> Finding {
        let now = self.clock.now();
        let Ok(request) = self.query_send_details(message, sent_at, now, Uuid::new_v4()) else {
            return Finding::Unsure;
        };
        match self.transport.exchange(request).await {
            Ok(answer) => details::finding(&answer, message),
            Err(_) => Finding::Unsure,
        }
    }
}

impl Gateway for Aliyun {
    fn receipts(&self) -> Option<&dyn ReceiptReader> {
        Some(self)
    }

    fn delivery_class(&self, code: &str) -> Class {
        acs3::delivery_class(code)
    }
}

/// `SmsReport`, a JSON array. Unsigned.
impl ReceiptReader for Aliyun {
    fn read(&self, pushed: &Pushed<'_>) -> Result<Vec<Receipt>, ReceiptError> {
        report::read(pushed.body)
    }

    fn acknowledgement(&self) -> &'static str {
        r#"{"code":0,"msg":"OK"}"#
    }
}

impl fmt::Debug for Aliyun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aliyun")
            .field("settings", &self.settings)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}
