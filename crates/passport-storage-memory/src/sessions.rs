use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard},
};

use async_trait::async_trait;
use passport_session::{Session, SessionDigest, SessionId, SessionStore, SessionStoreError};
use time::OffsetDateTime;
use uuid::Uuid;

/// Sessions in the memory of this process. They are lost when it ends.
#[derive(Debug, Default)]
pub struct MemorySessionStore(Mutex<HashMap<SessionDigest, Session>>);

impl MemorySessionStore {
    fn sessions(
        &self,
    ) -> Result<MutexGuard<'_, HashMap<SessionDigest, Session>>, SessionStoreError> {
        self.0.lock().map_err(|_| {
            SessionStoreError::new("a thread panicked while it held the lock of the sessions")
        })
    }
}

#[async_trait]
impl SessionStore for MemorySessionStore {
    async fn create(
        &self,
        digest: &SessionDigest,
        session: &Session,
    ) -> Result<(), SessionStoreError> {
        self.sessions()?.insert(*digest, session.clone());
        Ok(())
    }

    async fn find(
        &self,
        digest: &SessionDigest,
        now: OffsetDateTime,
    ) -> Result<Option<Session>, SessionStoreError> {
        Ok(self.sessions()?.get(digest).filter(|session| session.is_live(now)).cloned())
    }

    async fn touch(
        &self,
        digest: &SessionDigest,
        now: OffsetDateTime,
    ) -> Result<(), SessionStoreError> {
        if let Some(session) = self.sessions()?.get_mut(digest).filter(|s| s.is_live(now)) {
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
        let mut sessions = self.sessions()?;
        let is_same = |stored: &Session| stored.id == session.id && stored.is_live(now);
        if !sessions.get(old).is_some_and(is_same) {
            return Ok(false);
        }
        if let Some(mut stored) = sessions.remove(old) {
            stored.epoch = session.epoch;
            stored.authenticated_at = session.authenticated_at;
            stored.methods = session.methods;
            sessions.insert(*new, stored);
        }
        Ok(true)
    }

    async fn list(
        &self,
        subject: Uuid,
        now: OffsetDateTime,
    ) -> Result<Vec<Session>, SessionStoreError> {
        let mut live: Vec<Session> = self
            .sessions()?
            .values()
            .filter(|session| session.subject == subject && session.is_live(now))
            .cloned()
            .collect();
        live.sort_by_key(|session| std::cmp::Reverse(session.created_at));
        Ok(live)
    }

    async fn revoke(&self, subject: Uuid, id: SessionId) -> Result<bool, SessionStoreError> {
        let mut sessions = self.sessions()?;
        let before = sessions.len();
        sessions.retain(|_, session| session.subject != subject || session.id != id);
        Ok(sessions.len() < before)
    }

    async fn revoke_all(
        &self,
        subject: Uuid,
        keep: Option<SessionId>,
    ) -> Result<(), SessionStoreError> {
        self.sessions()?
            .retain(|_, session| session.subject != subject || Some(session.id) == keep);
        Ok(())
    }

    async fn count(&self, now: OffsetDateTime) -> Result<Option<u64>, SessionStoreError> {
        let count = self.sessions()?.values().filter(|session| session.is_live(now)).count();
        Ok(u64::try_from(count).ok())
    }

    async fn purge(&self, now: OffsetDateTime) -> Result<u64, SessionStoreError> {
        let mut sessions = self.sessions()?;
        let before = sessions.len();
        sessions.retain(|_, session| session.is_live(now));
        Ok((before - sessions.len()) as u64)
    }
}
