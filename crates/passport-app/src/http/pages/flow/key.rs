use std::fmt;

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use rand::Rng;
use zeroize::Zeroizing;

use super::Flow;

const NONCE: usize = 24;

/// Key that encrypts the state. Every node needs the same.
#[derive(Clone)]
pub(crate) struct FlowKey(Zeroizing<[u8; 32]>);

impl FlowKey {
    /// Takes 32 secret bytes.
    pub(crate) fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(super) fn seal(&self, flow: &Flow, rng: &mut impl Rng) -> String {
        let plain = Zeroizing::new(serde_json::to_vec(flow).expect("a flow is JSON"));
        let mut nonce = [0; NONCE];
        rng.fill_bytes(&mut nonce);
        let payload = Payload { msg: &plain, aad: b"flow" };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload).expect("a flow is short");
        hex::encode([&nonce[..], &sealed].concat())
    }

    pub(super) fn open(&self, sealed: &[u8]) -> Option<Flow> {
        let bytes = hex::decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>()?;
        let payload = Payload { msg: sealed, aad: b"flow" };
        let plain = Zeroizing::new(self.cipher().decrypt(&XNonce::from(*nonce), payload).ok()?);
        serde_json::from_slice(&plain).ok()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.0).into())
    }
}

impl fmt::Debug for FlowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FlowKey(…)")
    }
}
