use std::{error::Error, fmt};

use async_trait::async_trait;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Session, SessionDigest, SessionId};

/// Holds sessions, found by the digest of their token.
///
/// A session that is over is as if it were not there, whether or not its record is. Time enters as
/// `now`. Whoever implements this runs [`session_store_contract!`](crate::session_store_contract).
#[async_trait]
pub trait SessionStore: fmt::Debug + Send + Sync + 'static {
    /// Keeps `session` under `digest`.
    async fn create(
        &self,
        digest: &SessionDigest,
        session: &Session,
    ) -> Result<(), SessionStoreError>;

    /// The live session under `digest`.
    async fn find(
        &self,
        digest: &SessionDigest,
        now: OffsetDateTime,
    ) -> Result<Option<Session>, SessionStoreError>;

    /// Notes that the session under `digest` was used at `now`. A session that is over or revoked
    /// stays so.
    async fn touch(
        &self,
        digest: &SessionDigest,
        now: OffsetDateTime,
    ) -> Result<(), SessionStoreError>;

    /// The live sessions of `subject`, latest begun first.
    async fn list(
        &self,
        subject: Uuid,
        now: OffsetDateTime,
    ) -> Result<Vec<Session>, SessionStoreError>;

    /// Ends the session `id` of `subject`; says whether there was one. Another subject's session
    /// is not touched.
    async fn revoke(&self, subject: Uuid, id: SessionId) -> Result<bool, SessionStoreError>;

    /// Ends every session of `subject`, but for `keep`.
    ///
    /// Must be atomic: a session that was created before the call does not outlive it.
    async fn revoke_all(
        &self,
        subject: Uuid,
        keep: Option<SessionId>,
    ) -> Result<(), SessionStoreError>;

    /// Deletes the records of sessions that were over at `now`; says how many. A store whose
    /// records vanish by themselves has nothing to do.
    async fn purge(&self, now: OffsetDateTime) -> Result<u64, SessionStoreError>;
}

/// The store could not answer. The cause is for the log, not for the caller.
#[derive(Debug, thiserror::Error)]
#[error("session store is unavailable")]
pub struct SessionStoreError(#[source] Box<dyn Error + Send + Sync>);

impl SessionStoreError {
    /// Wraps the failure of a driver.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}
