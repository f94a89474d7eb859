//! The cache of subjects: two more fields in the records of sessions, and the changes under way.

use std::{sync::LazyLock, time::Duration};

use async_trait::async_trait;
use deadpool_redis::redis::{Script, cmd};
use passport_session::{
    CachedSession, ChangeId, EntryVersion, Session, SessionDigest, SessionStoreError, SubjectCache,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    RedisSessionStore,
    packed::{pack, unpack},
    record,
};
use crate::moment::from_microseconds;

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
        let mut command = cmd("HMGET");
        command.arg(self.record(digest)).arg("last_seen_at").arg("cache_version").arg("cached");
        let fields: (Option<String>, Option<String>, Option<Vec<u8>>) =
            self.0.query(&command).await.map_err(SessionStoreError::new)?;
        let (Some(last_seen_at), version, cached) = fields else { return Ok(None) };
        let last_seen_at = last_seen_at.parse().ok().and_then(from_microseconds);
        let unpacked = cached.and_then(|cached| unpack(&cached, digest, last_seen_at?));
        if let Some((session, value)) = unpacked {
            let version = EntryVersion::from_stored(version.unwrap_or_default());
            let found = CachedSession { session, value: Some(value), version };
            return Ok(Some(found).filter(|found| found.session.is_live(now)));
        }
        let record = self.read(digest).await?;
        let session = record::live(&record, now).map_err(SessionStoreError::new)?;
        let version = record.get("cache_version").cloned().unwrap_or_default();
        let version = EntryVersion::from_stored(version);
        Ok(session.map(|session| CachedSession { session, value: None, version }))
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
            .arg(EntryVersion::random().as_str())
            .arg(pack(digest, session, value));
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
