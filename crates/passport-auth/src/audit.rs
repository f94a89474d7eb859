use std::{sync::Arc, time::Duration};

use passport_user::{AccountEvent, EventFilter, EventId, EventKind, Journal, PhoneNumber, UserId};
use thiserror::Error;
use time::OffsetDateTime;

use crate::{
    AuditFollow, Clock, Denied, Detached, Operator, Unavailable,
    event::{Effect, EventSubject, Operation, Refused},
};

/// Reads the audit log, and deletes what is old, for operators.
#[derive(Debug, Clone)]
pub struct Audit {
    /// Journal of events.
    pub journal: Arc<dyn Journal>,
    /// Runner of operations.
    pub detached: Detached,
    /// Clock.
    pub clock: Arc<dyn Clock>,
}

/// Which events to read: those that match every given condition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Events about this user.
    pub user: Option<UserId>,
    /// Events about this number, whether or not it has an account.
    pub phone: Option<PhoneNumber>,
    /// Events of this kind.
    pub kind: Option<EventKind>,
    /// Events at or after this time.
    pub since: Option<OffsetDateTime>,
    /// Events before this time.
    pub until: Option<OffsetDateTime>,
}

impl Audit {
    /// Age below which events cannot be deleted.
    pub const YOUNGEST_PURGED: Duration = Duration::from_hours(30 * 24);

    /// The newest `limit` events that match `query`, newest first; with `before` only events that are
    /// older than that one.
    ///
    /// # Errors
    ///
    /// If the journal could not answer. The caller logs the cause.
    pub async fn read(
        &self,
        query: &AuditQuery,
        before: Option<EventId>,
        limit: u32,
    ) -> Result<Vec<AccountEvent>, Unavailable> {
        Ok(self.journal.read(&self.filter(query), before, limit).await?)
    }

    /// Follows the events that match `query`, from its `since` on, or from now on.
    pub fn follow(&self, query: &AuditQuery) -> AuditFollow {
        let filter = self.filter(query);
        AuditFollow::new(Arc::clone(&self.journal), filter, Arc::clone(&self.clock))
    }

    /// Deletes the events that are older than `before`; returns their number.
    ///
    /// # Errors
    ///
    /// See [`AuditError`].
    pub async fn purge(
        &self,
        before: OffsetDateTime,
        operator: &Operator,
    ) -> Result<u64, AuditError> {
        let (this, subject) = (self.clone(), EventSubject::operator(operator));
        let act = |_| async move {
            let latest = this.clock.now() - Self::YOUNGEST_PURGED;
            if before > latest {
                return Err(AuditError::TooYoung { latest });
            }
            let count = this.journal.purge(before).await.map_err(Denied::from)?;
            Ok(Purged { before, count })
        };
        let purged = self.detached.perform(Operation::PurgeAudit, subject, act).await?;
        Ok(purged.count)
    }

    fn filter(&self, query: &AuditQuery) -> EventFilter {
        let AuditQuery { user, phone, kind, since, until } = query;
        let phone_tags = phone.as_ref().map(|phone| self.detached.events().phone_tags(phone));
        EventFilter {
            subject: *user,
            phone_tags: phone_tags.unwrap_or_default(),
            kind: *kind,
            since: *since,
            until: *until,
        }
    }
}

struct Purged {
    before: OffsetDateTime,
    count: u64,
}

impl Effect for Purged {
    fn describe(&self, event: &mut AccountEvent) -> bool {
        event.detail.insert("before".to_owned(), self.before.to_string());
        event.detail.insert("count".to_owned(), self.count.to_string());
        true
    }
}

/// Reason why no events were deleted.
#[derive(Debug, Error)]
pub enum AuditError {
    /// The journal could not answer. Some events may have been deleted.
    #[error("{0}")]
    Denied(#[from] Denied),
    /// Events of the last 30 days would be deleted.
    #[error("events of the last 30 days cannot be deleted")]
    TooYoung {
        /// Latest time that is allowed.
        latest: OffsetDateTime,
    },
}

impl Refused for AuditError {
    fn rule(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.rule(),
            Self::TooYoung { .. } => "too-young",
        }
    }
}
