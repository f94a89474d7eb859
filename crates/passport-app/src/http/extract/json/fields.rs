//! Reads a JSON object into a type, and names the member that is at fault.

use std::fmt;

use serde::{
    de::{
        self, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess,
        SeqAccess, Visitor,
    },
    forward_to_deserialize_any,
};
use serde_json::{Map, Value};

/// A member of a JSON body that does not fit the request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {code}")]
pub(in crate::http) struct FieldFault {
    /// JSON Pointer (RFC 6901) to the member, also to one that is missing.
    pub(super) pointer: String,
    pub(super) code: FaultCode,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum FaultCode {
    /// A required member is absent.
    Missing,
    /// The request has no such member.
    Unknown,
    /// The value has the wrong type, or is none of those allowed.
    Invalid,
    /// The object has the member twice.
    Duplicate,
    /// The request has such a member, but not together with the others.
    Unexpected,
}

impl FaultCode {
    /// The code as problems write it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unknown => "unknown",
            Self::Invalid => "invalid",
            Self::Duplicate => "duplicate",
            Self::Unexpected => "unexpected",
        }
    }
}

/// Reads `object`, which must be a JSON object: by itself serde fills a struct from an array too.
pub(super) fn read<T: DeserializeOwned>(object: Map<String, Value>) -> Result<T, FieldFault> {
    T::deserialize(Located(Value::Object(object)))
}

impl FieldFault {
    pub(super) fn at(name: &str, code: FaultCode) -> Self {
        Self { pointer: String::new(), code }.under(name)
    }

    /// The same fault as seen from the object or array that has its place under `name`.
    pub(super) fn under(self, name: &str) -> Self {
        let name = name.replace('~', "~0").replace('/', "~1");
        Self { pointer: format!("/{name}{}", self.pointer), ..self }
    }
}

impl de::Error for FieldFault {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self { pointer: String::new(), code: FaultCode::Invalid }
    }

    fn missing_field(name: &'static str) -> Self {
        Self::at(name, FaultCode::Missing)
    }

    fn unknown_field(name: &str, _: &'static [&'static str]) -> Self {
        Self::at(name, FaultCode::Unknown)
    }
}

impl fmt::Display for FaultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A value whose faults carry the pointer to it.
struct Located(Value);

impl<'de> Deserializer<'de> for Located {
    type Error = FieldFault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldFault> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Number(value) => value.deserialize_any(visitor).map_err(de::Error::custom),
            Value::String(value) => visitor.visit_string(value),
            Value::Array(items) => visitor.visit_seq(Items { items: items.into_iter(), at: 0 }),
            Value::Object(members) => {
                visitor.visit_map(Members { members: members.into_iter(), current: None })
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldFault> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, FieldFault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, FieldFault> {
        match self.0 {
            Value::Object(_) => self.deserialize_any(visitor),
            _ => Err(de::Error::custom("not an object")),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, FieldFault> {
        match self.0 {
            Value::String(name) => visitor.visit_enum(name.into_deserializer()),
            _ => Err(de::Error::custom("not the name of a variant")),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

struct Members {
    members: serde_json::map::IntoIter,
    current: Option<(String, Value)>,
}

impl<'de> MapAccess<'de> for Members {
    type Error = FieldFault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, FieldFault> {
        self.current = self.members.next();
        let Some((name, _)) = &self.current else { return Ok(None) };
        seed.deserialize(name.as_str().into_deserializer()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, FieldFault> {
        let (name, value) = self.current.take().ok_or_else(|| de::Error::custom("no member"))?;
        seed.deserialize(Located(value)).map_err(|fault| fault.under(&name))
    }
}

struct Items {
    items: std::vec::IntoIter<Value>,
    at: usize,
}

impl<'de> SeqAccess<'de> for Items {
    type Error = FieldFault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, FieldFault> {
        let Some(value) = self.items.next() else { return Ok(None) };
        let at = self.at;
        self.at += 1;
        seed.deserialize(Located(value)).map(Some).map_err(|fault| fault.under(&at.to_string()))
    }
}
