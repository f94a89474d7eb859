#![doc = include_str!("../README.md")]

mod algorithm;
mod base64url;
mod claims;
mod compact;
mod error;
mod jwk;
mod key_set;
mod members;
mod public_key;
mod rules;

#[cfg(feature = "actix")]
pub mod actix;
#[cfg(feature = "axum")]
pub mod axum;
#[cfg(any(feature = "actix", feature = "axum"))]
mod bearer;
#[cfg(feature = "cache")]
mod cache;
#[cfg(feature = "cache")]
mod fetch;
#[cfg(feature = "issue")]
mod signing_key;
#[cfg(feature = "cache")]
mod verifier;

#[cfg(any(feature = "actix", feature = "axum"))]
pub use self::bearer::Refusal;
#[cfg(feature = "hyper")]
pub use self::fetch::HttpsKeys;
#[cfg(feature = "cache")]
pub use self::fetch::{FetchError, FetchKeys, FetchedKeys, max_age};
#[cfg(feature = "issue")]
pub use self::rules::verify_own;
#[cfg(feature = "issue")]
pub use self::signing_key::{SigningKey, SigningKeyError};
#[cfg(feature = "cache")]
pub use self::verifier::{KeysUnavailable, Verifier, VerifierBuilder, VerifyError};
pub use self::{
    algorithm::Algorithm,
    claims::Claims,
    error::{RulesError, TokenError},
    jwk::{Jwk, JwkSet},
    key_set::{KeySet, KeySetError},
    public_key::{PublicKey, PublicKeyError},
    rules::Rules,
};

/// Greatest length of a token in bytes. Longer ones are refused before they are read.
pub const MAX_TOKEN_LENGTH: usize = 8 * 1024;

/// Path of the JWK Set below the issuer.
pub const KEYS_PATH: &str = "/.well-known/jwks.json";
