use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// HMAC-SHA-256 under `key`. No purpose is a prefix of another and all parts have fixed lengths, so
/// inputs cannot collide.
pub(super) fn mac(key: &[u8; 32], purpose: &str, parts: &[&[u8]]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("an HMAC key may have any length");
    mac.update(purpose.as_bytes());
    for part in parts {
        mac.update(part);
    }
    mac
}
