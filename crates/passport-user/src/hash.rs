use std::fmt;

use rand::CryptoRng;
use thiserror::Error;

use crate::Password;

/// The stored hash of a password. The text contains its scheme and parameters.
///
/// `Debug` does not show the hash, because it allows offline guessing.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Wraps a hash from a hasher or a store.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Stands for a hash that is not told: it says that there is a password, matches none, and equals no
    /// stored hash. Only what compares passwords needs the stored one.
    pub const fn withheld() -> Self {
        Self(String::new())
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

/// Hashes passwords and compares them with hashes.
///
/// Each call deliberately takes about 200 ms of CPU time. Call the methods outside the threads of
/// an async executor, and limit the number of concurrent calls.
pub trait PasswordHasher: fmt::Debug + Send + Sync + 'static {
    /// Hashes `password` with a fresh salt from `rng`.
    fn hash(&self, password: &Password, rng: &mut dyn CryptoRng) -> PasswordHash;

    /// Compares `password` with `hash`.
    ///
    /// A mismatch takes as much work as a comparison with [`decoy`](Self::decoy), regardless of the
    /// cost of `hash`: otherwise the response time would reveal that a number was registered before
    /// the cost was changed.
    ///
    /// # Errors
    ///
    /// The hasher does not support the scheme or the cost of the hash.
    fn verify(
        &self,
        password: &Password,
        hash: &PasswordHash,
    ) -> Result<Verification, UnsupportedHash>;

    /// A hash that matches no password, and takes as much work to compare as a real hash.
    ///
    /// Used for unregistered numbers, so that responses take the same time (OWASP ASVS 6.3.8).
    fn decoy(&self) -> PasswordHash;
}

/// Result of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verification {
    /// The password is correct.
    Match {
        /// Whether the stored hash is weaker than new hashes and should be replaced.
        renew: bool,
    },
    /// The password is wrong.
    Mismatch,
}

/// The scheme or cost of the stored hash is not supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("password hash has an unsupported scheme or cost")]
pub struct UnsupportedHash;
