use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::ZeroizeOnDrop;

use crate::CodeKey;

/// HMAC key for the digests of codes.
///
/// Six digits have only a million values, so a plain hash could be reversed by brute force. The key
/// is not in the store, so a copy of the store does not reveal valid codes.
#[derive(Clone, ZeroizeOnDrop)]
pub struct DigestKey {
    bytes: [u8; 32],
    /// Former keys, whose codes are still accepted.
    former: Vec<[u8; 32]>,
}

impl DigestKey {
    /// Wraps 32 secret bytes. All nodes that share the store must use the same key.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self { bytes, former: Vec::new() }
    }

    /// Accepts codes that were stored under a former key too. Each such key costs a guess one more
    /// request to the store.
    #[must_use]
    pub fn with_former(mut self, bytes: [u8; 32]) -> Self {
        self.former.push(bytes);
        self
    }

    /// Digest under which a code is stored.
    pub(crate) fn digest(&self, key: &CodeKey, text: &str) -> CodeDigest {
        digest(&self.bytes, key, text)
    }

    /// Digests of the same code under the former keys.
    pub(crate) fn former_digests(
        &self,
        key: &CodeKey,
        text: &str,
    ) -> impl Iterator<Item = CodeDigest> {
        self.former.iter().map(move |bytes| digest(bytes, key, text))
    }
}

/// HMAC-SHA-256 over purpose, subject and text, each prefixed with its length, so that different
/// triples give different inputs.
fn digest(bytes: &[u8; 32], key: &CodeKey, text: &str) -> CodeDigest {
    let mut mac = Hmac::<Sha256>::new_from_slice(bytes).expect("an HMAC key may have any length");
    for part in [key.purpose().as_str(), key.subject(), text] {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    CodeDigest(mac.finalize().into_bytes().into())
}

impl fmt::Debug for DigestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DigestKey(…)")
    }
}

/// Keyed digest of a code, as stored. Comparison is constant-time.
#[derive(Clone, Copy)]
pub struct CodeDigest([u8; 32]);

impl CodeDigest {
    /// Creates a digest from stored bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for CodeDigest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for CodeDigest {}

impl fmt::Debug for CodeDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeDigest(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Purpose;

    fn digest(key: u8, subject: &str, text: &str) -> CodeDigest {
        DigestKey::new([key; 32]).digest(&CodeKey::new(Purpose::new("register"), subject), text)
    }

    #[test]
    fn otp_8_depends_on_key_subject_and_text() {
        let one = digest(1, "+8613800138000", "012345");
        assert_eq!(one, digest(1, "+8613800138000", "012345"));
        assert_ne!(one, digest(2, "+8613800138000", "012345"));
        assert_ne!(one, digest(1, "+8613800138001", "012345"));
        assert_ne!(one, digest(1, "+8613800138000", "012346"));
    }

    #[test]
    fn parts_cannot_run_into_each_other() {
        assert_ne!(digest(1, "ab", "c"), digest(1, "a", "bc"));
    }
}
