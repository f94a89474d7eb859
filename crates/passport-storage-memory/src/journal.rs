use async_trait::async_trait;
use passport_user::{AccountEvent, EventFilter, EventId, Journal, JournalError};
use time::OffsetDateTime;

use crate::accounts::Accounts;

/// Journal in the memory of this process, for tests. It is lost when it ends. Clones share the events.
#[derive(Debug, Clone, Default)]
pub struct MemoryJournal(Accounts);

impl MemoryJournal {
    pub(crate) fn of(accounts: Accounts) -> Self {
        Self(accounts)
    }
}

#[async_trait]
impl Journal for MemoryJournal {
    async fn record(&self, events: &[AccountEvent]) -> Result<(), JournalError> {
        let mut state = self.0.lock(JournalError::new)?;
        events.iter().for_each(|event| state.record(event));
        Ok(())
    }

    async fn read(
        &self,
        filter: &EventFilter,
        before: Option<EventId>,
        limit: u32,
    ) -> Result<Vec<AccountEvent>, JournalError> {
        let state = self.0.lock(JournalError::new)?;
        let newest_first = state.events.values().rev();
        let older = newest_first.filter(|event| before.is_none_or(|before| event.id < before));
        let matching = older.filter(|event| matches(filter, event));
        Ok(matching.take(usize::try_from(limit).unwrap_or(usize::MAX)).cloned().collect())
    }

    async fn purge(&self, before: OffsetDateTime) -> Result<u64, JournalError> {
        let mut state = self.0.lock(JournalError::new)?;
        let count = state.events.len();
        state.events.retain(|_, event| event.at >= before);
        Ok((count - state.events.len()) as u64)
    }
}

fn matches(filter: &EventFilter, event: &AccountEvent) -> bool {
    let EventFilter { subject, phone_tag, kind, since } = filter;
    subject.is_none_or(|subject| event.subject == Some(subject))
        && phone_tag.is_none_or(|tag| event.phone.as_ref().is_some_and(|phone| phone.tag == tag))
        && kind.is_none_or(|kind| event.kind == kind)
        && since.is_none_or(|since| event.at >= since)
}
