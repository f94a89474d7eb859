use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use rand::Rng;
use zeroize::Zeroizing;

const NONCE: usize = 24;

/// Keys of one purpose that encrypt short records. The first one seals; any of them opens, so that the
/// master secret can be changed.
#[derive(Clone)]
pub(crate) struct SealingKeys(Vec<Zeroizing<[u8; 32]>>);

impl SealingKeys {
    /// Takes 32 secret bytes, the key that seals.
    pub(crate) fn new(bytes: [u8; 32]) -> Self {
        Self(vec![Zeroizing::new(bytes)])
    }

    /// Adds a former key.
    pub(crate) fn with_former(mut self, bytes: [u8; 32]) -> Self {
        self.0.push(Zeroizing::new(bytes));
        self
    }

    /// Encrypts `plain`, bound to `context`.
    pub(crate) fn seal(&self, plain: &[u8], context: &[u8], rng: &mut impl Rng) -> Vec<u8> {
        let mut nonce = [0; NONCE];
        rng.fill_bytes(&mut nonce);
        let payload = Payload { msg: plain, aad: context };
        let sealed =
            cipher(&self.0[0]).encrypt(&XNonce::from(nonce), payload).expect("a record is short");
        [&nonce[..], &sealed].concat()
    }

    /// What [`seal`](Self::seal) encrypted for `context`, if one of the keys did.
    pub(crate) fn open(&self, sealed: &[u8], context: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        let payload = || Payload { msg: sealed, aad: context };
        self.0
            .iter()
            .find_map(|key| cipher(key).decrypt(&XNonce::from(*nonce), payload()).ok())
            .map(Zeroizing::new)
    }
}

fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.into())
}

#[cfg(test)]
mod tests {
    use rand::rng;

    use super::*;

    #[test]
    fn opens_with_any_of_the_keys_and_in_its_context() {
        let (old, new) = ([1; 32], [2; 32]);
        let sealed = SealingKeys::new(old).seal(b"private", b"kid", &mut rng());
        assert!(!sealed.windows(7).any(|it| it == b"private"));
        let keys = SealingKeys::new(new).with_former(old);
        assert_eq!(keys.open(&sealed, b"kid").unwrap().as_slice(), b"private");
        assert!(keys.open(&sealed, b"other").is_none());
        assert!(SealingKeys::new(new).open(&sealed, b"kid").is_none());
        assert!(keys.open(&sealed[..10], b"kid").is_none());
        let mut changed = keys.seal(b"private", b"kid", &mut rng());
        assert!(SealingKeys::new(old).open(&changed, b"kid").is_none(), "the first one seals");
        *changed.last_mut().unwrap() ^= 1;
        assert!(keys.open(&changed, b"kid").is_none());
    }
}
