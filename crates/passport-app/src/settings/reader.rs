use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
};

use super::{
    Fault, SettingsError,
    source::{Given, Source},
};

/// Reads keys one by one, and collects values and faults.
pub(super) struct Reader {
    unread: BTreeMap<String, Given>,
    shown: Vec<Shown>,
    faults: Vec<Fault>,
}

/// A key as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Dotted key, such as `http.listen`.
    pub key: String,
    /// Value, masked if it is secret.
    pub value: ShownValue,
    /// Origin: an environment variable, a file, or `default`.
    pub origin: String,
}

/// A value as `passport config show` prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShownValue {
    /// The text of the value.
    Plain(String),
    /// A secret that is set.
    Masked,
    /// No value.
    Unset,
}

impl Reader {
    pub(super) fn new(source: Source) -> Self {
        Self { unread: source.0, shown: Vec::new(), faults: Vec::new() }
    }

    /// The parsed value of `key`, or `default`. A value that does not parse becomes a fault, which says
    /// what is `allowed`, and the default is returned.
    pub(super) fn read<T>(
        &mut self,
        key: &str,
        default: &str,
        allowed: impl Display,
        parse: impl Fn(&str) -> Option<T>,
    ) -> T {
        self.try_read(key, default, allowed, &parse)
            .unwrap_or_else(|| parse(default).expect("a default is allowed"))
    }

    /// As `read`, for a default that may not parse: returns `None` after a fault.
    pub(super) fn try_read<T>(
        &mut self,
        key: &str,
        default: &str,
        allowed: impl Display,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let Given { text, origin } = self.take(key, default, Show::Plain);
        let value = parse(&text);
        if value.is_none() {
            self.fault(format!("{key} is {text:?} ({origin}), but must be {allowed}"));
        }
        value
    }

    /// An optional text.
    pub(super) fn optional(&mut self, key: &str) -> Option<String> {
        Some(self.take(key, "", Show::Plain).text).filter(|text| !text.is_empty())
    }

    /// An optional text that is masked when shown.
    pub(super) fn secret(&mut self, key: &str) -> Option<String> {
        Some(self.take(key, "", Show::Masked).text).filter(|text| !text.is_empty())
    }

    /// The values below `section`, by the rest of their keys.
    pub(super) fn table(&mut self, section: &str) -> Vec<(String, String)> {
        self.take_all(section, || Show::Plain)
    }

    /// The same, masked when shown.
    pub(super) fn secret_table(&mut self, section: &str) -> Vec<(String, String)> {
        self.take_all(section, || Show::Masked)
    }

    fn take_all(&mut self, section: &str, show: fn() -> Show) -> Vec<(String, String)> {
        let name = |key: &String| Some(key.strip_prefix(section)?.strip_prefix('.')?.to_owned());
        let names: Vec<_> = self.unread.keys().filter_map(name).collect();
        let value = |name: String| {
            let text = self.take(&format!("{section}.{name}"), "", show()).text;
            (name, text)
        };
        names.into_iter().map(value).collect()
    }

    /// A text with a secret part, which `mask` removes for showing.
    pub(super) fn url(&mut self, key: &str, default: &str, mask: fn(&str) -> String) -> String {
        self.take(key, default, Show::With(mask)).text
    }

    /// The tables below `section` that have keys not read yet.
    pub(super) fn sections(&self, section: &str) -> BTreeSet<String> {
        let name = |key: &String| {
            let (name, _) = key.strip_prefix(section)?.strip_prefix('.')?.split_once('.')?;
            Some(name.to_owned())
        };
        self.unread.keys().filter_map(name).collect()
    }

    /// Ignores the other keys of `section`, because its kind is unknown.
    pub(super) fn forget(&mut self, section: &str) {
        let prefix = format!("{section}.");
        self.unread.retain(|key, _| !key.starts_with(&prefix));
    }

    /// Records a fault that concerns more than one value.
    pub(super) fn fault(&mut self, text: impl Into<String>) {
        self.faults.push(Fault::new(text));
    }

    /// Every key that was read, with its value and origin.
    ///
    /// # Errors
    ///
    /// All faults; a key that was set and never read is one.
    pub(super) fn finish(mut self) -> Result<Vec<Shown>, SettingsError> {
        for (key, given) in &self.unread {
            let near = nearest(key, self.shown.iter().map(|shown| shown.key.as_str()));
            let hint = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
            let fault = format!("{key} ({}) is not a setting{hint}", given.origin);
            self.faults.push(Fault::new(fault));
        }
        if self.faults.is_empty() { Ok(self.shown) } else { Err(SettingsError(self.faults)) }
    }

    fn take(&mut self, key: &str, default: &str, show: Show) -> Given {
        let given = self
            .unread
            .remove(key)
            .unwrap_or_else(|| Given { text: default.to_owned(), origin: "default".to_owned() });
        let value = match (given.text.is_empty(), show) {
            (true, _) => ShownValue::Unset,
            (false, Show::Plain) => ShownValue::Plain(given.text.clone()),
            (false, Show::Masked) => ShownValue::Masked,
            (false, Show::With(mask)) => ShownValue::Plain(mask(&given.text)),
        };
        self.shown.push(Shown { key: key.to_owned(), value, origin: given.origin.clone() });
        given
    }
}

enum Show {
    Plain,
    Masked,
    With(fn(&str) -> String),
}

/// The known key that is closest to `key`, if it is close enough to be a misspelling.
fn nearest<'a>(key: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known.map(|it| (distance(key, it), it)).filter(|(d, _)| *d <= 3).min().map(|(_, it)| it)
}

/// Levenshtein distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
