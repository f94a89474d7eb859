use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::CryptoRng;
use subtle::ConstantTimeEq;
use thiserror::Error;

/// Identifier of the request that issued a code: 128 random bits, which only that client knows.
///
/// A bound code is compared only with guesses that carry its binding, so a stranger who knows a phone
/// number cannot use up the tries of its code. The text form is 22 characters of unpadded base64url;
/// `Debug` does not show it, and comparison takes constant time.
#[derive(Clone, Copy)]
pub struct Binding([u8; 16]);

impl Binding {
    /// Generates a random binding.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// Creates a binding from stored bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The text form, for the client that asked for the code only.
    pub fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

impl PartialEq for Binding {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Binding {}

impl FromStr for Binding {
    type Err = ParseBindingError;

    fn from_str(text: &str) -> Result<Self, ParseBindingError> {
        let mut bytes = [0; 16];
        match URL_SAFE_NO_PAD.decode_slice(text, &mut bytes) {
            Ok(16) => Ok(Self(bytes)),
            _ => Err(ParseBindingError),
        }
    }
}

impl fmt::Debug for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Binding(…)")
    }
}

/// The text does not have the form of a binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("text is not a binding")]
pub struct ParseBindingError;

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    #[test]
    fn text_form_parses_to_the_same_binding() {
        let binding = Binding::generate(&mut StdRng::seed_from_u64(1));
        let text = binding.expose();
        assert_eq!(text.len(), 22);
        assert_eq!(text.parse(), Ok(binding));
        for bad in ["", &text[1..], &format!("{text}A"), &format!("{text}=="), "é"] {
            assert_eq!(bad.parse::<Binding>(), Err(ParseBindingError), "{bad}");
        }
        assert_eq!(format!("{binding:?}"), "Binding(…)");
    }
}
