//! Amazon SNS: free texts, `Publish` of 2010-03-31, with Signature v4.
//!
//! What it can promise:
//!
//! - **It has no key against double sending** and cannot be asked, so an
//!   [`Unknown`](Outcome::Unknown) outcome cannot be settled.
//! - It pushes no receipts; what became of a message stands in `CloudWatch`.
//! - `InvalidParameter` does not say by code which parameter, so its words are looked at for the name
//!   of the number, and for nothing else.
//! - HTTP 5xx is `Unknown`, its error codes included: a message may exist.

use std::fmt;

use async_trait::async_trait;
use secrecy::SecretString;

use crate::client::{Capabilities, ContentKind, Gap, MessageKind, Receipts, Resend, SmsClient};
use crate::clock::Clock;
use crate::message::{Message, OriginHost};
use crate::outcome::{Outcome, Rejection};
use crate::settings::SettingsError;
use crate::settings::faults::first;
use crate::transport::Transport;

pub use crate::sns::settings::Settings;

mod answer;
mod request;
mod settings;
mod signature;
mod xml;

/// The gateway of Amazon SNS.
///
/// Keep one and share it: it holds connections for the next message. It needs a tokio runtime with
/// I/O and time, and starts no task of its own.
pub struct Sns {
    access_key_id: String,
    secret_access_key: SecretString,
    session_token: Option<SecretString>,
    region: String,
    sender_id: Option<String>,
    origin: Option<OriginHost>,
    transport: Transport,
    clock: Clock,
}

impl Sns {
    /// Checks the settings. Nothing is opened before the first message.
    ///
    /// The clock may be wrong by a quarter of an hour at most, or requests are refused.
    ///
    /// # Errors
    ///
    /// Names the first setting that cannot be used.
    pub fn new(settings: Settings, clock: Clock) -> Result<Self, SettingsError> {
        first(settings.faults())?;
        let transport = Transport::new(&settings.endpoint, &settings.https)?;
        let Settings {
            access_key_id,
            secret_access_key,
            session_token,
            region,
            sender_id,
            origin,
            ..
        } = settings;
        Ok(Self {
            access_key_id,
            secret_access_key,
            session_token,
            region,
            sender_id,
            origin,
            transport,
            clock,
        })
    }
}

#[async_trait]
impl SmsClient for Sns {
    fn name(&self) -> &'static str {
        "sns"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            resend: Resend::Risky,
            status_query: false,
            receipts: Receipts::None,
            content: ContentKind::FreeText,
        }
    }

    /// Every message: which countries an account may send to stands in its console only.
    fn covers(&self, _wanted: &MessageKind) -> Result<(), Gap> {
        Ok(())
    }

    async fn send(&self, message: &Message) -> Outcome {
        let Ok(request) = self.publish(message, self.clock.now()) else {
            return Outcome::Rejected(Rejection::unwritable());
        };
        match self.transport.exchange(request).await {
            Ok(answer) => answer::outcome(&answer, message, self.clock.now()),
            Err(outcome) => outcome,
        }
    }
}

impl fmt::Debug for Sns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sns")
            .field("region", &self.region)
            .field("sender_id", &self.sender_id)
            .field("origin", &self.origin)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}
