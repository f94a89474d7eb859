use std::fmt;

use ring::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, Signature,
    },
};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::{Algorithm, Claims, PublicKey, base64url};

/// A private key, its public key and its id. `Debug` shows the id only.
pub struct SigningKey {
    id: String,
    header: String,
    public: PublicKey,
    pair: Pair,
}

enum Pair {
    EdDsa(Ed25519KeyPair),
    Es256(Box<EcdsaKeyPair>, SystemRandom),
}

impl SigningKey {
    /// A new private key as PKCS #8, of the randomness of the operating system.
    ///
    /// # Errors
    ///
    /// If the operating system has no randomness.
    pub fn generate(algorithm: Algorithm) -> Result<Zeroizing<Vec<u8>>, SigningKeyError> {
        let random = SystemRandom::new();
        let document = match algorithm {
            Algorithm::EdDsa => Ed25519KeyPair::generate_pkcs8(&random),
            Algorithm::Es256 => {
                EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
            }
        };
        let document = document.map_err(|_| SigningKeyError::Randomness)?;
        Ok(Zeroizing::new(document.as_ref().to_vec()))
    }

    /// The key of this PKCS #8 document. Its id is its [thumbprint](PublicKey::thumbprint).
    ///
    /// # Errors
    ///
    /// If it is not a key of this algorithm.
    pub fn from_pkcs8(algorithm: Algorithm, document: &[u8]) -> Result<Self, SigningKeyError> {
        let malformed = |_| SigningKeyError::Malformed;
        let pair = match algorithm {
            Algorithm::EdDsa => {
                Pair::EdDsa(Ed25519KeyPair::from_pkcs8(document).map_err(malformed)?)
            }
            Algorithm::Es256 => {
                let random = SystemRandom::new();
                let kind = &ECDSA_P256_SHA256_FIXED_SIGNING;
                let pair = EcdsaKeyPair::from_pkcs8(kind, document, &random).map_err(malformed)?;
                Pair::Es256(Box::new(pair), random)
            }
        };
        let bytes = match &pair {
            Pair::EdDsa(pair) => pair.public_key().as_ref(),
            Pair::Es256(pair, _) => pair.public_key().as_ref(),
        };
        let public = PublicKey::from_bytes(algorithm, bytes).ok_or(SigningKeyError::Malformed)?;
        let id = public.thumbprint();
        let header = format!(r#"{{"typ":"at+jwt","alg":"{algorithm}","kid":"{id}"}}"#);
        Ok(Self { header: base64url::encode(header), id, public, pair })
    }

    /// Id of the key.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The public key.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The access token of `claims`.
    ///
    /// # Errors
    ///
    /// If the operating system has no randomness.
    pub fn sign(&self, claims: &Claims) -> Result<String, SigningKeyError> {
        let payload = serde_json::to_vec(claims).map_err(|_| SigningKeyError::Malformed)?;
        let mut token = format!("{}.{}", self.header, base64url::encode(payload));
        let signature = self.signature(token.as_bytes())?;
        token.push('.');
        token.push_str(&base64url::encode(signature));
        Ok(token)
    }

    /// Signature of `message`.
    ///
    /// # Errors
    ///
    /// If the operating system has no randomness.
    pub fn signature(&self, message: &[u8]) -> Result<Signature, SigningKeyError> {
        match &self.pair {
            Pair::EdDsa(pair) => Ok(pair.sign(message)),
            Pair::Es256(pair, random) => {
                pair.sign(random, message).map_err(|_| SigningKeyError::Randomness)
            }
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Reason why a key cannot sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SigningKeyError {
    /// No randomness.
    #[error("the operating system has no randomness")]
    Randomness,
    /// Not a key of the algorithm.
    #[error("the signing key is malformed, or of another algorithm")]
    Malformed,
}
