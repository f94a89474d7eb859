use std::{fmt, time::Duration};

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Session, SessionDigest, SessionStoreError};

/// Cache of what is known of subjects elsewhere, such as in a database of users: one entry in the record
/// of each session, so that one command reads both.
///
/// A value is opaque here, and has no lifetime: the reader decides for how long it is good. What the cache
/// guarantees is the order of changes. A change is announced with [`begin_change`](Self::begin_change)
/// before it is made, and with [`end_change`](Self::end_change) when it has been made. Both drop the entries
/// of all sessions of the subject, and between them none is filled. An entry is filled only if it is as it
/// was before the reader asked the source ([`EntryVersion`]). So once `end_change` has returned, no entry has
/// a value that was read before the change, however late its reader is.
///
/// Ended sessions are ignored as in [`SessionStore`](crate::SessionStore), over whose records this is.
/// Implementations must pass [`subject_cache_contract!`](crate::subject_cache_contract).
#[async_trait]
pub trait SubjectCache: fmt::Debug + Send + Sync + 'static {
    /// The active session under `digest`, and its entry.
    async fn look_up(
        &self,
        digest: &SessionDigest,
        now: OffsetDateTime,
    ) -> Result<Option<CachedSession>, SessionStoreError>;

    /// Sets the entry of `session`, which was looked up under `digest`, to `value`; returns whether it did.
    ///
    /// It does not if the entry has another version than `seen`, a change of the subject is under way, or
    /// there is no such session any more. Must be atomic: of several concurrent calls with one version one
    /// succeeds.
    async fn fill(
        &self,
        digest: &SessionDigest,
        session: &Session,
        seen: &EntryVersion,
        value: &[u8],
    ) -> Result<bool, SessionStoreError>;

    /// Drops the entries of all sessions of `subject`, and lets none be filled until the change has ended.
    ///
    /// A change whose end is not announced, because its process died or its outcome is unknown, ends after
    /// `lease` at the earliest. Several changes of one subject may be under way; entries can be filled when
    /// all have ended.
    async fn begin_change(
        &self,
        subject: Uuid,
        change: ChangeId,
        lease: Duration,
    ) -> Result<(), SessionStoreError>;

    /// Ends the change, and drops the entries of all sessions of `subject` again, also if the change is
    /// not known any more. Can be repeated.
    async fn end_change(&self, subject: Uuid, change: ChangeId) -> Result<(), SessionStoreError>;

    /// Drops the entries of all sessions of `subject`, after a change that was not announced. Values that
    /// were read before this call are not filled after it.
    async fn invalidate(&self, subject: Uuid) -> Result<(), SessionStoreError>;
}

/// A session and its entry in a [`SubjectCache`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CachedSession {
    /// The session.
    pub session: Session,
    /// Value of the entry, if it has one.
    pub value: Option<Vec<u8>>,
    /// Version of the entry, for [`SubjectCache::fill`].
    pub version: EntryVersion,
}

/// State of an entry of a [`SubjectCache`], with or without value. No state has the version of an earlier
/// one, except that all entries begin without.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EntryVersion(String);

impl EntryVersion {
    /// A version that no entry has had.
    pub fn random() -> Self {
        Self(URL_SAFE_NO_PAD.encode(Uuid::new_v4()))
    }

    /// Creates a version from its stored form. The initial version is the empty text.
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text to store.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Identifier of one change of a subject. A repetition of the change has another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChangeId(Uuid);

impl ChangeId {
    /// A new identifier.
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// The id to store.
    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}
