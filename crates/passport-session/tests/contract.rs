//! The clauses about concurrency detect a store that reads and then writes.

#[path = "contract/hasty.rs"]
mod hasty;

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use passport_session::{
    Session, SessionDigest, SessionId, SessionStore, SessionStoreError, testing,
};
use time::OffsetDateTime;
use tokio::{sync::Mutex, time::sleep};
use uuid::Uuid;

/// A store that is correct except for a pause between reading and writing.
#[derive(Debug, Default)]
struct RacySessionStore(Mutex<HashMap<SessionDigest, Session>>);

#[async_trait]
impl SessionStore for RacySessionStore {
    async fn create(
        &self,
        digest: &SessionDigest,
        session: &Session,
    ) -> Result<(), SessionStoreError> {
        self.0.lock().await.insert(*digest, session.clone());
        Ok(())
    }

    async fn find(
        &self,
        digest: &SessionDigest,
        now: OffsetDateTime,
    ) -> Result<Option<Session>, SessionStoreError> {
        Ok(self.0.lock().await.get(digest).filter(|session| session.is_live(now)).cloned())
    }

    async fn touch(
        &self,
        digest: &SessionDigest,
        now: OffsetDateTime,
    ) -> Result<(), SessionStoreError> {
        if let Some(session) = self.find(digest, now).await? {
            // Longer than the pause of `revoke`, so that a revocation always completes meanwhile.
            sleep(Duration::from_millis(5)).await;
            self.0.lock().await.insert(*digest, Session { last_seen_at: now, ..session });
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
        let Some(stored) = self.find(old, now).await?.filter(|stored| stored.id == session.id)
        else {
            return Ok(false);
        };
        sleep(Duration::from_millis(5)).await;
        let Session { epoch, authenticated_at, methods, .. } = *session;
        let rotated = Session { epoch, authenticated_at, methods, ..stored };
        let mut sessions = self.0.lock().await;
        sessions.insert(*new, rotated);
        sessions.remove(old);
        Ok(true)
    }

    async fn list(
        &self,
        subject: Uuid,
        now: OffsetDateTime,
    ) -> Result<Vec<Session>, SessionStoreError> {
        let sessions = self.0.lock().await;
        Ok(sessions.values().filter(|s| s.subject == subject && s.is_live(now)).cloned().collect())
    }

    async fn revoke(&self, subject: Uuid, id: SessionId) -> Result<bool, SessionStoreError> {
        let found = {
            let sessions = self.0.lock().await;
            sessions.iter().find(|(_, s)| s.subject == subject && s.id == id).map(|(d, _)| *d)
        };
        sleep(Duration::from_millis(1)).await;
        if let Some(digest) = found {
            self.0.lock().await.remove(&digest);
        }
        Ok(found.is_some())
    }

    async fn revoke_all(
        &self,
        subject: Uuid,
        keep: Option<SessionId>,
    ) -> Result<(), SessionStoreError> {
        self.0.lock().await.retain(|_, s| s.subject != subject || Some(s.id) == keep);
        Ok(())
    }

    async fn purge(&self, now: OffsetDateTime) -> Result<u64, SessionStoreError> {
        self.0.lock().await.retain(|_, session| session.is_live(now));
        Ok(0)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_that_is_not_atomic_passes_the_other_clauses() {
    testing::touch_does_not_revive(Arc::new(RacySessionStore::default())).await;
    testing::revokes_one(Arc::new(RacySessionStore::default())).await;
    testing::rotate_replaces_the_token(Arc::new(RacySessionStore::default())).await;
    testing::rotate_keeps_what_it_does_not_prove(Arc::new(RacySessionStore::default())).await;
    testing::rotate_keeps_the_session_of_its_subject(Arc::new(RacySessionStore::default())).await;
    testing::rotate_needs_a_live_session(Arc::new(RacySessionStore::default())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "it came back")]
async fn revoked_stays_revoked_fails_on_a_store_that_is_not_atomic() {
    let store: Arc<dyn SessionStore> = Arc::new(RacySessionStore::default());
    testing::revoked_stays_revoked_under_concurrent_touches(store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "round")]
async fn revoke_returns_true_once_fails_on_a_store_that_is_not_atomic() {
    testing::revoke_returns_true_once(Arc::new(RacySessionStore::default())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "round")]
async fn rotate_succeeds_once_fails_on_a_store_that_is_not_atomic() {
    testing::rotate_succeeds_once(Arc::new(RacySessionStore::default())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "it came back")]
async fn revoked_stays_revoked_under_rotations_fails_on_a_store_that_is_not_atomic() {
    let store: Arc<dyn SessionStore> = Arc::new(RacySessionStore::default());
    testing::revoked_stays_revoked_under_concurrent_rotations(store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "it came back")]
async fn all_stay_revoked_fails_on_a_store_that_is_not_atomic() {
    let store: Arc<dyn SessionStore> = Arc::new(RacySessionStore::default());
    testing::all_stay_revoked_under_concurrent_rotations(store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "it came back")]
async fn rotated_token_stays_dead_fails_on_a_store_that_is_not_atomic() {
    let store: Arc<dyn SessionStore> = Arc::new(RacySessionStore::default());
    testing::rotated_token_stays_dead_under_concurrent_touches(store).await;
}
