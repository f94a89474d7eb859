mod file;
mod variables;

use std::{collections::BTreeMap, env, path::Path};

use super::SettingsError;

const DEFAULT_FILE: &str = "passport.toml";

/// Given values by dotted key.
#[derive(Debug, Default)]
pub(super) struct Source {
    pub(super) given: BTreeMap<String, Given>,
    /// Environment variables that begin like a setting and are none: their names.
    pub(super) unread_variables: Vec<String>,
}

/// A given value.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) value: GivenValue,
    pub(super) origin: String,
}

/// A text, as environment variables are, or a list.
#[derive(Debug, Clone)]
pub(super) enum GivenValue {
    Text(String),
    List(Vec<String>),
}

impl Source {
    /// The file, overridden by the variables `PASSPORT__SECTION__KEY`.
    pub(super) fn load(file: Option<&Path>) -> Result<Self, SettingsError> {
        let mut source = Self::default();
        let path = file.unwrap_or(Path::new(DEFAULT_FILE));
        if let Some(text) = file::read(path, file.is_some())? {
            file::parse(&text, path, &mut source.given)?;
        }
        source.add_variables(env::vars_os())?;
        Ok(source)
    }

    pub(super) fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let given = |(key, text): (&str, &str)| {
            let value = GivenValue::Text(text.to_owned());
            (key.to_owned(), Given { value, origin: "given".to_owned() })
        };
        Self { given: pairs.into_iter().map(given).collect(), unread_variables: Vec::new() }
    }
}

impl GivenValue {
    /// The value as text; items of a list have commas between.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::List(items) => items.join(","),
        }
    }

    /// The items of a list: those of an array, also of one that is written as text, or what stands
    /// between commas.
    pub(super) fn items(&self) -> Vec<String> {
        match self {
            Self::List(items) => items.clone(),
            Self::Text(text) => file::array(text).unwrap_or_else(|| {
                let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
                items.map(str::to_owned).collect()
            }),
        }
    }
}
