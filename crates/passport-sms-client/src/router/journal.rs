use async_trait::async_trait;
use time::OffsetDateTime;

use crate::outcome::{Outcome, SharedError};

/// Keeps a record of a message's way.
#[async_trait]
pub(crate) trait Journal: Sync {
    /// The message is about to be handed to `gateway`. Unless this succeeds, it is not.
    async fn begin(&self, gateway: &str, now: OffsetDateTime) -> Result<(), Halt>;

    /// What is known of the message at `gateway`.
    async fn end(&self, gateway: &str, outcome: &Outcome);
}

/// Why a message goes no further.
#[derive(Debug)]
#[cfg_attr(not(feature = "dispatch"), expect(dead_code, reason = "only a record has them"))]
pub(crate) enum Halt {
    /// The step could not be put on record.
    Unrecorded(SharedError),
    /// Somebody else has the message by now, and may be sending it.
    TakenOver,
}

/// What the record says of a gateway, for a message that somebody else began.
#[derive(Debug, Clone)]
pub(crate) struct Prior {
    pub(crate) gateway: String,
    /// When it was first handed over.
    pub(crate) began_at: OffsetDateTime,
    pub(crate) status: PriorStatus,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "dispatch"), expect(dead_code, reason = "only a record has them"))]
pub(crate) enum PriorStatus {
    /// Nobody knows.
    InDoubt,
    /// It certainly did not send and may be tried anew.
    Free,
    /// It refused, and would again.
    Refused,
}

/// For those who keep no record.
pub(crate) struct NoJournal;

#[async_trait]
impl Journal for NoJournal {
    async fn begin(&self, _: &str, _: OffsetDateTime) -> Result<(), Halt> {
        Ok(())
    }

    async fn end(&self, _: &str, _: &Outcome) {}
}
