use std::fmt;

use rand::Rng;
use zeroize::Zeroizing;

use crate::sealing::SealingKeys;

/// Keys that encrypt the private keys of access tokens. The first one seals; any of them opens, so that
/// the master secret can be changed. Every node needs the same keys.
#[derive(Clone)]
pub struct TokenSealingKeys(SealingKeys);

impl TokenSealingKeys {
    /// Takes 32 secret bytes, the key that seals.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(SealingKeys::new(bytes))
    }

    /// Adds a former key.
    #[must_use]
    pub fn with_former(self, bytes: [u8; 32]) -> Self {
        Self(self.0.with_former(bytes))
    }

    /// Encrypts `plain`, bound to `id`.
    pub(crate) fn seal(&self, plain: &[u8], id: &str, rng: &mut impl Rng) -> Vec<u8> {
        self.0.seal(plain, id.as_bytes(), rng)
    }

    /// What [`seal`](Self::seal) encrypted for `id`, if one of the keys did.
    pub(crate) fn open(&self, sealed: &[u8], id: &str) -> Option<Zeroizing<Vec<u8>>> {
        self.0.open(sealed, id.as_bytes())
    }
}

impl fmt::Debug for TokenSealingKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenSealingKeys(…)")
    }
}
