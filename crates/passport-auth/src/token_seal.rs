use std::fmt;

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use rand::Rng;
use zeroize::Zeroizing;

const NONCE: usize = 24;

/// Keys that encrypt the private keys of access tokens. The first one seals; any of them opens, so that
/// the master secret can be changed. Every node needs the same keys.
#[derive(Clone)]
pub struct TokenSealingKeys(Vec<Zeroizing<[u8; 32]>>);

impl TokenSealingKeys {
    /// Takes 32 secret bytes, the key that seals.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(vec![Zeroizing::new(bytes)])
    }

    /// Adds a former key.
    #[must_use]
    pub fn with_former(mut self, bytes: [u8; 32]) -> Self {
        self.0.push(Zeroizing::new(bytes));
        self
    }

    /// Encrypts `plain`, bound to `id`.
    pub(crate) fn seal(&self, plain: &[u8], id: &str, rng: &mut impl Rng) -> Vec<u8> {
        let mut nonce = [0; NONCE];
        rng.fill_bytes(&mut nonce);
        let payload = Payload { msg: plain, aad: id.as_bytes() };
        let sealed = cipher(&self.0[0])
            .encrypt(&XNonce::from(nonce), payload)
            .expect("a private key is short");
        [&nonce[..], &sealed].concat()
    }

    /// What [`seal`](Self::seal) encrypted for `id`, if one of the keys did.
    pub(crate) fn open(&self, sealed: &[u8], id: &str) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        let payload = || Payload { msg: sealed, aad: id.as_bytes() };
        self.0
            .iter()
            .find_map(|key| cipher(key).decrypt(&XNonce::from(*nonce), payload()).ok())
            .map(Zeroizing::new)
    }
}

fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.into())
}

impl fmt::Debug for TokenSealingKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenSealingKeys(…)")
    }
}

#[cfg(test)]
mod tests {
    use rand::rng;

    use super::*;

    #[test]
    fn opens_with_any_of_the_keys_and_for_its_id() {
        let (old, new) = ([1; 32], [2; 32]);
        let sealed = TokenSealingKeys::new(old).seal(b"private", "kid", &mut rng());
        assert!(!sealed.windows(7).any(|it| it == b"private"));
        let keys = TokenSealingKeys::new(new).with_former(old);
        assert_eq!(keys.open(&sealed, "kid").unwrap().as_slice(), b"private");
        assert!(keys.open(&sealed, "other").is_none());
        assert!(TokenSealingKeys::new(new).open(&sealed, "kid").is_none());
        assert!(keys.open(&sealed[..10], "kid").is_none());
        let mut changed = keys.seal(b"private", "kid", &mut rng());
        assert!(TokenSealingKeys::new(old).open(&changed, "kid").is_none(), "the first one seals");
        *changed.last_mut().unwrap() ^= 1;
        assert!(keys.open(&changed, "kid").is_none());
    }
}
