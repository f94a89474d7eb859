use std::{collections::BTreeMap, path::Path};

use config::{Config, ConfigError, Environment, File, FileFormat, Value, ValueKind};

use super::{Fault, SettingsError};

const DEFAULT_FILE: &str = "passport.toml";

/// Given values, as text, by dotted key.
#[derive(Debug, Default)]
pub(super) struct Source(pub(super) BTreeMap<String, Given>);

/// A given value.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) text: String,
    pub(super) origin: String,
}

impl Source {
    /// The file, overridden by the variables `PASSPORT__SECTION__KEY`.
    pub(super) fn load(file: Option<&Path>) -> Result<Self, SettingsError> {
        let path = file.unwrap_or(Path::new(DEFAULT_FILE));
        let refuse = |text| SettingsError(vec![Fault::new(text)]);
        if file.is_some() && !path.is_file() {
            return Err(refuse(format!(
                "there is no file {}, which --config names",
                path.display()
            )));
        }
        let environment =
            Environment::with_prefix("PASSPORT").prefix_separator("__").separator("__");
        let config = Config::builder()
            .add_source(File::from(path).format(FileFormat::Toml).required(path.exists()))
            .add_source(environment)
            .build()
            .map_err(|error| refuse(one_line(&error, path)))?;
        let mut source = Self::default();
        source.flatten("", config.cache, path);
        Ok(source)
    }

    pub(super) fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let given = |(key, text): (&str, &str)| {
            (key.to_owned(), Given { text: text.to_owned(), origin: "given".to_owned() })
        };
        Self(pairs.into_iter().map(given).collect())
    }

    fn flatten(&mut self, key: &str, value: Value, file: &Path) {
        if let ValueKind::Table(table) = value.kind {
            for (name, value) in table {
                let key = if key.is_empty() { name } else { format!("{key}.{name}") };
                self.flatten(&key, value, file);
            }
            return;
        }
        let origin = match value.origin() {
            Some("the environment") => {
                format!("PASSPORT__{}", key.replace('.', "__").to_uppercase())
            }
            _ => file.display().to_string(),
        };
        self.0.insert(key.to_owned(), Given { text: text(value), origin });
    }
}

/// The value as text; the items of a list are separated by commas, as in an environment variable.
fn text(value: Value) -> String {
    match value.kind {
        ValueKind::Array(values) => values.into_iter().map(text).collect::<Vec<_>>().join(","),
        _ => value.into_string().unwrap_or_default(),
    }
}

/// The error on one line, without the excerpt of the file, because the excerpt may contain a secret.
fn one_line(error: &ConfigError, path: &Path) -> String {
    let ConfigError::FileParse { cause, .. } = error else { return error.to_string() };
    let is_drawing = |line: &str| {
        line.trim_start_matches(|it: char| it == ' ' || it.is_ascii_digit()).starts_with('|')
    };
    let cause = cause.to_string();
    let lines = cause.lines().map(str::trim).filter(|line| !line.is_empty() && !is_drawing(line));
    format!("{}: {}", path.display(), lines.collect::<Vec<_>>().join(": "))
}
