use serde::{Deserialize, Serialize};

use crate::{Algorithm, base64url};

/// A public key as JSON (RFC 7517, RFC 8037). Members of private keys are not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    /// Family of the key: `OKP` or `EC`.
    #[serde(rename = "kty")]
    pub family: String,
    /// Curve.
    #[serde(rename = "crv", default, skip_serializing_if = "Option::is_none")]
    pub curve: Option<String>,
    /// The key, or its first coordinate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// Second coordinate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
    /// Use: `sig` for signatures.
    #[serde(rename = "use", default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
    /// Algorithm.
    #[serde(rename = "alg", default, skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<String>,
    /// Id of the key.
    #[serde(rename = "kid", default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

impl Jwk {
    /// An Ed25519 key.
    pub(crate) fn ed25519(id: &str, key: &[u8; 32]) -> Self {
        Self {
            family: "OKP".to_owned(),
            curve: Some("Ed25519".to_owned()),
            x: Some(base64url::encode(key)),
            y: None,
            usage: Some("sig".to_owned()),
            algorithm: Some(Algorithm::EdDsa.to_string()),
            id: Some(id.to_owned()),
        }
    }

    /// A P-256 key.
    pub(crate) fn p256(id: &str, x: &[u8], y: &[u8]) -> Self {
        Self {
            family: "EC".to_owned(),
            curve: Some("P-256".to_owned()),
            x: Some(base64url::encode(x)),
            y: Some(base64url::encode(y)),
            usage: Some("sig".to_owned()),
            algorithm: Some(Algorithm::Es256.to_string()),
            id: Some(id.to_owned()),
        }
    }

    /// Whether the key is for signatures that this crate verifies. Keys of other kinds and uses are left
    /// out of a set, as RFC 7517 says.
    pub(crate) fn algorithm(&self) -> Option<Algorithm> {
        let algorithm = match (self.family.as_str(), self.curve.as_deref()?) {
            ("OKP", "Ed25519") => Algorithm::EdDsa,
            ("EC", "P-256") => Algorithm::Es256,
            _ => return None,
        };
        let is_for_signatures = self.usage.as_deref().is_none_or(|usage| usage == "sig");
        let is_of_family = self.algorithm.as_deref().is_none_or(|it| it == algorithm.as_str());
        (is_for_signatures && is_of_family).then_some(algorithm)
    }
}

/// A set of public keys (RFC 7517, section 5).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct JwkSet {
    /// The keys.
    pub keys: Vec<Jwk>,
}
