pub use crate::outcome::cause::{Cause, SharedError};
pub use crate::outcome::rejection::{Class, Rejection};

mod cause;
mod rejection;

/// What became of a message, as far as it can be known.
///
/// There is no `Result` here on purpose: to fold [`Unknown`](Self::Unknown) into "failed" is how
/// people get two codes, of which only the newer works.
#[derive(Debug, Clone)]
#[must_use = "a message may have gone out, or not"]
pub enum Outcome {
    /// The gateway has certainly not got the message: no byte of the request left, or the gateway
    /// said that it did not look at it. It may be sent again freely, through any gateway.
    NotSent(Cause),
    /// The gateway took the message. That it reached the telephone is another matter.
    Accepted {
        /// The gateway's own id of the message, where it gave a usable one.
        provider_id: Option<String>,
    },
    /// The gateway had taken this message before, and did not send it again. As good as
    /// [`Accepted`](Self::Accepted).
    Duplicate,
    /// The gateway answered that it does not send this message; the class says what to do.
    Rejected(Rejection),
    /// The gateway may have got the message, and it may be delivered. Try the same message (the
    /// same id and the same code) again through a gateway that recognises the id, or tell the
    /// person that it may still come. Never make a new code for it.
    Unknown(Cause),
}

impl Outcome {
    /// Whether the gateway is known to have the message.
    #[must_use]
    pub fn is_sent(&self) -> bool {
        matches!(self, Self::Accepted { .. } | Self::Duplicate)
    }
}
