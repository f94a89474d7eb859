use std::{error::Error, fmt};

use async_trait::async_trait;
use thiserror::Error;
use time::OffsetDateTime;

use crate::{AccountEvent, EventId, EventKind, UserId};

/// Journal of account events.
///
/// Methods of [`UserRepository`](crate::UserRepository) write the event of a change in the transaction
/// of the change; this port takes the other events, such as refusals, and reads all of them.
/// Implementations must pass [`journal_contract!`](crate::journal_contract).
#[async_trait]
pub trait Journal: fmt::Debug + Send + Sync + 'static {
    /// Adds `events`, all or none. Adding an event that is already there has no effect.
    async fn record(&self, events: &[AccountEvent]) -> Result<(), JournalError>;

    /// The newest `limit` events that match `filter`, newest first; with `before` only events that are
    /// older than that one.
    async fn read(
        &self,
        filter: &EventFilter,
        before: Option<EventId>,
        limit: u32,
    ) -> Result<Vec<AccountEvent>, JournalError>;

    /// Deletes the events that are older than `before`; returns their number. Younger events cannot be
    /// deleted or changed. A database may refuse to delete events of the last 30 days.
    async fn purge(&self, before: OffsetDateTime) -> Result<u64, JournalError>;
}

/// Which events to read: those that match every given condition. Ids have the times of their events. Times are truncated to microseconds, as
/// those of events are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Events about this user.
    pub subject: Option<UserId>,
    /// Events about a number with one of these keyed digests. None are no condition.
    pub phone_tags: Vec<[u8; 16]>,
    /// Events of this kind.
    pub kind: Option<EventKind>,
    /// Events at or after this time.
    pub since: Option<OffsetDateTime>,
    /// Events before this time.
    pub until: Option<OffsetDateTime>,
}

/// A failure of the journal. The source is for logs and must not be shown to clients.
#[derive(Debug, Error)]
#[error("journal is unavailable")]
pub struct JournalError(#[source] Box<dyn Error + Send + Sync>);

impl JournalError {
    /// Wraps an error of the database driver.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}
