use std::fmt;

/// Algorithm of a key. A key has one, which the header of a token cannot change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// Ed25519, `EdDSA` in JOSE (RFC 8037).
    EdDsa,
    /// ECDSA with P-256 and SHA-256, `ES256` in JOSE (RFC 7518).
    Es256,
}

impl Algorithm {
    /// Every algorithm that is verified.
    pub const ALL: [Self; 2] = [Self::EdDsa, Self::Es256];

    /// Name in headers and keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
        }
    }

    /// The algorithm of this name. Names are compared byte by byte.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
