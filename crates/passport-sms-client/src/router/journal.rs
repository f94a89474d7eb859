use async_trait::async_trait;
use time::OffsetDateTime;

use crate::outcome::{Outcome, SharedError};

/// Record of the attempts for a message.
#[async_trait]
pub(crate) trait Journal: Sync {
    /// Called before a wait, so that the message is not lost if the process ends during it. A
    /// failure is reported by the next [`begin`](Self::begin).
    async fn pause(&self, now: OffsetDateTime);

    /// Records that the message is about to be handed to `gateway`. After an error it must not be.
    async fn begin(&self, gateway: &str, now: OffsetDateTime) -> Result<(), Halt>;

    /// Records what is known of the message at `gateway`.
    async fn end(&self, gateway: &str, outcome: &Outcome);
}

/// Why a message is not sent any further.
#[derive(Debug)]
#[cfg_attr(not(feature = "dispatch"), expect(dead_code, reason = "constructed by `dispatch` only"))]
pub(crate) enum Halt {
    /// The step could not be recorded.
    Unrecorded(SharedError),
    /// Another process has claimed the message, and may be sending it.
    TakenOver,
}

/// Recorded attempt of another process at a gateway.
#[derive(Debug, Clone)]
pub(crate) struct Prior {
    pub(crate) gateway: String,
    /// Moment at which the message was first handed over.
    pub(crate) began_at: OffsetDateTime,
    pub(crate) status: PriorStatus,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "dispatch"), expect(dead_code, reason = "constructed by `dispatch` only"))]
pub(crate) enum PriorStatus {
    /// The outcome is unknown.
    InDoubt,
    /// The gateway certainly did not send the message, and may be tried again.
    Free,
    /// The gateway refused the message, and would again.
    Refused,
}

/// Journal without a record.
pub(crate) struct NoJournal;

#[async_trait]
impl Journal for NoJournal {
    async fn pause(&self, _: OffsetDateTime) {}

    async fn begin(&self, _: &str, _: OffsetDateTime) -> Result<(), Halt> {
        Ok(())
    }

    async fn end(&self, _: &str, _: &Outcome) {}
}
