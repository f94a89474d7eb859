use std::{fmt, iter};

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
pub(crate) struct FlowKey {
    bytes: Zeroizing<[u8; 32]>,
    /// Former keys, whose flows go on.
    former: Vec<Zeroizing<[u8; 32]>>,
}

impl FlowKey {
    /// Takes 32 secret bytes.
    pub(crate) fn new(bytes: [u8; 32]) -> Self {
        Self { bytes: Zeroizing::new(bytes), former: Vec::new() }
    }

    /// Opens flows of a former key too.
    pub(crate) fn with_former(mut self, bytes: [u8; 32]) -> Self {
        self.former.push(Zeroizing::new(bytes));
        self
    }

    pub(super) fn seal(&self, flow: &Flow, rng: &mut impl Rng) -> String {
        let plain = Zeroizing::new(serde_json::to_vec(flow).expect("a flow is JSON"));
        let mut nonce = [0; NONCE];
        rng.fill_bytes(&mut nonce);
        let payload = Payload { msg: &plain, aad: b"flow" };
        let sealed =
            cipher(&self.bytes).encrypt(&XNonce::from(nonce), payload).expect("a flow is short");
        hex::encode([&nonce[..], &sealed].concat())
    }

    pub(super) fn open(&self, sealed: &[u8]) -> Option<Flow> {
        let bytes = hex::decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>()?;
        let open = |bytes: &Zeroizing<[u8; 32]>| {
            let payload = Payload { msg: sealed, aad: b"flow" };
            cipher(bytes).decrypt(&XNonce::from(*nonce), payload).ok()
        };
        let plain = iter::once(&self.bytes).chain(&self.former).find_map(open);
        serde_json::from_slice(&Zeroizing::new(plain?)).ok()
    }
}

fn cipher(bytes: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(bytes.into())
}

impl fmt::Debug for FlowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FlowKey(…)")
    }
}
