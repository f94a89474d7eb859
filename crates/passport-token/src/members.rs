use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};
use serde_json::Value;

use crate::TokenError;

/// Greatest integer that every implementation of JSON reads exactly.
const MOST: u64 = (1 << 53) - 1;

/// Members of a JSON object. An object that has a name twice is refused, because parsers differ in the
/// one that they take.
#[derive(Debug)]
pub(crate) struct Members(BTreeMap<String, Value>);

impl Members {
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The string of this name, which must be there.
    pub(crate) fn text(&self, name: &'static str) -> Result<&str, TokenError> {
        self.optional_text(name)?.ok_or(TokenError::Claim(name))
    }

    /// The string of this name.
    pub(crate) fn optional_text(&self, name: &'static str) -> Result<Option<&str>, TokenError> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(TokenError::Claim(name)),
        }
    }

    /// The time of this name, which must be there: whole seconds since 1970.
    pub(crate) fn time(&self, name: &'static str) -> Result<u64, TokenError> {
        self.optional_time(name)?.ok_or(TokenError::Claim(name))
    }

    /// The time of this name.
    pub(crate) fn optional_time(&self, name: &'static str) -> Result<Option<u64>, TokenError> {
        let Some(value) = self.0.get(name) else { return Ok(None) };
        let time = value.as_u64().filter(|time| *time <= MOST);
        time.map(Some).ok_or(TokenError::Claim(name))
    }

    /// The list of strings of this name; empty if there is none.
    pub(crate) fn texts(&self, name: &'static str) -> Result<Vec<String>, TokenError> {
        let Some(value) = self.0.get(name) else { return Ok(Vec::new()) };
        let texts = value.as_array().and_then(|values| {
            values.iter().map(|value| value.as_str().map(ToOwned::to_owned)).collect()
        });
        texts.ok_or(TokenError::Claim(name))
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Unique)
    }
}

struct Unique;

impl<'de> Visitor<'de> for Unique {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = BTreeMap::new();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a member occurs twice"));
            }
        }
        Ok(Members(members))
    }
}
