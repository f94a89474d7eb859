use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::CryptoRng;
use sha2::{Digest, Sha256};
use thiserror::Error;
use zeroize::ZeroizeOnDrop;

/// What the person's browser holds: 256 random bits that mean nothing by themselves.
///
/// Written as 43 characters of unpadded base64url. Wiped when dropped, and `Debug` does not show
/// it.
#[derive(Clone, ZeroizeOnDrop)]
pub struct SessionToken([u8; 32]);

impl SessionToken {
    /// Draws a token.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// What a store keeps in place of the token.
    ///
    /// SHA-256 without a key is enough: 256 random bits cannot be guessed from their hash.
    pub fn digest(&self) -> SessionDigest {
        SessionDigest(Sha256::digest(self.0).into())
    }

    /// The token as text, to be given to the browser and to nobody else.
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

/// The text is not one of our tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a session token")]
pub struct ParseSessionTokenError;

/// The SHA-256 of a [`SessionToken`], by which stores find sessions.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionDigest([u8; 32]);

impl SessionDigest {
    /// A digest that a store kept as bytes.
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
    fn survives_the_way_out_and_back() {
        let token = SessionToken::generate(&mut StdRng::seed_from_u64(1));
        let back: SessionToken = token.expose().parse().unwrap();
        assert_eq!(back.digest(), token.digest());
    }

    #[test]
    fn nothing_else_parses() {
        let good = SessionToken::generate(&mut StdRng::seed_from_u64(1)).expose();
        let long = "A".repeat(3_000);
        for bad in ["", "A", &good[1..], &format!("{good}A"), &format!("{good}="), "é", &long] {
            assert!(bad.parse::<SessionToken>().is_err(), "{bad}");
        }
    }

    #[test]
    fn debug_is_silent() {
        let token = SessionToken::generate(&mut StdRng::seed_from_u64(1));
        assert_eq!(format!("{token:?}{:?}", token.digest()), "SessionToken(…)SessionDigest(…)");
    }
}
