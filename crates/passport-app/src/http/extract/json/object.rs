//! Parses a JSON object, and refuses a member that is there twice: which of the two is meant is not
//! known, and a proxy in front may have read the other one.

use std::{cell::RefCell, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::fields::{FaultCode, FieldFault};

/// Why a text is not taken as a JSON object.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotTaken {
    #[error("not a JSON object")]
    NotAnObject,
    #[error(transparent)]
    Duplicate(FieldFault),
}

/// Parses `body`. The parser refuses values that are nested more than 128 deep, and texts that are not
/// UTF-8.
pub(super) fn parse(body: &[u8]) -> Result<Map<String, Value>, NotTaken> {
    let fault = RefCell::new(None);
    let mut parser = serde_json::Deserializer::from_slice(body);
    let parsed = Unique(&fault).deserialize(&mut parser);
    match (fault.take(), parsed.and_then(|value| parser.end().map(|()| value))) {
        (Some(fault), _) => Err(NotTaken::Duplicate(fault)),
        (None, Ok(Value::Object(object))) => Ok(object),
        (None, _) => Err(NotTaken::NotAnObject),
    }
}

/// Builds a value, and records the first duplicate member with the pointer to it.
#[derive(Clone, Copy)]
struct Unique<'a>(&'a RefCell<Option<FieldFault>>);

impl Unique<'_> {
    /// A fault was recorded below `name`.
    fn deepen(self, name: &str) {
        self.0.replace_with(|fault| fault.take().map(|fault| fault.under(name)));
    }
}

impl<'de> DeserializeSeed<'de> for Unique<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unique<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        loop {
            let next = items.next_element_seed(self);
            match next.inspect_err(|_| self.deepen(&values.len().to_string()))? {
                Some(value) => values.push(value),
                None => return Ok(Value::Array(values)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if object.contains_key(&name) {
                self.0.replace(Some(FieldFault::at(&name, FaultCode::Duplicate)));
                return Err(A::Error::custom("duplicate member"));
            }
            let value = members.next_value_seed(self).inspect_err(|_| self.deepen(&name))?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}
