use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use passport_codes::DigestKey;
use sha2::Sha256;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::{ChallengeKey, ContinuationKey, SubjectKey};

/// Keys of accounts, all derived from one secret.
///
/// Every node needs the same secret. Under another one, codes and challenges that are under way are not
/// found, and limits start anew; users, sessions and passwords do not depend on it.
#[derive(Clone)]
pub struct Keys {
    /// Key for digests of phone numbers and client addresses in the keys of stores.
    pub subjects: SubjectKey,
    /// Key for digests of codes.
    pub codes: DigestKey,
    /// Key of challenges. Use [`ChallengeKey::random`] if the limits of challenges are counted in the
    /// memory of one process, because answered challenges are marked there.
    pub challenges: ChallengeKey,
    /// Key of continuations.
    pub continuations: ContinuationKey,
}

/// The secret has fewer than [`Keys::MIN_SECRET`] bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("secret has fewer than {} characters", Keys::MIN_SECRET)]
pub struct SecretTooShort;

impl Keys {
    /// Minimum length of a secret in bytes.
    pub const MIN_SECRET: usize = 32;

    /// Derives the keys from `secret`, which must be random, such as 64 hexadecimal digits of a
    /// generator. The service `passport` derives the same keys from the same secret.
    ///
    /// # Errors
    ///
    /// If `secret` is shorter than [`MIN_SECRET`](Self::MIN_SECRET).
    pub fn derive(secret: &str) -> Result<Self, SecretTooShort> {
        let key = |purpose| Self::derive_one(secret, purpose);
        Ok(Self {
            subjects: SubjectKey::new(*key("passport subject digest v1")?),
            codes: DigestKey::new(*key("passport code digest v1")?),
            challenges: ChallengeKey::new(*key("passport challenge v1")?),
            continuations: ContinuationKey::new(*key("passport continuation v1")?),
        })
    }

    /// A key for another purpose, such as the sealing of an outbox, which is independent of all others.
    ///
    /// # Errors
    ///
    /// If `secret` is shorter than [`MIN_SECRET`](Self::MIN_SECRET).
    pub fn derive_one(secret: &str, purpose: &str) -> Result<Zeroizing<[u8; 32]>, SecretTooShort> {
        if secret.len() < Self::MIN_SECRET {
            return Err(SecretTooShort);
        }
        // HMAC-SHA-256 as a key derivation function: keys of different purposes are independent.
        // An HMAC key may have any length, so this does not fail.
        let mut mac =
            Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|_| SecretTooShort)?;
        mac.update(purpose.as_bytes());
        Ok(Zeroizing::new(mac.finalize().into_bytes().into()))
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_differ_by_purpose_and_secret() {
        let key = |secret: &str, purpose| *Keys::derive_one(secret, purpose).unwrap();
        let (one, other) = ("1".repeat(32), "2".repeat(32));
        assert_eq!(key(&one, "a"), key(&one, "a"));
        assert_ne!(key(&one, "a"), key(&one, "b"));
        assert_ne!(key(&one, "a"), key(&other, "a"));
    }

    #[test]
    fn a_short_secret_is_refused_and_none_is_shown() {
        assert_eq!(Keys::derive(&"x".repeat(31)).err(), Some(SecretTooShort));
        let keys = Keys::derive(&"x".repeat(32)).unwrap();
        assert_eq!(format!("{keys:?}"), "Keys(…)");
    }
}
