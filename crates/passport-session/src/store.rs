use std::{error::Error, fmt};

use async_trait::async_trait;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Session, SessionDigest, SessionId};

/// Store of sessions, indexed by the digest of their token.
///
/// All methods ignore sessions that have ended, even if their record still exists. The current time
/// is the argument `now`. Implementations must pass
/// [`session_store_contract!`](crate::session_store_contract).
#[async_trait]
pub trait SessionStore: fmt::Debug + Send + Sync + 'static {
    /// Stores `session` under `digest`.
    async fn create(
        &self,
        digest: &SessionDigest,
        session: &Session,
    ) -> Result<(), SessionStoreError>;

    /// The active session under `digest`.
    async fn find(
        &self,
        digest: &SessionDigest,
        now: OffsetDateTime,
    ) -> Result<Option<Session>, SessionStoreError>;

    /// Stores that the session under `digest` was used at `now`. Has no effect on a session that
    /// has ended or was revoked.
    async fn touch(
        &self,
        digest: &SessionDigest,
        now: OffsetDateTime,
    ) -> Result<(), SessionStoreError>;

    /// Puts the token of `new` in place of the one of `old`, if the active session under `old` has the
    /// id of `session`; returns whether it had. Its epoch, and the time and methods of its proof, become
    /// those of `session`. The rest stays as stored, so that a list shows one device, and a concurrent
    /// [`touch`](Self::touch) is not lost.
    ///
    /// Must be atomic: exactly one of several concurrent rotations of a token succeeds, and a session
    /// that is revoked meanwhile does not come back.
    async fn rotate(
        &self,
        old: &SessionDigest,
        new: &SessionDigest,
        session: &Session,
        now: OffsetDateTime,
    ) -> Result<bool, SessionStoreError>;

    /// The active sessions of `subject`, newest first.
    async fn list(
        &self,
        subject: Uuid,
        now: OffsetDateTime,
    ) -> Result<Vec<Session>, SessionStoreError>;

    /// Ends the session `id` of `subject`; returns whether it existed. The session of another
    /// subject is not affected.
    async fn revoke(&self, subject: Uuid, id: SessionId) -> Result<bool, SessionStoreError>;

    /// Ends every session of `subject` except `keep`.
    ///
    /// Must be atomic: every session that was created before the call has ended when it returns.
    async fn revoke_all(
        &self,
        subject: Uuid,
        keep: Option<SessionId>,
    ) -> Result<(), SessionStoreError>;

    /// Number of sessions that are active at `now`; `None` where counting would read every record.
    async fn count(&self, now: OffsetDateTime) -> Result<Option<u64>, SessionStoreError> {
        _ = now;
        Ok(None)
    }

    /// Deletes the records of sessions that had ended at `now`; returns their number. Stores whose
    /// records expire automatically do nothing.
    async fn purge(&self, now: OffsetDateTime) -> Result<u64, SessionStoreError>;
}

/// A failure of the store. The source is for logs and must not be shown to clients.
#[derive(Debug, thiserror::Error)]
#[error("session store is unavailable")]
pub struct SessionStoreError(#[source] Box<dyn Error + Send + Sync>);

impl SessionStoreError {
    /// Wraps an error of the database driver.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}
