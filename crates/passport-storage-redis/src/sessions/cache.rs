//! The cache of subjects: two more fields in the records of sessions, and the changes under way.

use std::{sync::LazyLock, time::Duration};

use async_trait::async_trait;
use deadpool_redis::redis::Script;
use passport_session::{
    CachedSession, ChangeId, EntryVersion, Session, SessionDigest, SessionStoreError, SubjectCache,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{RedisSessionStore, add, record};

static FILL: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("fill.lua")));
static DROP: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("drop.lua")));

impl RedisSessionStore {
    /// Key of the changes of `subject` that are under way: a set, without which entries can be filled.
    fn changes(&self, subject: Uuid) -> String {
        format!("{}:{{session}}:changes:{subject}", self.0.prefix())
    }

    /// Drops the entries of `subject`. `change` begins if it has a lease, and otherwise ends.
    async fn drop_entries(
        &self,
        subject: Uuid,
        change: Option<(ChangeId, Option<Duration>)>,
    ) -> Result<(), SessionStoreError> {
        let mut script = DROP.key(self.index(subject));
        script.key(self.changes(subject)).arg(self.records()).arg(EntryVersion::random().as_str());
        match change {
            None => script.arg(""),
            Some((change, None)) => script.arg("end").arg(change.as_uuid().to_string()),
            Some((change, Some(lease))) => {
                let lease = u64::try_from(lease.as_millis()).unwrap_or(u64::MAX).max(1);
                script.arg("begin").arg(change.as_uuid().to_string()).arg(lease)
            }
        };
        self.0.invoke(&script).await.map_err(SessionStoreError::new)
    }
}

#[async_trait]
impl SubjectCache for RedisSessionStore {
    async fn look_up(
        &self,
        digest: &SessionDigest,
        now: OffsetDateTime,
    ) -> Result<Option<CachedSession>, SessionStoreError> {
        let mut record = self.read(digest).await?;
        let Some(session) = record::live(&record, now).map_err(SessionStoreError::new)? else {
            return Ok(None);
        };
        let (version, value) = record::take_entry(&mut record);
        Ok(Some(CachedSession { session, value, version }))
    }

    async fn fill(
        &self,
        digest: &SessionDigest,
        session: &Session,
        seen: &EntryVersion,
        value: &[u8],
    ) -> Result<bool, SessionStoreError> {
        let mut script = FILL.key(self.record(digest));
        script
            .key(self.index(session.subject))
            .key(self.changes(session.subject))
            .arg(session.id.as_uuid().to_string())
            .arg(hex::encode(digest.as_bytes()))
            .arg(seen.as_str())
            .arg(EntryVersion::random().as_str());
        add(&mut script, record::cached(value));
        self.0.invoke(&script).await.map_err(SessionStoreError::new)
    }

    async fn begin_change(
        &self,
        subject: Uuid,
        change: ChangeId,
        lease: Duration,
    ) -> Result<(), SessionStoreError> {
        self.drop_entries(subject, Some((change, Some(lease)))).await
    }

    async fn end_change(&self, subject: Uuid, change: ChangeId) -> Result<(), SessionStoreError> {
        self.drop_entries(subject, Some((change, None))).await
    }

    async fn invalidate(&self, subject: Uuid) -> Result<(), SessionStoreError> {
        self.drop_entries(subject, None).await
    }
}
