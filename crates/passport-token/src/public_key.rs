use ring::{
    digest::{SHA256, digest},
    signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey},
};
use thiserror::Error;

use crate::{Algorithm, Jwk, TokenError, base64url};

/// A public key with its one algorithm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(Bytes);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Bytes {
    EdDsa([u8; 32]),
    /// Uncompressed point: 4, x, y.
    Es256([u8; 65]),
}

impl PublicKey {
    /// The key of `jwk`.
    ///
    /// # Errors
    ///
    /// If it is of another family, or not a key.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, PublicKeyError> {
        let algorithm = jwk.algorithm().ok_or(PublicKeyError::OtherKind)?;
        let coordinate =
            |text: &Option<String>| text.as_deref().and_then(base64url::decode_array::<32>);
        let x = coordinate(&jwk.x).ok_or(PublicKeyError::Malformed)?;
        match algorithm {
            Algorithm::EdDsa if has_small_order(&x) => Err(PublicKeyError::Malformed),
            Algorithm::EdDsa => Ok(Self(Bytes::EdDsa(x))),
            Algorithm::Es256 => {
                let y = coordinate(&jwk.y).ok_or(PublicKeyError::Malformed)?;
                let mut point = [4; 65];
                point[1..33].copy_from_slice(&x);
                point[33..].copy_from_slice(&y);
                Ok(Self(Bytes::Es256(point)))
            }
        }
    }

    #[cfg(feature = "issue")]
    pub(crate) fn from_bytes(algorithm: Algorithm, bytes: &[u8]) -> Option<Self> {
        Some(Self(match algorithm {
            Algorithm::EdDsa => Bytes::EdDsa(bytes.try_into().ok()?),
            Algorithm::Es256 => Bytes::Es256(bytes.try_into().ok()?),
        }))
    }

    /// Algorithm of the key.
    pub fn algorithm(&self) -> Algorithm {
        match self.0 {
            Bytes::EdDsa(_) => Algorithm::EdDsa,
            Bytes::Es256(_) => Algorithm::Es256,
        }
    }

    /// The key as JSON, with `id`.
    pub fn to_jwk(&self, id: &str) -> Jwk {
        match &self.0 {
            Bytes::EdDsa(key) => Jwk::ed25519(id, key),
            Bytes::Es256(point) => Jwk::p256(id, &point[1..33], &point[33..]),
        }
    }

    /// Thumbprint of the key (RFC 7638), SHA-256 in base64url. It is a good id, because two keys
    /// cannot have the same.
    pub fn thumbprint(&self) -> String {
        let text = match &self.0 {
            Bytes::EdDsa(key) => {
                format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, base64url::encode(key))
            }
            Bytes::Es256(point) => format!(
                r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#,
                base64url::encode(&point[1..33]),
                base64url::encode(&point[33..])
            ),
        };
        base64url::encode(digest(&SHA256, text.as_bytes()))
    }

    /// Verifies the signature of `message`.
    ///
    /// # Errors
    ///
    /// [`TokenError::Signature`] if it is not of this key and message.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), TokenError> {
        let verified = match &self.0 {
            Bytes::EdDsa(key) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature),
            Bytes::Es256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
            }
        };
        verified.map_err(|_| TokenError::Signature)
    }
}

/// Reason why a JWK is not a key that verifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PublicKeyError {
    /// The family, curve, algorithm or use is another one.
    #[error("the key is not for signatures by EdDSA or ES256")]
    OtherKind,
    /// The coordinates are missing, have another length, or name a point of small order.
    #[error("the key is malformed")]
    Malformed,
}

/// Whether an Ed25519 key is a point of small order, for which one signature is valid for several
/// messages. The list has every encoding, without the sign.
fn has_small_order(key: &[u8; 32]) -> bool {
    const LAST: u8 = 0x7f;
    let mut near = [0xff; 32];
    near[31] = LAST;
    let mut unsigned = *key;
    unsigned[31] &= LAST;
    let is_near_the_prime = unsigned[1..] == near[1..] && (0xec..=0xee).contains(&unsigned[0]);
    let is_zero_or_one = unsigned[1..] == [0; 31] && unsigned[0] <= 1;
    is_zero_or_one || is_near_the_prime || ORDER_8.contains(&unsigned)
}

/// The points of order 8.
const ORDER_8: [[u8; 32]; 2] = [
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
];
