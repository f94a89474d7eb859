use std::sync::Arc;

use async_trait::async_trait;
use passport_session::{
    Session, SessionDigest, SessionId, SessionStore, SessionStoreError, testing,
};
use passport_storage_redis::RedisSessionStore;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Room, is_caught};
use crate::server::{open, url};

/// Broken store that checks whether the session exists, and then touches, rotates or deletes it.
#[derive(Debug)]
struct RacyRedisSessionStore {
    room: Room,
    sound: RedisSessionStore,
}

impl RacyRedisSessionStore {
    async fn fresh() -> Arc<Self> {
        let room = Room::new().await;
        let sound = RedisSessionStore::new(open(&url(), &room.prefix));
        Arc::new(Self { room, sound })
    }
}

#[async_trait]
impl SessionStore for RacyRedisSessionStore {
    async fn touch(
        &self,
        digest: &SessionDigest,
        now: OffsetDateTime,
    ) -> Result<(), SessionStoreError> {
        if let Some(session) = self.sound.find(digest, now).await? {
            self.sound.create(digest, &Session { last_seen_at: now, ..session }).await?;
        }
        Ok(())
    }

    /// As a store without a script would: creates the new record, and deletes the former one.
    async fn rotate(
        &self,
        old: &SessionDigest,
        new: &SessionDigest,
        session: &Session,
        now: OffsetDateTime,
    ) -> Result<bool, SessionStoreError> {
        let Some(stored) = self.sound.find(old, now).await?.filter(|it| it.id == session.id) else {
            return Ok(false);
        };
        let Session { epoch, authenticated_at, methods, .. } = *session;
        self.sound.create(new, &Session { epoch, authenticated_at, methods, ..stored }).await?;
        let record = format!("{{session}}:record:{}", hex::encode(old.as_bytes()));
        self.room.ask::<()>(&self.room.command("DEL", &record)).await;
        Ok(true)
    }

    async fn revoke(&self, subject: Uuid, id: SessionId) -> Result<bool, SessionStoreError> {
        let index = format!("{{session}}:subject:{subject}");
        let exists = self.room.command("HEXISTS", &index);
        let exists: bool = self.room.ask(exists.clone().arg(id.as_uuid().to_string())).await;
        self.sound.revoke(subject, id).await?;
        Ok(exists)
    }

    async fn create(
        &self,
        digest: &SessionDigest,
        session: &Session,
    ) -> Result<(), SessionStoreError> {
        self.sound.create(digest, session).await
    }

    async fn find(
        &self,
        digest: &SessionDigest,
        now: OffsetDateTime,
    ) -> Result<Option<Session>, SessionStoreError> {
        self.sound.find(digest, now).await
    }

    async fn list(
        &self,
        subject: Uuid,
        now: OffsetDateTime,
    ) -> Result<Vec<Session>, SessionStoreError> {
        self.sound.list(subject, now).await
    }

    async fn revoke_all(
        &self,
        subject: Uuid,
        keep: Option<SessionId>,
    ) -> Result<(), SessionStoreError> {
        self.sound.revoke_all(subject, keep).await
    }

    async fn purge(&self, now: OffsetDateTime) -> Result<u64, SessionStoreError> {
        self.sound.purge(now).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs Redis"]
async fn a_racy_store_is_right_without_rivals() {
    let store = RacyRedisSessionStore::fresh().await;
    testing::touch_does_not_revive(store.clone()).await;
    testing::revokes_one(store.clone()).await;
    testing::rotate_replaces_the_token(store.clone()).await;
    testing::rotate_keeps_the_session_of_its_subject(store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs Redis"]
async fn revoked_stays_revoked_under_concurrent_touches_catches_it() {
    let store = RacyRedisSessionStore::fresh().await;
    is_caught(testing::revoked_stays_revoked_under_concurrent_touches(store)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs Redis"]
async fn revoke_returns_true_once_catches_it() {
    let store = RacyRedisSessionStore::fresh().await;
    is_caught(testing::revoke_returns_true_once(store)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs Redis"]
async fn rotate_succeeds_once_catches_it() {
    let store = RacyRedisSessionStore::fresh().await;
    is_caught(testing::rotate_succeeds_once(store)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs Redis"]
async fn revoked_stays_revoked_under_concurrent_rotations_catches_it() {
    let store = RacyRedisSessionStore::fresh().await;
    is_caught(testing::revoked_stays_revoked_under_concurrent_rotations(store)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs Redis"]
async fn all_stay_revoked_under_concurrent_rotations_catches_it() {
    let store = RacyRedisSessionStore::fresh().await;
    is_caught(testing::all_stay_revoked_under_concurrent_rotations(store)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs Redis"]
async fn rotated_token_stays_dead_under_concurrent_touches_catches_it() {
    let store = RacyRedisSessionStore::fresh().await;
    is_caught(testing::rotated_token_stays_dead_under_concurrent_touches(store)).await;
}
