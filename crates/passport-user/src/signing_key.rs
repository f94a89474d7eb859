use std::{error::Error, fmt};

use async_trait::async_trait;
use thiserror::Error;
use time::OffsetDateTime;

use crate::AccountEvent;

/// Keys that sign access tokens, as the database has them: sealed.
///
/// Acknowledged writes are durable. A method that takes an event writes it in the same transaction, and
/// only if the change was made. Implementations must pass
/// [`signing_key_contract!`](crate::signing_key_contract).
#[async_trait]
pub trait SigningKeyRepository: fmt::Debug + Send + Sync + 'static {
    /// All keys that were not deleted, in the order of their generations.
    async fn list(&self) -> Result<Vec<SigningKeyRecord>, SigningKeyRepositoryError>;

    /// Adds `key`, and retires the keys of former generations at `retire_former_at`, unless they retire
    /// earlier. Returns false, and changes nothing, if there is a key of this generation or id. Of several
    /// concurrent calls with one generation exactly one succeeds.
    async fn publish(
        &self,
        key: &SigningKeyRecord,
        retire_former_at: OffsetDateTime,
        event: &AccountEvent,
    ) -> Result<bool, SigningKeyRepositoryError>;

    /// Retires the key of this id at `at`; returns false if there is none, or it retires earlier or at
    /// that time.
    async fn retire(
        &self,
        id: &str,
        at: OffsetDateTime,
        event: &AccountEvent,
    ) -> Result<bool, SigningKeyRepositoryError>;

    /// Deletes the keys that were retired before `before`; returns their number. The latest generation
    /// stays, so that generations never go back.
    async fn purge(&self, before: OffsetDateTime) -> Result<u64, SigningKeyRepositoryError>;
}

/// A key as it is stored. Times are truncated to microseconds.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKeyRecord {
    /// Number of the key: that of the former one and 1.
    pub generation: u32,
    /// Id, as tokens name it: 1 to 128 characters.
    pub id: String,
    /// Name of the algorithm.
    pub algorithm: String,
    /// The private key, encrypted.
    pub sealed: Vec<u8>,
    /// Time of creation, from which on the key is published.
    pub created_at: OffsetDateTime,
    /// Time from which on the key signs.
    pub active_from: OffsetDateTime,
    /// Time from which on the key is not published any more, and its tokens are refused.
    pub retired_at: Option<OffsetDateTime>,
}

impl SigningKeyRecord {
    /// Whether the key is published at `now`.
    pub fn is_published(&self, now: OffsetDateTime) -> bool {
        self.retired_at.is_none_or(|at| now < at)
    }

    /// Whether the key may sign at `now`.
    pub fn is_active(&self, now: OffsetDateTime) -> bool {
        self.active_from <= now && self.is_published(now)
    }
}

impl fmt::Debug for SigningKeyRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKeyRecord")
            .field("generation", &self.generation)
            .field("id", &self.id)
            .field("algorithm", &self.algorithm)
            .field("created_at", &self.created_at)
            .field("active_from", &self.active_from)
            .field("retired_at", &self.retired_at)
            .finish_non_exhaustive()
    }
}

/// A failure of the repository. The source is for logs and must not be shown to clients.
#[derive(Debug, Error)]
#[error("repository of signing keys is unavailable")]
pub struct SigningKeyRepositoryError(#[source] Box<dyn Error + Send + Sync>);

impl SigningKeyRepositoryError {
    /// Wraps an error of the database driver.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}
