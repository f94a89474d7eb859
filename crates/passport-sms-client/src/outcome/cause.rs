use std::error::Error;
use std::sync::Arc;

use time::OffsetDateTime;

/// An error from below that can be kept in several places.
pub type SharedError = Arc<dyn Error + Send + Sync>;

/// Why an outcome is not an answer. For people and figures; what may be done next depends on the
/// outcome that carries it.
///
/// Nothing in it, sources included, holds a code, a number, a token or a signature.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// The name was not resolved or the connection not made.
    #[error("gateway cannot be reached")]
    Unreachable(#[source] SharedError),
    /// TLS failed: above all, a certificate that does not hold.
    #[error("gateway cannot be trusted")]
    Untrusted(#[source] SharedError),
    /// A time limit passed.
    #[error("gateway took too long")]
    TimedOut,
    /// The connection ended before the answer did.
    #[error("connection to the gateway broke")]
    Disconnected(#[source] SharedError),
    /// The gateway turns requests away before looking at them (HTTP 429).
    #[error("gateway is too busy")]
    Busy {
        /// When it asked to be tried again, if it did.
        until: Option<OffsetDateTime>,
    },
    /// An HTTP status that the gateway's protocol does not know, a redirection among them.
    #[error("gateway answered with HTTP status {0}")]
    Status(u16),
    /// An answer that is not one.
    #[error("answer of the gateway cannot be read: {0}")]
    Unreadable(&'static str),
    /// The gateway itself does not know.
    #[error("gateway does not know what became of the message: {code} {text}")]
    Undecided {
        /// The gateway's code.
        code: String,
        /// The gateway's words, without the message's code and number.
        text: String,
    },
    /// No gateway is there for such a message.
    #[error("no gateway is set up for such a message")]
    NoGateway,
    /// There are gateways for such a message, and each said lately that it does not work or has
    /// enough: it is not asked again before its rest is over.
    #[error("every gateway for the message is left alone after what it answered")]
    Resting,
    /// The attempt could not be put on record, so it was not made.
    #[error("attempt cannot be put on record")]
    Unrecorded(#[source] SharedError),
    /// The same message was handed in before.
    #[error("message is in hand already")]
    InHand,
    /// Whoever was sending it went away, and left no word of how it ended.
    #[error("attempt was interrupted")]
    Interrupted,
    /// The gateway was asked, and has no such message.
    #[error("gateway does not have the message")]
    Lost,
}
