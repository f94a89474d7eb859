use std::fmt;

use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, KeyInit, Mac};
use passport_idempotency::{Fingerprint, RequestDigest, SealedResponse};
use passport_throttle::Subject;
use rand::CryptoRng;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::key::IdempotencyKey;

const NONCE: usize = 24;

/// Secret of the digests of requests, and of the encryption of their responses. Every node needs the
/// same.
///
/// A stored response is encrypted under a key that is derived from this secret *and* from the request:
/// idempotency key, credential and body, of which no store has any. So the store and this secret together
/// do not reveal a response, as long as the client's key is random. If the client's key can be guessed,
/// what remains to be guessed is the session token, or in a call without a session the code or password
/// in the body.
#[derive(Clone)]
pub(crate) struct IdempotencySecret(Zeroizing<[u8; 32]>);

/// What a call is bound to.
pub(in crate::http) struct Request<'a> {
    pub(in crate::http) method: &'a str,
    /// Path and query.
    pub(in crate::http) target: &'a str,
    /// Session token, if the request has one.
    pub(in crate::http) credential: Option<&'a str>,
    pub(in crate::http) key: &'a IdempotencyKey,
    pub(in crate::http) body: &'a [u8],
}

impl IdempotencySecret {
    /// Takes 32 secret bytes.
    pub(crate) fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Name of the call in stores.
    pub(super) fn digest(&self, request: &Request<'_>) -> RequestDigest {
        RequestDigest::new(self.mac("request", &request.binding()))
    }

    /// Digest of the body. It covers the idempotency key too: otherwise the store and this secret would
    /// be enough to guess a password much faster than by its hash.
    pub(super) fn fingerprint(&self, request: &Request<'_>) -> Fingerprint {
        Fingerprint::new(self.mac("content", &request.all()))
    }

    /// Client or network as a limit counts it.
    pub(super) fn subject(&self, address: &str) -> Subject {
        let mut subject = [0; 16];
        subject.copy_from_slice(&self.mac("client", &[address.as_bytes()])[..16]);
        Subject::new(subject)
    }

    /// Key of the response to this request alone.
    pub(super) fn response_key(&self, request: &Request<'_>) -> ResponseKey {
        ResponseKey(Zeroizing::new(self.mac("response", &request.all())))
    }

    /// HMAC-SHA-256. Each part has its length before it, so that no bytes can move between parts.
    fn mac(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&*self.0).expect("an HMAC key may have any length");
        for part in [purpose.as_bytes()].iter().chain(parts) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

impl Request<'_> {
    fn binding(&self) -> [&[u8]; 5] {
        let (is_bound, credential) = match self.credential {
            Some(token) => (&b"session"[..], token.as_bytes()),
            None => (&b"none"[..], &b""[..]),
        };
        let key = self.key.expose().as_bytes();
        [self.method.as_bytes(), self.target.as_bytes(), is_bound, credential, key]
    }

    fn all(&self) -> [&[u8]; 6] {
        let [method, target, is_bound, credential, key] = self.binding();
        [method, target, is_bound, credential, key, self.body]
    }
}

/// Encrypts the response to one request: XChaCha20-Poly1305, with a random nonce before the text.
pub(super) struct ResponseKey(Zeroizing<[u8; 32]>);

impl ResponseKey {
    pub(super) fn seal(&self, plain: &[u8], rng: &mut dyn CryptoRng) -> SealedResponse {
        let mut bytes = vec![0; NONCE];
        rng.fill_bytes(&mut bytes);
        let sealed = self
            .cipher()
            .encrypt(&nonce(&bytes), Payload { msg: plain, aad: b"" })
            .expect("a response is shorter than 256 GiB");
        bytes.extend(sealed);
        SealedResponse::from_bytes(bytes)
    }

    /// `None` if the response was sealed for another request, or is damaged.
    pub(super) fn open(&self, sealed: &SealedResponse) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce_bytes, sealed) = sealed.as_bytes().split_at_checked(NONCE)?;
        let payload = Payload { msg: sealed, aad: b"" };
        self.cipher().decrypt(&nonce(nonce_bytes), payload).ok().map(Zeroizing::new)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.0).into())
    }
}

fn nonce(bytes: &[u8]) -> XNonce {
    let mut nonce = XNonce::default();
    nonce.copy_from_slice(bytes);
    nonce
}

impl fmt::Debug for IdempotencySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdempotencySecret(…)")
    }
}

#[cfg(test)]
mod tests;
