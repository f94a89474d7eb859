use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;

/// Error of a lower layer that can be shared.
pub type SharedError = Arc<dyn Error + Send + Sync>;

/// Why there is no answer of the gateway. A cause is for logs and statistics; the next step depends
/// on the outcome that contains it.
///
/// Neither a cause nor its sources contain a code, a number, a token or a signature.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// The name could not be resolved, or no connection was established.
    #[error("gateway cannot be reached")]
    Unreachable(#[source] SharedError),
    /// The certificate of the gateway has expired, is for another host, or is not trusted. Another
    /// attempt would fail too.
    #[error("certificate of the gateway is invalid or not trusted")]
    Untrusted(#[source] SharedError),
    /// The time for the message ended before the gateway was called.
    #[error("time for the message ended before the gateway was called")]
    TimedOut,
    /// The gateway did not answer within that time.
    #[error("request to the gateway timed out after {}", Readable(*.0))]
    TimedOutAfter(Duration),
    /// The connection ended before the answer was complete.
    #[error("connection to the gateway broke")]
    Disconnected(#[source] SharedError),
    /// The gateway refuses requests without processing them (HTTP 429).
    #[error("gateway is throttling requests")]
    Busy {
        /// Earliest time of a retry, if the gateway named one.
        until: Option<OffsetDateTime>,
    },
    /// An HTTP status that the gateway's protocol does not define, such as a redirection.
    #[error("gateway answered with HTTP status {0}")]
    Status(u16),
    /// A malformed answer.
    #[error("answer of the gateway cannot be read: {0}")]
    Unreadable(&'static str),
    /// The gateway reports an unknown outcome.
    #[error("gateway reports an unknown status of the message: {code} {text}")]
    Undecided {
        /// Code of the gateway.
        code: String,
        /// Text of the gateway, without the code and the number of the message.
        text: String,
    },
    /// No configured gateway covers the message.
    #[error("no gateway is configured for this kind of message")]
    NoGateway,
    /// All gateways for the message are paused, because each recently failed or reached a limit.
    #[error("all gateways for this message are paused after recent failures")]
    Paused,
    /// The attempt could not be recorded in the outbox, so it was not made.
    #[error("attempt could not be recorded in the outbox")]
    Unrecorded(#[source] SharedError),
    /// The same message was submitted before.
    #[error("message is already being sent")]
    InProgress,
    /// The sending process stopped before it recorded the result.
    #[error("attempt was interrupted")]
    Interrupted,
    /// A query showed that the gateway does not have the message.
    #[error("gateway does not have the message")]
    Lost,
}

/// A duration as people write it: `750 ms`, `1.5 s`.
struct Readable(Duration);

impl fmt::Display for Readable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_millis() {
            milliseconds @ 0..1_000 => write!(f, "{milliseconds} ms"),
            milliseconds => write!(f, "{}.{} s", milliseconds / 1_000, milliseconds % 1_000 / 100),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s10_a_timeout_says_after_which_time() {
        for (milliseconds, said) in
            [(0, "0 ms"), (750, "750 ms"), (1_000, "1.0 s"), (1_549, "1.5 s"), (60_000, "60.0 s")]
        {
            let cause = Cause::TimedOutAfter(Duration::from_millis(milliseconds));
            assert_eq!(cause.to_string(), format!("request to the gateway timed out after {said}"));
        }
    }
}
