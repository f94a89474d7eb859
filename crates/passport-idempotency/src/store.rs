use std::{error::Error, fmt, time::Duration};

use async_trait::async_trait;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Fingerprint, RequestDigest, SealedResponse};

/// Remembers requests that are being executed, and the responses of those that were.
///
/// A record goes through two states, and ends by itself in each:
///
/// - *running*, from [`begin`](Self::begin) to the end of its lease. If the process crashes, the lease
///   ends and a repeat executes the request anew.
/// - *done*, from [`finish`](Self::finish) until the response expires.
///
/// A record that has ended is as if it had never been, whatever the fingerprint was. Each method is
/// one atomic step: of concurrent calls of `begin` for one key, one is [`Begun::Started`].
///
/// # Time
///
/// Time enters as `now`; nodes that share a store keep their clocks in step (NTP is enough).
///
/// Implementations run [`idempotency_store_contract!`](crate::idempotency_store_contract).
#[async_trait]
pub trait IdempotencyStore: fmt::Debug + Send + Sync + 'static {
    /// Takes the request for execution, or tells why it is not to be executed.
    async fn begin(
        &self,
        key: &RequestDigest,
        fingerprint: Fingerprint,
        lease: Duration,
        now: OffsetDateTime,
    ) -> Result<Begun, IdempotencyStoreError>;

    /// Keeps the response of a request that runs under `token`, until `expires_at`.
    ///
    /// Returns `false`, and keeps nothing, if the lease has ended or `token` is that of another
    /// execution.
    async fn finish(
        &self,
        key: &RequestDigest,
        token: LeaseToken,
        response: SealedResponse,
        expires_at: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Result<bool, IdempotencyStoreError>;

    /// Ends the lease of a request that did nothing, so that a repeat executes it at once. Has no
    /// effect on a request that is done, or that runs under another token.
    async fn abandon(
        &self,
        key: &RequestDigest,
        token: LeaseToken,
    ) -> Result<(), IdempotencyStoreError>;
}

/// Outcome of [`begin`](IdempotencyStore::begin).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// The caller executes the request now, and then calls `finish` or `abandon` with this token.
    Started(LeaseToken),
    /// The same request is being executed; its lease ends after `remaining`.
    Running {
        /// Time to the end of the lease.
        remaining: Duration,
    },
    /// The same request was executed, with this response.
    Done(SealedResponse),
    /// The key was used for another request.
    Reused,
}

/// Proof of one execution of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LeaseToken(Uuid);

impl LeaseToken {
    /// A token that no other execution has.
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// Reads a stored token.
    pub const fn from_uuid(id: Uuid) -> Self {
        Self(id)
    }

    /// The token, to be stored.
    pub const fn as_uuid(self) -> Uuid {
        self.0
    }
}

/// The store could not answer. A request whose [`begin`](IdempotencyStore::begin) failed is not to be
/// executed, because a repeat would not be recognized.
#[derive(Debug, thiserror::Error)]
#[error("idempotency store is unavailable")]
pub struct IdempotencyStoreError(#[source] Box<dyn Error + Send + Sync>);

impl IdempotencyStoreError {
    /// Wraps the failure of a driver.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}
