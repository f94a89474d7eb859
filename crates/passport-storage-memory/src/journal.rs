use std::sync::MutexGuard;

use async_trait::async_trait;
use passport_user::{AccountEvent, EventFilter, EventId, Journal, JournalError};
use time::OffsetDateTime;

use crate::{
    MemoryWebhookStore,
    accounts::{Accounts, State},
};

/// Account events in the memory of this process, for tests. They are lost when it ends.
///
/// [`MemoryUserRepository::journal`](crate::MemoryUserRepository::journal) is the journal of the
/// events of a repository.
#[derive(Debug, Clone, Default)]
pub struct MemoryJournal(Accounts);

impl MemoryJournal {
    pub(crate) fn over(accounts: Accounts) -> Self {
        Self(accounts)
    }

    /// The webhooks that deliver the events of this journal.
    pub fn webhooks(&self) -> MemoryWebhookStore {
        MemoryWebhookStore::over(self.0.clone())
    }

    fn state(&self) -> Result<MutexGuard<'_, State>, JournalError> {
        self.0.lock().ok_or_else(|| {
            JournalError::new("a thread panicked while it held the lock of the events")
        })
    }
}

#[async_trait]
impl Journal for MemoryJournal {
    async fn record(&self, events: &[AccountEvent]) -> Result<(), JournalError> {
        let mut state = self.state()?;
        for event in events {
            state.record(event);
        }
        Ok(())
    }

    async fn read(
        &self,
        filter: &EventFilter,
        before: Option<EventId>,
        limit: u32,
    ) -> Result<Vec<AccountEvent>, JournalError> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let state = self.state()?;
        let matching = state
            .events
            .values()
            .rev()
            .filter(|event| before.is_none_or(|before| event.id < before))
            .filter(|event| matches(filter, event));
        Ok(matching.take(limit).cloned().collect())
    }

    async fn purge(&self, before: OffsetDateTime) -> Result<u64, JournalError> {
        let mut state = self.state()?;
        let count = state.events.len();
        state.events.retain(|_, event| event.at >= before);
        Ok(u64::try_from(count - state.events.len()).unwrap_or(u64::MAX))
    }
}

fn matches(filter: &EventFilter, event: &AccountEvent) -> bool {
    let EventFilter { subject, phone_tags, kind, since, until } = filter;
    let tag = event.phone.as_ref().map(|phone| phone.tag);
    subject.is_none_or(|subject| event.subject == Some(subject))
        && (phone_tags.is_empty() || tag.is_some_and(|tag| phone_tags.contains(&tag)))
        && kind.is_none_or(|kind| event.kind == kind)
        && since.is_none_or(|since| event.at >= since.truncate_to_microsecond())
        && until.is_none_or(|until| event.at < until.truncate_to_microsecond())
}
