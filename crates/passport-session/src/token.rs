use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::CryptoRng;
use sha2::{Digest, Sha256};
use thiserror::Error;
use zeroize::ZeroizeOnDrop;

/// A session token, as the browser stores it: 256 random bits.
///
/// The text form is 43 characters of unpadded base64url. The token is zeroized on drop, and `Debug`
/// does not show it.
#[derive(Clone, ZeroizeOnDrop)]
pub struct SessionToken([u8; 32]);

impl SessionToken {
    /// Generates a random token.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// The digest under which the session is stored.
    ///
    /// Unkeyed SHA-256 is enough, because 256 random bits cannot be found by brute force.
    pub fn digest(&self) -> SessionDigest {
        SessionDigest(Sha256::digest(self.0).into())
    }

    /// The text form of the token. Send it to the browser only; do not log it.
    pub fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

impl FromStr for SessionToken {
    type Err = ParseSessionTokenError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 32];
        match URL_SAFE_NO_PAD.decode_slice(text, &mut bytes) {
            Ok(32) => Ok(Self(bytes)),
            _ => Err(ParseSessionTokenError),
        }
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

/// The text does not have the form of a session token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("text is not a session token")]
pub struct ParseSessionTokenError;

/// SHA-256 digest of a [`SessionToken`], the key of a session in a store.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionDigest([u8; 32]);

impl SessionDigest {
    /// Creates a digest from stored bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SessionDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionDigest(…)")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    #[test]
    fn ses_1_tokens_are_long_and_differ() {
        let mut rng = StdRng::seed_from_u64(1);
        let tokens: HashSet<String> =
            (0..10_000).map(|_| SessionToken::generate(&mut rng).expose()).collect();
        assert_eq!(tokens.len(), 10_000);
        assert!(tokens.iter().all(|token| token.len() == 43));
    }

    #[test]
    fn text_form_parses_to_the_same_token() {
        let token = SessionToken::generate(&mut StdRng::seed_from_u64(1));
        let back: SessionToken = token.expose().parse().unwrap();
        assert_eq!(back.digest(), token.digest());
    }

    #[test]
    fn other_texts_do_not_parse() {
        let good = SessionToken::generate(&mut StdRng::seed_from_u64(1)).expose();
        let long = "A".repeat(3_000);
        for bad in ["", "A", &good[1..], &format!("{good}A"), &format!("{good}="), "é", &long] {
            assert!(bad.parse::<SessionToken>().is_err(), "{bad}");
        }
    }

    #[test]
    fn debug_does_not_show_the_token() {
        let token = SessionToken::generate(&mut StdRng::seed_from_u64(1));
        assert_eq!(format!("{token:?}{:?}", token.digest()), "SessionToken(…)SessionDigest(…)");
    }
}
