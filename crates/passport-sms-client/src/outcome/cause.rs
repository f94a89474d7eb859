use std::error::Error;
use std::sync::Arc;

use time::OffsetDateTime;

/// Error of a lower layer, which can be kept in several places.
pub type SharedError = Arc<dyn Error + Send + Sync>;

/// Reason for which an outcome is not an answer of the gateway. It is for people and statistics;
/// the next step depends on the outcome that contains it.
///
/// Neither it nor its sources contain a code, a number, a token or a signature.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// The name could not be resolved, or no connection was established.
    #[error("gateway cannot be reached")]
    Unreachable(#[source] SharedError),
    /// TLS failed, usually because of an invalid certificate.
    #[error("certificate or TLS of the gateway failed")]
    Untrusted(#[source] SharedError),
    /// A time limit passed.
    #[error("gateway timed out")]
    TimedOut,
    /// The connection ended before the answer was complete.
    #[error("connection to the gateway broke")]
    Disconnected(#[source] SharedError),
    /// The gateway refuses requests without processing them (HTTP 429).
    #[error("gateway is too busy")]
    Busy {
        /// Time of the next attempt that the gateway asked for, if any.
        until: Option<OffsetDateTime>,
    },
    /// An HTTP status that the gateway's protocol does not define, such as a redirection.
    #[error("gateway answered with HTTP status {0}")]
    Status(u16),
    /// A malformed answer.
    #[error("answer of the gateway cannot be read: {0}")]
    Unreadable(&'static str),
    /// The gateway reports that it does not know the outcome.
    #[error("gateway does not know whether it sent the message: {code} {text}")]
    Undecided {
        /// Code of the gateway.
        code: String,
        /// Text of the gateway, without the code and the number of the message.
        text: String,
    },
    /// No configured gateway covers the message.
    #[error("no gateway is configured for such a message")]
    NoGateway,
    /// All gateways for the message are paused, because each recently failed or reached a limit.
    #[error("all gateways for this message are paused after recent failures")]
    Resting,
    /// The attempt could not be recorded, so it was not made.
    #[error("attempt cannot be recorded")]
    Unrecorded(#[source] SharedError),
    /// The same message was handed in before.
    #[error("message is being sent already")]
    InHand,
    /// The sender disappeared before it recorded the result.
    #[error("attempt was interrupted")]
    Interrupted,
    /// The gateway was asked, and does not have the message.
    #[error("gateway does not have the message")]
    Lost,
}
