use std::fmt;

/// Name of a request in stores: a digest of the idempotency key together with what it is bound to,
/// such as the method, the path and the credential.
///
/// It has to be a *keyed* digest (such as HMAC-SHA-256), because clients may choose keys that can be
/// guessed. `Display` writes 64 hexadecimal digits, for keys; `Debug` writes a short tag, for logs.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestDigest([u8; 32]);

/// Digest of the content of a request, by which a key that is reused for another request is detected.
///
/// A body may hold a password or a code that can be guessed. Therefore the digest has to be keyed, and
/// should also cover the idempotency key, which is in no store. `Debug` writes a short tag.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl RequestDigest {
    /// Takes the digest.
    pub const fn new(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// Bytes of the digest.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Fingerprint {
    /// Takes the digest.
    pub const fn new(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// Bytes of the digest.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for RequestDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for RequestDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, ..] = self.0;
        write!(f, "RequestDigest({a:02x}{b:02x}…)")
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, ..] = self.0;
        write!(f, "Fingerprint({a:02x}{b:02x}…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_is_hexadecimal_and_debug_is_short() {
        let mut bytes = [0xab; 32];
        bytes[1] = 1;
        let digest = RequestDigest::new(bytes);
        assert_eq!(digest.to_string(), format!("ab01{}", "ab".repeat(30)));
        assert_eq!(format!("{digest:?}"), "RequestDigest(ab01…)");
        assert_eq!(format!("{:?}", Fingerprint::new(bytes)), "Fingerprint(ab01…)");
    }
}
