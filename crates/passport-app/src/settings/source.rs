mod file;
mod given;
mod toml;
mod variables;

use std::{collections::BTreeMap, env, path::Path};

pub(super) use given::{Given, GivenValue};

use super::remark::SettingsError;

const DEFAULT_FILE: &str = "passport.toml";

/// Given values by dotted key.
#[derive(Debug, Default)]
pub(super) struct Source {
    pub(super) given: BTreeMap<String, Given>,
    /// Environment variables that begin like a setting and are none: their names.
    pub(super) unread_variables: Vec<String>,
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
