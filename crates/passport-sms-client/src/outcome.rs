use crate::bill::Bill;

pub use crate::outcome::cause::{Cause, SharedError};
pub use crate::outcome::rejection::{Class, Rejection};
pub use crate::outcome::scope::Scope;

mod cause;
mod display;
mod rejection;
mod scope;

/// Outcome of an attempt to send, as far as it is known.
///
/// `Result` is not used on purpose, because treating [`Unknown`](Self::Unknown) as a failure sends
/// users two codes, of which only the newer works.
#[derive(Debug, Clone)]
#[must_use = "a message may have gone out, or not"]
pub enum Outcome {
    /// The gateway certainly does not have the message: no byte of the request was sent, or the
    /// gateway reported that it did not process it. The message may be sent again through any
    /// gateway.
    NotSent(Cause),
    /// The gateway accepted the message. Delivery to the phone is not implied.
    Accepted {
        /// The gateway's own id of the message, if it returned a usable one.
        provider_id: Option<String>,
        /// What the gateway charges, as far as it tells already.
        bill: Bill,
    },
    /// The gateway had accepted this message before and did not send it again. Equivalent to
    /// [`Accepted`](Self::Accepted).
    Duplicate,
    /// The gateway refused the message; the class determines the next step.
    Rejected(Rejection),
    /// The gateway may have the message, and may deliver it. Repeat the same message, with the same
    /// id and code, through a gateway that recognises the id, or inform the user that it may still
    /// arrive. Never create a new code for it.
    Unknown(Cause),
}

impl Outcome {
    /// An acceptance under that id, with an unknown bill.
    pub fn accepted(provider_id: Option<String>) -> Self {
        Self::Accepted { provider_id, bill: Bill::UNKNOWN }
    }

    /// The same outcome, with what the gateway charges if it accepted the message.
    pub fn with_bill(self, told: Bill) -> Self {
        match self {
            Self::Accepted { provider_id, .. } => Self::Accepted { provider_id, bill: told },
            Self::NotSent(_) | Self::Duplicate | Self::Rejected(_) | Self::Unknown(_) => self,
        }
    }

    /// Whether the gateway certainly has the message.
    #[must_use]
    pub fn is_sent(&self) -> bool {
        matches!(self, Self::Accepted { .. } | Self::Duplicate)
    }
}
