use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use passport_session::{
    CachedSession, ChangeId, EntryVersion, Session, SessionDigest, SessionStoreError, SubjectCache,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{MemorySessionStore, State};

/// Changes under way, by their subject, and the time at which the last of them is over.
#[derive(Debug, Default)]
pub(super) struct Changes(HashMap<Uuid, (HashSet<ChangeId>, Instant)>);

impl Changes {
    fn begin(&mut self, subject: Uuid, change: ChangeId, lease: Duration) {
        let now = Instant::now();
        self.0.retain(|_, (_, over)| now < *over);
        let (changes, over) = self.0.entry(subject).or_insert_with(|| (HashSet::new(), now));
        changes.insert(change);
        *over = (*over).max(now + lease);
    }

    fn end(&mut self, subject: Uuid, change: ChangeId) {
        if let Some((changes, _)) = self.0.get_mut(&subject) {
            changes.remove(&change);
            if changes.is_empty() {
                self.0.remove(&subject);
            }
        }
    }

    fn are_under_way(&self, subject: Uuid) -> bool {
        self.0.get(&subject).is_some_and(|(_, over)| Instant::now() < *over)
    }
}

impl State {
    fn drop_entries(&mut self, subject: Uuid) {
        for record in self.records.values_mut().filter(|it| it.session.subject == subject) {
            record.value = None;
            record.version = EntryVersion::random();
        }
    }
}

#[async_trait]
impl SubjectCache for MemorySessionStore {
    async fn look_up(
        &self,
        digest: &SessionDigest,
        now: OffsetDateTime,
    ) -> Result<Option<CachedSession>, SessionStoreError> {
        let state = self.state()?;
        Ok(state.live(digest, now).map(|record| CachedSession {
            session: record.session.clone(),
            value: record.value.clone(),
            version: record.version.clone(),
        }))
    }

    async fn fill(
        &self,
        digest: &SessionDigest,
        session: &Session,
        seen: &EntryVersion,
        value: &[u8],
    ) -> Result<bool, SessionStoreError> {
        let mut state = self.state()?;
        if state.changes.are_under_way(session.subject) {
            return Ok(false);
        }
        let record = state.records.get_mut(digest);
        let record = record.filter(|it| it.session.id == session.id && it.version == *seen);
        let Some(record) = record else { return Ok(false) };
        record.value = Some(value.to_vec());
        record.version = EntryVersion::random();
        Ok(true)
    }

    async fn begin_change(
        &self,
        subject: Uuid,
        change: ChangeId,
        lease: Duration,
    ) -> Result<(), SessionStoreError> {
        let mut state = self.state()?;
        state.changes.begin(subject, change, lease);
        state.drop_entries(subject);
        Ok(())
    }

    async fn end_change(&self, subject: Uuid, change: ChangeId) -> Result<(), SessionStoreError> {
        let mut state = self.state()?;
        state.changes.end(subject, change);
        state.drop_entries(subject);
        Ok(())
    }

    async fn invalidate(&self, subject: Uuid) -> Result<(), SessionStoreError> {
        self.state()?.drop_entries(subject);
        Ok(())
    }
}
