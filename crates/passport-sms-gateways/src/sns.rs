//! Amazon SNS: free texts, `Publish` of 2010-03-31, with Signature v4.
//!
//! What the gateway promises:
//!
//! - **It has no idempotency key** and cannot be asked, so an [`Unknown`](Outcome::Unknown) outcome
//!   stays unknown.
//! - It pushes no receipts; delivery statuses are in `CloudWatch`.
//! - The code `InvalidParameter` does not tell which parameter is invalid, so the text of the answer is
//!   searched for the name of the number, and for nothing else.
//! - HTTP 5xx is `Unknown` whatever its error code, because the message may exist.

use std::fmt;

use async_trait::async_trait;
use passport_sms_client::{
    Capabilities, Clock, ContentKind, Gap, Gateway, Message, MessageKind, OriginHost, Outcome,
    SettingsError, SmsClient,
};

use crate::Site;
use crate::kit::transport::Transport;

pub use crate::sns::settings::Settings;

mod answer;
mod request;
mod settings;
mod signature;
mod xml;

/// The gateway of Amazon SNS.
///
/// Keep one and share it, because it keeps connections for later messages. It needs a tokio runtime
/// with I/O and time, and spawns no task.
pub struct Sns {
    settings: Settings,
    origin: Option<OriginHost>,
    transport: Transport,
    clock: Clock,
}

impl Sns {
    /// The gateway of that account. Nothing is connected before the first message.
    ///
    /// Requests are refused if the clock is wrong by more than 15 minutes.
    ///
    /// # Errors
    ///
    /// The first setting that cannot be used.
    pub fn open(settings: Settings, site: &Site) -> Result<Self, SettingsError> {
        let transport = Transport::of(&settings, &settings.endpoint)?;
        Ok(Self { settings, origin: site.origin.clone(), transport, clock: site.clock.clone() })
    }
}

#[async_trait]
impl SmsClient for Sns {
    fn capabilities(&self) -> Capabilities {
        Capabilities::new(ContentKind::FreeText)
    }

    /// Every message, because only the console of the account knows its countries.
    fn covers(&self, _kind: &MessageKind) -> Result<(), Gap> {
        Ok(())
    }

    async fn send(&self, message: &Message) -> Outcome {
        let request = self.publish(message, self.clock.now());
        let read = |answer: &_| answer::outcome(answer, message, self.clock.now());
        self.transport.send(request, read).await
    }
}

impl Gateway for Sns {}

impl fmt::Debug for Sns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sns")
            .field("settings", &self.settings)
            .field("origin", &self.origin)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}
