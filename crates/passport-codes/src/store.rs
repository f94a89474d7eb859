use std::{error::Error, fmt, num::NonZeroU32};

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use crate::{Binding, CodeDigest, CodeKey};

/// Store of codes until they are redeemed or expire.
///
/// The current time is the argument `now`. Nodes that share a store must have synchronised clocks
/// (NTP is enough). Implementations must pass [`code_store_contract!`](crate::code_store_contract).
#[async_trait]
pub trait CodeStore: fmt::Debug + Send + Sync + 'static {
    /// Stores `code` under `key`, replacing any earlier code and its remaining tries.
    async fn put(
        &self,
        key: &CodeKey,
        code: StoredCode,
        now: OffsetDateTime,
    ) -> Result<(), CodeStoreError>;

    /// Compares `guess` with the valid code under `key` and, on a match, spends the code.
    ///
    /// If the binding of the code is not `binding`, the result is [`Missing`](Redemption::Missing), and
    /// the guess costs no try.
    /// The comparison of bindings need not take constant time, because the bytes are random and replaced
    /// with each code: a stranger who learned them could use up tries, but not guess the code any better.
    ///
    /// Must be atomic: exactly one of several concurrent calls with the correct guess returns
    /// [`Accepted`](Redemption::Accepted), and the number of compared guesses never exceeds the
    /// tries of the code.
    async fn redeem(
        &self,
        key: &CodeKey,
        guess: CodeDigest,
        binding: Option<Binding>,
        now: OffsetDateTime,
    ) -> Result<Redemption, CodeStoreError>;

    /// Whether the digest of the valid code under `key` is `digest`. Spends nothing, so several
    /// concurrent calls have the same result.
    async fn holds(
        &self,
        key: &CodeKey,
        digest: CodeDigest,
        now: OffsetDateTime,
    ) -> Result<bool, CodeStoreError>;

    /// Stores `spent` again with its former expiry and tries. Does nothing if there is a valid code
    /// under `key` or `spent` has expired.
    ///
    /// Must be atomic: a concurrent [`put`](Self::put) always wins.
    async fn restore(
        &self,
        key: &CodeKey,
        spent: StoredCode,
        now: OffsetDateTime,
    ) -> Result<(), CodeStoreError>;

    /// Deletes the code under `key` if its digest is `digest`.
    ///
    /// Must be atomic: a concurrent [`put`](Self::put) of another code always wins.
    async fn withdraw(&self, key: &CodeKey, digest: CodeDigest) -> Result<(), CodeStoreError>;

    /// Deletes the code under `key`, if any.
    async fn discard(&self, key: &CodeKey) -> Result<(), CodeStoreError>;
}

/// The stored form of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredCode {
    /// Keyed digest of the code.
    pub digest: CodeDigest,
    /// Request that the code is bound to, if any.
    pub binding: Option<Binding>,
    /// Number of remaining tries.
    pub tries_left: NonZeroU32,
    /// Time from which on the code is invalid.
    pub expires_at: OffsetDateTime,
}

impl StoredCode {
    /// Identifier of this code among all issued codes, which does not reveal the digits.
    ///
    /// SHA-256 over the keyed digest and the expiry in milliseconds, truncated to 16 bytes. The
    /// expiry makes the fingerprint unique if the same digits are issued again. Remaining tries are
    /// not included, so guesses do not change the fingerprint.
    pub fn fingerprint(&self) -> [u8; 16] {
        let milliseconds = self.expires_at.unix_timestamp_nanos().div_euclid(1_000_000);
        let hash = Sha256::new()
            .chain_update(b"passport code fingerprint v1")
            .chain_update(self.digest.as_bytes())
            .chain_update(milliseconds.to_be_bytes())
            .finalize();
        let mut fingerprint = [0; 16];
        fingerprint.copy_from_slice(&hash[..16]);
        fingerprint
    }
}

/// A guess at the code under a key, as a store compares it.
#[derive(Debug, Clone)]
pub struct Guess {
    /// Key of the code.
    pub key: CodeKey,
    /// Keyed digest of what was typed.
    pub digest: CodeDigest,
    /// Request that the guess belongs to, if any.
    pub binding: Option<Binding>,
}

/// Result of a guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redemption {
    /// The guess was correct, and the code is spent. Contains the spent code for
    /// [`CodeStore::restore`].
    Accepted(StoredCode),
    /// The guess was wrong.
    Mismatch {
        /// Number of remaining tries. At 0 the code is invalid.
        tries_left: u32,
    },
    /// There is no valid code of this binding: none was issued, or the code is expired, spent or out of
    /// tries.
    Missing,
}

/// A failure of the store. The source is for logs and must not be shown to clients.
#[derive(Debug, thiserror::Error)]
#[error("code store is unavailable")]
pub struct CodeStoreError(#[source] Box<dyn Error + Send + Sync>);

impl CodeStoreError {
    /// Wraps an error of the database driver.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

#[cfg(test)]
mod tests {
    use time::{Duration, macros::datetime};

    use super::*;

    #[test]
    fn a_fingerprint_identifies_one_code() {
        let code = StoredCode {
            digest: CodeDigest::from_bytes([7; 32]),
            binding: None,
            tries_left: NonZeroU32::MIN,
            expires_at: datetime!(2026-11-22 09:43:30.123_456_789 UTC),
        };
        let same = |other: StoredCode| code.fingerprint() == other.fingerprint();
        let tries_left = NonZeroU32::MAX;
        assert!(same(StoredCode { tries_left, ..code }), "a guess does not change the fingerprint");
        let expires_at = datetime!(2026-11-22 09:43:30.123_456 UTC);
        assert!(same(StoredCode { expires_at, ..code }), "stores truncate to microseconds");
        let expires_at = code.expires_at + Duration::milliseconds(1);
        assert!(!same(StoredCode { expires_at, ..code }), "the same digits, later");
        let digest = CodeDigest::from_bytes([8; 32]);
        assert!(!same(StoredCode { digest, ..code }));
    }
}
