use std::{fmt, iter};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Secret under which the service tags what it stores in browsers, so that a value made elsewhere is
/// recognized. Every node needs the same.
#[derive(Clone)]
pub(crate) struct CookieKey {
    bytes: Zeroizing<[u8; 32]>,
    /// Former keys, whose tags are still accepted.
    former: Vec<Zeroizing<[u8; 32]>>,
}

/// Tag of a value: 128 bits, which cannot be guessed without the key.
pub(in crate::http) type Tag = [u8; 16];

impl CookieKey {
    /// Takes 32 secret bytes.
    pub(crate) fn new(bytes: [u8; 32]) -> Self {
        Self { bytes: Zeroizing::new(bytes), former: Vec::new() }
    }

    /// Accepts tags of a former key too.
    pub(crate) fn with_former(mut self, bytes: [u8; 32]) -> Self {
        self.former.push(Zeroizing::new(bytes));
        self
    }

    /// Tag over `parts`. Values of different purposes have different tags.
    pub(in crate::http) fn tag(&self, purpose: &str, parts: &[&[u8]]) -> Tag {
        let mut tag = Tag::default();
        tag.copy_from_slice(&mac(&self.bytes, purpose, parts).finalize().into_bytes()[..16]);
        tag
    }

    /// Whether `tag` is the tag over `parts`, compared in constant time.
    pub(in crate::http) fn verifies(&self, tag: Tag, purpose: &str, parts: &[&[u8]]) -> bool {
        let mut keys = iter::once(&self.bytes).chain(&self.former);
        keys.any(|bytes| mac(bytes, purpose, parts).verify_truncated_left(&tag).is_ok())
    }
}

/// HMAC-SHA-256. Each part has its length before it, so that no bytes can move between parts.
fn mac(bytes: &[u8; 32], purpose: &str, parts: &[&[u8]]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(bytes).expect("an HMAC key may have any length");
    for part in [purpose.as_bytes()].iter().chain(parts) {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac
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
        let both = CookieKey::new([2; 32]).with_former([1; 32]);
        assert!(both.verifies(tag, "a", &[b"bc", b"d"]));
        assert_eq!(both.tag("a", &[b"bc"]), other.tag("a", &[b"bc"]), "the present key signs");
        assert!(!one.verifies(tag, "b", &[b"bc", b"d"]));
        for parts in [&[b"b".as_slice(), b"cd"] as &[&[u8]], &[b"bcd"], &[b"bc", b"d", b""], &[]] {
            assert!(!one.verifies(tag, "a", parts), "{parts:?}");
        }
    }
}
