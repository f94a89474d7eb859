use std::fmt;

/// Opaque digest of the thing that a [`Policy`](crate::Policy) counts for: a phone number, a client.
///
/// Stores write it into their keys, so it has to be a *keyed* digest (such as HMAC-SHA-256, cut to
/// 16 bytes): a plain hash of a phone number is reversed by trying all numbers. The key belongs to
/// the caller, because only the caller knows what is digested; this crate sees bytes.
///
/// 16 bytes are enough. Two subjects share a count only if their digests collide, which for a
/// billion subjects has a probability of about 10⁻²¹. Collisions cannot be searched for without the
/// key, because digests are never shown to clients.
///
/// `Display` writes 32 hexadecimal digits, for keys; `Debug` writes only a short tag, for logs.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Subject([u8; 16]);

impl Subject {
    /// Takes the digest.
    pub const fn new(digest: [u8; 16]) -> Self {
        Self(digest)
    }

    /// Bytes of the digest, for stores with binary keys.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, ..] = self.0;
        write!(f, "Subject({a:02x}{b:02x}…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_is_hexadecimal_and_debug_is_short() {
        let subject = Subject::new([0x0a, 0xff, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
        assert_eq!(subject.to_string(), "0aff02030405060708090a0b0c0d0e0f");
        assert_eq!(format!("{subject:?}"), "Subject(0aff…)");
    }
}
