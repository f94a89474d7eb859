use std::{error::Error, fmt, num::NonZeroU32};

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use crate::{CodeDigest, CodeKey};

/// Holds live codes until they are redeemed or expire.
///
/// Time enters as `now`; nodes that share a store keep their clocks together (NTP is enough).
/// Whoever implements this runs [`code_store_contract!`](crate::code_store_contract).
#[async_trait]
pub trait CodeStore: fmt::Debug + Send + Sync + 'static {
    /// Keeps `code` under `key`, in place of any earlier one and its count of tries.
    async fn put(
        &self,
        key: &CodeKey,
        code: StoredCode,
        now: OffsetDateTime,
    ) -> Result<(), CodeStoreError>;

    /// Compares `guess` with the live code and, on a match, spends the code.
    ///
    /// Must be one atomic act: of concurrent calls with the right guess exactly one is
    /// [`Accepted`](Redemption::Accepted), and no more guesses are ever compared than the code had
    /// tries.
    async fn redeem(
        &self,
        key: &CodeKey,
        guess: CodeDigest,
        now: OffsetDateTime,
    ) -> Result<Redemption, CodeStoreError>;

    /// Puts `spent` back as it was, unless a code lives under `key` or its own end has come.
    ///
    /// Must be one atomic act: a code that is put at the same time is the one that lives.
    async fn restore(
        &self,
        key: &CodeKey,
        spent: StoredCode,
        now: OffsetDateTime,
    ) -> Result<(), CodeStoreError>;

    /// Forgets the code under `key` if it is the one that `digest` was made of, and no other.
    ///
    /// Must be one atomic act: a code that is put at the same time lives.
    async fn withdraw(&self, key: &CodeKey, digest: CodeDigest) -> Result<(), CodeStoreError>;

    /// Forgets the code under `key`, whatever it is, if there is one.
    async fn discard(&self, key: &CodeKey) -> Result<(), CodeStoreError>;
}

/// A code as a store holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredCode {
    /// The keyed digest of the code.
    pub digest: CodeDigest,
    /// How many guesses are left.
    pub tries_left: NonZeroU32,
    /// From this moment on the code is dead.
    pub expires_at: OffsetDateTime,
}

impl StoredCode {
    /// Names this code among all others that were ever issued, and says nothing about it: SHA-256
    /// over its digest, which is keyed, and its end in whole milliseconds, so that the same digits
    /// issued again have another name. Guesses do not change it.
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

/// What became of a guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redemption {
    /// The guess was right, and the code is spent. This is what it was, for whoever finds that it
    /// was spent in vain.
    Accepted(StoredCode),
    /// The guess was wrong. With no try left the code is dead.
    Mismatch {
        /// How many more guesses the code stands.
        tries_left: u32,
    },
    /// No live code: never made, expired, spent, or out of tries.
    Missing,
}

/// The store could not answer. The cause is for the log, not for the caller.
#[derive(Debug, thiserror::Error)]
#[error("code store is unavailable")]
pub struct CodeStoreError(#[source] Box<dyn Error + Send + Sync>);

impl CodeStoreError {
    /// Wraps the failure of a driver.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

#[cfg(test)]
mod tests {
    use time::{Duration, macros::datetime};

    use super::*;

    #[test]
    fn a_fingerprint_names_one_code() {
        let code = StoredCode {
            digest: CodeDigest::from_bytes([7; 32]),
            tries_left: NonZeroU32::MIN,
            expires_at: datetime!(2026-11-22 09:43:30.123_456_789 UTC),
        };
        let same = |other: StoredCode| code.fingerprint() == other.fingerprint();
        let tries_left = NonZeroU32::MAX;
        assert!(same(StoredCode { tries_left, ..code }), "a guess makes no other code");
        let expires_at = datetime!(2026-11-22 09:43:30.123_456 UTC);
        assert!(same(StoredCode { expires_at, ..code }), "stores keep microseconds");
        let expires_at = code.expires_at + Duration::milliseconds(1);
        assert!(!same(StoredCode { expires_at, ..code }), "the same digits, later");
        let digest = CodeDigest::from_bytes([8; 32]);
        assert!(!same(StoredCode { digest, ..code }));
    }
}
