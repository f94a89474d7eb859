//! HMAC-SHA-256.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// HMAC-SHA-256 of `bytes`, to be finished or compared in constant time.
pub fn hmac_sha256(key: &[u8], bytes: impl AsRef<[u8]>) -> Hmac<Sha256> {
    keyed::<Hmac<Sha256>>(key).chain_update(bytes)
}

/// An HMAC under `key`.
///
/// # Panics
///
/// If `M` restricts the length of keys, which no HMAC does (RFC 2104 §3).
pub fn keyed<M: Mac + KeyInit>(key: &[u8]) -> M {
    <M as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length")
}
