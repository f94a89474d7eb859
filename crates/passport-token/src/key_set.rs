use std::collections::BTreeMap;

use serde_json::Value;
use thiserror::Error;

use crate::{Jwk, JwkSet, PublicKey, compact::is_key_id};

/// Most keys that are read of a set.
const MAX_KEYS: usize = 64;

/// Keys of an issuer, by their ids.
#[derive(Debug, Clone, Default)]
pub struct KeySet(BTreeMap<String, PublicKey>);

impl KeySet {
    /// Reads a JWK Set. Keys that are not for signatures by a known algorithm, or have no id, are left
    /// out.
    ///
    /// # Errors
    ///
    /// See [`KeySetError`].
    pub fn from_json(json: &[u8]) -> Result<Self, KeySetError> {
        let set: Value = serde_json::from_slice(json).map_err(|_| KeySetError::Malformed)?;
        let keys = set.get("keys").and_then(Value::as_array).ok_or(KeySetError::Malformed)?;
        // A key of a form that this version does not know hides no other one.
        let keys = keys.iter().filter_map(|key| serde_json::from_value(key.clone()).ok());
        Self::new(&JwkSet { keys: keys.collect() })
    }

    /// Takes the keys of `set`.
    ///
    /// # Errors
    ///
    /// See [`KeySetError`].
    pub fn new(set: &JwkSet) -> Result<Self, KeySetError> {
        if set.keys.len() > MAX_KEYS {
            return Err(KeySetError::TooMany);
        }
        let named = |jwk: &Jwk| {
            let id = jwk.id.clone().filter(|id| is_key_id(id))?;
            Some((id, PublicKey::from_jwk(jwk).ok()?))
        };
        let mut keys = BTreeMap::new();
        for (id, key) in set.keys.iter().filter_map(named) {
            let former = keys.insert(id.clone(), key.clone());
            if former.is_some_and(|former| former != key) {
                return Err(KeySetError::TwoKeysOfOneId(id));
            }
        }
        if keys.is_empty() {
            return Err(KeySetError::Empty);
        }
        Ok(Self(keys))
    }

    /// The key of this id.
    pub fn get(&self, id: &str) -> Option<&PublicKey> {
        self.0.get(id)
    }

    /// Number of keys.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Reason why a JWK Set cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeySetError {
    /// Not a JWK Set.
    #[error("this is not a JWK Set: a JSON object with the list `keys`")]
    Malformed,
    /// No key can verify.
    #[error("the JWK Set has no key for EdDSA or ES256 with an id")]
    Empty,
    /// More keys than are read.
    #[error("the JWK Set has more than 64 keys")]
    TooMany,
    /// An id stands for two keys.
    #[error("the JWK Set has two keys of the id {0}")]
    TwoKeysOfOneId(String),
}
