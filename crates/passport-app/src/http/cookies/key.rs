use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Secret under which the service tags what it stores in browsers, so that a value made elsewhere is
/// recognized. Every node needs the same.
#[derive(Clone)]
pub(crate) struct CookieKey(Zeroizing<[u8; 32]>);

/// Tag of a value: 128 bits, which cannot be guessed without the key.
pub(in crate::http) type Tag = [u8; 16];

impl CookieKey {
    /// Takes 32 secret bytes.
    pub(crate) fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Tag over `parts`. Values of different purposes have different tags.
    pub(in crate::http) fn tag(&self, purpose: &str, parts: &[&[u8]]) -> Tag {
        let mut tag = Tag::default();
        tag.copy_from_slice(&self.mac(purpose, parts).finalize().into_bytes()[..16]);
        tag
    }

    /// Whether `tag` is the tag over `parts`, compared in constant time.
    pub(in crate::http) fn verifies(&self, tag: Tag, purpose: &str, parts: &[&[u8]]) -> bool {
        self.mac(purpose, parts).verify_truncated_left(&tag).is_ok()
    }

    /// HMAC-SHA-256. Each part has its length before it, so that no bytes can move between parts.
    fn mac(&self, purpose: &str, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&*self.0).expect("an HMAC key may have any length");
        for part in [purpose.as_bytes()].iter().chain(parts) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac
    }
}

impl fmt::Debug for CookieKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CookieKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_depends_on_key_purpose_and_the_borders_of_parts() {
        let (one, other) = (CookieKey::new([1; 32]), CookieKey::new([2; 32]));
        let tag = one.tag("a", &[b"bc", b"d"]);
        assert!(one.verifies(tag, "a", &[b"bc", b"d"]));
        assert!(!other.verifies(tag, "a", &[b"bc", b"d"]));
        assert!(!one.verifies(tag, "b", &[b"bc", b"d"]));
        for parts in [&[b"b".as_slice(), b"cd"] as &[&[u8]], &[b"bcd"], &[b"bc", b"d", b""], &[]] {
            assert!(!one.verifies(tag, "a", parts), "{parts:?}");
        }
    }
}
