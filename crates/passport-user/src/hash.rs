use std::fmt;

use rand::CryptoRng;
use thiserror::Error;

use crate::Password;

/// A password as a store keeps it. The text names its scheme and parameters.
///
/// `Debug` does not show it: a hash is what an attacker works on.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// A hash that a hasher made or a store kept.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text to store.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// Turns passwords into hashes and compares them.
///
/// This takes some 200 ms of a core on purpose. Call it off the executor's threads, with a bound on
/// how many run at once.
pub trait PasswordHasher: fmt::Debug + Send + Sync + 'static {
    /// Hashes `password` with a fresh salt from `rng`.
    fn hash(&self, password: &Password, rng: &mut dyn CryptoRng) -> PasswordHash;

    /// Compares `password` with `hash`.
    ///
    /// A mismatch takes as much work as one with [`decoy`](Self::decoy), whatever the cost of
    /// `hash`: otherwise the answer would tell by its time that a number was registered before the
    /// cost was changed.
    ///
    /// # Errors
    ///
    /// When the hash is of a scheme, or has a cost, that this hasher does not take.
    fn verify(
        &self,
        password: &Password,
        hash: &PasswordHash,
    ) -> Result<Verification, UnsupportedHash>;

    /// A hash that no password matches and that costs as much to compare as a real one.
    ///
    /// For numbers that nobody registered: the answer takes the same time (OWASP ASVS 6.3.8).
    fn decoy(&self) -> PasswordHash;
}

/// What became of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verification {
    /// The password is right.
    Match {
        /// Whether the stored hash is weaker than what [`PasswordHasher::hash`] makes now.
        renew: bool,
    },
    /// The password is wrong.
    Mismatch,
}

/// The stored hash is of another scheme, or out of this one's bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("password hash is of an unsupported scheme or cost")]
pub struct UnsupportedHash;
