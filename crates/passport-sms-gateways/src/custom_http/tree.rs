use serde_json::{Map, Value};

use crate::custom_http::pattern::{Name, Pattern};

/// JSON with placeholders in its strings. It is filled as a tree, so it stays valid whatever the values.
#[derive(Debug, Clone)]
pub(super) enum Tree {
    /// A number, true, false or null.
    Fixed(Value),
    Text(Pattern),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

impl Tree {
    /// Reads JSON.
    ///
    /// # Errors
    ///
    /// What is wrong with it, without a part of it.
    pub(super) fn parse(text: &str, own: &[&str]) -> Result<Self, String> {
        let value = serde_json::from_str(text).map_err(|error| {
            format!(
                "JSON with placeholders inside of its strings, but line {}, column {} is not",
                error.line(),
                error.column()
            )
        })?;
        Self::of(value, own)
    }

    fn of(value: Value, own: &[&str]) -> Result<Self, String> {
        Ok(match value {
            Value::String(text) => Self::Text(Pattern::parse(&text, own)?),
            Value::Array(items) => {
                let items = items.into_iter().map(|item| Self::of(item, own));
                Self::List(items.collect::<Result<_, _>>()?)
            }
            Value::Object(items) => {
                let items = items.into_iter().map(|(name, item)| {
                    if Pattern::parse(&name, own)?.names().next().is_some() {
                        return Err(
                            "JSON without placeholders in the names of its fields".to_owned()
                        );
                    }
                    Ok((name, Self::of(item, own)?))
                });
                Self::Object(items.collect::<Result<_, _>>()?)
            }
            fixed @ (Value::Null | Value::Bool(_) | Value::Number(_)) => Self::Fixed(fixed),
        })
    }

    /// The JSON in which `fill` has filled every string.
    pub(super) fn fill(&self, fill: &impl Fn(&Pattern) -> String) -> Value {
        match self {
            Self::Fixed(value) => value.clone(),
            Self::Text(pattern) => Value::String(fill(pattern)),
            Self::List(items) => items.iter().map(|item| item.fill(fill)).collect(),
            Self::Object(items) => {
                let items = items.iter().map(|(name, item)| (name.clone(), item.fill(fill)));
                Value::Object(items.collect::<Map<_, _>>())
            }
        }
    }

    pub(super) fn names(&self) -> Vec<Name> {
        match self {
            Self::Fixed(_) => Vec::new(),
            Self::Text(pattern) => pattern.names().collect(),
            Self::List(items) => items.iter().flat_map(Self::names).collect(),
            Self::Object(items) => items.iter().flat_map(|(_, item)| item.names()).collect(),
        }
    }
}
