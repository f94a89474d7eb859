mod cache;
mod packed;
mod record;

use std::{cmp::Reverse, sync::LazyLock};

use async_trait::async_trait;
use deadpool_redis::redis::{Script, ScriptInvocation, cmd};
use passport_session::{Session, SessionDigest, SessionId, SessionStore, SessionStoreError};
use time::OffsetDateTime;
use uuid::Uuid;

use self::record::{Field, Record};
use crate::{
    RedisClient,
    moment::{keep, microseconds},
};

static CREATE: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("sessions/create.lua")));
static TOUCH: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("sessions/touch.lua")));
static ROTATE: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("sessions/rotate.lua")));
static LIST: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("sessions/list.lua")));
static REVOKE: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("sessions/revoke.lua")));
static REVOKE_ALL: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("sessions/revoke_all.lua")));

/// Sessions in Redis, with a cache of their subjects: one record per session, found by one command, with its
/// cache entry if it has one, and one index per subject.
///
/// Redis deletes expired records, so [`purge`](SessionStore::purge) does nothing and returns 0.
#[derive(Debug, Clone)]
pub struct RedisSessionStore(RedisClient);

impl RedisSessionStore {
    /// Stores sessions in the Redis of `client`.
    pub fn new(client: RedisClient) -> Self {
        Self(client)
    }

    /// Prefix of the keys of records. Scripts that read an index get it as an argument, because only
    /// the index names the records, and reading it beforehand would not be atomic. Their common hash
    /// tag keeps records on the node of the index.
    fn records(&self) -> String {
        format!("{}:{{session}}:record:", self.0.prefix())
    }

    fn record(&self, digest: &SessionDigest) -> String {
        self.records() + &hex::encode(digest.as_bytes())
    }

    async fn read(&self, digest: &SessionDigest) -> Result<Record, SessionStoreError> {
        let mut command = cmd("HGETALL");
        command.arg(self.record(digest));
        self.0.query(&command).await.map_err(SessionStoreError::new)
    }

    fn index(&self, subject: Uuid) -> String {
        format!("{}:{{session}}:subject:{subject}", self.0.prefix())
    }
}

#[async_trait]
impl SessionStore for RedisSessionStore {
    async fn create(
        &self,
        digest: &SessionDigest,
        session: &Session,
    ) -> Result<(), SessionStoreError> {
        let mut script = CREATE.key(self.record(digest));
        script
            .key(self.index(session.subject))
            .arg(self.records())
            .arg(hex::encode(digest.as_bytes()))
            .arg(keep(session.ends_at() - session.last_seen_at))
            .arg(keep(session.expires_at - session.last_seen_at))
            .arg(session.id.as_uuid().to_string());
        add(&mut script, record::fields(session));
        self.0.invoke(&script).await.map_err(SessionStoreError::new)
    }

    async fn find(
        &self,
        digest: &SessionDigest,
        now: OffsetDateTime,
    ) -> Result<Option<Session>, SessionStoreError> {
        record::live(&self.read(digest).await?, now).map_err(SessionStoreError::new)
    }

    async fn touch(
        &self,
        digest: &SessionDigest,
        now: OffsetDateTime,
    ) -> Result<(), SessionStoreError> {
        let mut script = TOUCH.key(self.record(digest));
        script.arg(microseconds(now)).arg(keep(time::Duration::ZERO));
        self.0.invoke(&script).await.map_err(SessionStoreError::new)
    }

    async fn rotate(
        &self,
        old: &SessionDigest,
        new: &SessionDigest,
        session: &Session,
        now: OffsetDateTime,
    ) -> Result<bool, SessionStoreError> {
        let mut script = ROTATE.key(self.record(old));
        script
            .key(self.record(new))
            .key(self.index(session.subject))
            .arg(session.id.as_uuid().to_string())
            .arg(hex::encode(old.as_bytes()))
            .arg(hex::encode(new.as_bytes()))
            .arg(microseconds(now));
        add(&mut script, record::proof(session));
        self.0.invoke(&script).await.map_err(SessionStoreError::new)
    }

    async fn list(
        &self,
        subject: Uuid,
        now: OffsetDateTime,
    ) -> Result<Vec<Session>, SessionStoreError> {
        let mut script = LIST.key(self.index(subject));
        script.arg(self.records());
        let records: Vec<Record> = self.0.invoke(&script).await.map_err(SessionStoreError::new)?;
        let mut live = Vec::with_capacity(records.len());
        for record in &records {
            live.extend(record::live(record, now).map_err(SessionStoreError::new)?);
        }
        live.sort_by_key(|session| Reverse((session.created_at, session.id.as_uuid())));
        Ok(live)
    }

    async fn revoke(&self, subject: Uuid, id: SessionId) -> Result<bool, SessionStoreError> {
        let mut script = REVOKE.key(self.index(subject));
        script.arg(self.records()).arg(id.as_uuid().to_string());
        self.0.invoke(&script).await.map_err(SessionStoreError::new)
    }

    async fn revoke_all(
        &self,
        subject: Uuid,
        keep: Option<SessionId>,
    ) -> Result<(), SessionStoreError> {
        let keep = keep.map(|id| id.as_uuid().to_string()).unwrap_or_default();
        let mut script = REVOKE_ALL.key(self.index(subject));
        script.arg(self.records()).arg(keep);
        self.0.invoke(&script).await.map_err(SessionStoreError::new)
    }

    async fn purge(&self, _now: OffsetDateTime) -> Result<u64, SessionStoreError> {
        Ok(0)
    }
}

/// Adds names and values of fields to the arguments of a script.
fn add(script: &mut ScriptInvocation<'_>, fields: impl IntoIterator<Item = Field>) {
    for (name, value) in fields {
        script.arg(name).arg(value);
    }
}
