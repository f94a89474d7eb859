use std::fmt;

/// A response as it is stored. Stores see bytes: the caller encrypts them, because responses may hold
/// session tokens. `Debug` writes the length only.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedResponse(Vec<u8>);

impl SealedResponse {
    /// Takes the encrypted bytes.
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The encrypted bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The encrypted bytes, without a copy.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl fmt::Debug for SealedResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedResponse({} bytes)", self.0.len())
    }
}
