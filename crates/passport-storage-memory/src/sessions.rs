mod cache;

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard},
};

use async_trait::async_trait;
use passport_session::{
    EntryVersion, Session, SessionDigest, SessionId, SessionStore, SessionStoreError,
};
use time::OffsetDateTime;
use uuid::Uuid;

use self::cache::Changes;

/// Sessions in the memory of this process, with a cache of their subjects. They are lost when it ends.
#[derive(Debug, Default)]
pub struct MemorySessionStore(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    records: HashMap<SessionDigest, Record>,
    changes: Changes,
}

#[derive(Debug)]
struct Record {
    session: Session,
    /// Cached value.
    value: Option<Vec<u8>>,
    /// Version of the cache entry.
    version: EntryVersion,
}

impl MemorySessionStore {
    fn state(&self) -> Result<MutexGuard<'_, State>, SessionStoreError> {
        self.0.lock().map_err(|_| {
            SessionStoreError::new("a thread panicked while it held the lock of the sessions")
        })
    }
}

impl State {
    /// The active session under `digest`.
    fn live(&self, digest: &SessionDigest, now: OffsetDateTime) -> Option<&Record> {
        self.records.get(digest).filter(|record| record.session.is_live(now))
    }
}

#[async_trait]
impl SessionStore for MemorySessionStore {
    async fn create(
        &self,
        digest: &SessionDigest,
        session: &Session,
    ) -> Result<(), SessionStoreError> {
        let session = session.clone();
        let record = Record { session, value: None, version: EntryVersion::default() };
        self.state()?.records.insert(*digest, record);
        Ok(())
    }

    async fn find(
        &self,
        digest: &SessionDigest,
        now: OffsetDateTime,
    ) -> Result<Option<Session>, SessionStoreError> {
        Ok(self.state()?.live(digest, now).map(|record| record.session.clone()))
    }

    async fn touch(
        &self,
        digest: &SessionDigest,
        now: OffsetDateTime,
    ) -> Result<(), SessionStoreError> {
        let mut state = self.state()?;
        let record = state.records.get_mut(digest).filter(|record| record.session.is_live(now));
        if let Some(Record { session, .. }) = record {
            session.last_seen_at = session.last_seen_at.max(now);
        }
        Ok(())
    }

    async fn rotate(
        &self,
        old: &SessionDigest,
        new: &SessionDigest,
        session: &Session,
        now: OffsetDateTime,
    ) -> Result<bool, SessionStoreError> {
        let mut state = self.state()?;
        if state.live(old, now).is_none_or(|record| record.session.id != session.id) {
            return Ok(false);
        }
        if let Some(mut record) = state.records.remove(old) {
            let stored = &mut record.session;
            stored.epoch = session.epoch;
            stored.authenticated_at = session.authenticated_at;
            stored.methods = session.methods;
            state.records.insert(*new, record);
        }
        Ok(true)
    }

    async fn list(
        &self,
        subject: Uuid,
        now: OffsetDateTime,
    ) -> Result<Vec<Session>, SessionStoreError> {
        let mut live: Vec<Session> = self
            .state()?
            .records
            .values()
            .map(|record| &record.session)
            .filter(|session| session.subject == subject && session.is_live(now))
            .cloned()
            .collect();
        live.sort_by_key(|session| std::cmp::Reverse(session.created_at));
        Ok(live)
    }

    async fn revoke(&self, subject: Uuid, id: SessionId) -> Result<bool, SessionStoreError> {
        let records = &mut self.state()?.records;
        let before = records.len();
        records.retain(|_, Record { session, .. }| session.subject != subject || session.id != id);
        Ok(records.len() < before)
    }

    async fn revoke_all(
        &self,
        subject: Uuid,
        keep: Option<SessionId>,
    ) -> Result<(), SessionStoreError> {
        let is_kept = |session: &Session| session.subject != subject || Some(session.id) == keep;
        self.state()?.records.retain(|_, record| is_kept(&record.session));
        Ok(())
    }

    async fn count(&self, now: OffsetDateTime) -> Result<Option<u64>, SessionStoreError> {
        let state = self.state()?;
        let count = state.records.values().filter(|record| record.session.is_live(now)).count();
        Ok(u64::try_from(count).ok())
    }

    async fn purge(&self, now: OffsetDateTime) -> Result<u64, SessionStoreError> {
        let records = &mut self.state()?.records;
        let before = records.len();
        records.retain(|_, record| record.session.is_live(now));
        Ok((before - records.len()) as u64)
    }
}
