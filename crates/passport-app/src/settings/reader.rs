use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
};

use super::{
    Remark, SettingsError,
    shown::{Shown, ShownValue},
    source::{Given, GivenValue, Source},
    strays::strays,
};

/// Origin of a value that is not set.
const DEFAULT: &str = "default";

/// Reads keys one by one, and collects values, faults and warnings.
pub(super) struct Reader {
    unread: BTreeMap<String, Given>,
    unread_variables: Vec<String>,
    shown: Vec<Shown>,
    faults: Vec<Remark>,
    warnings: Vec<Remark>,
}

/// Settings that were read without a fault.
pub(super) struct Reading {
    pub(super) shown: Vec<Shown>,
    pub(super) warnings: Vec<Remark>,
}

impl Reader {
    pub(super) fn new(source: Source) -> Self {
        Self {
            unread: source.given,
            unread_variables: source.unread_variables,
            shown: Vec::new(),
            faults: Vec::new(),
            warnings: Vec::new(),
        }
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
        let value = parse(&self.text(key, default, Show::Plain));
        if value.is_none() {
            self.fault_in(key, format!("but must be {allowed}"));
        }
        value
    }

    /// Whether the settings have `key`, which was not read yet.
    pub(super) fn is_given(&self, key: &str) -> bool {
        self.unread.contains_key(key)
    }

    /// A list whose items `parse` accepts: an array, or a text with commas between the items.
    pub(super) fn list<T>(
        &mut self,
        key: &str,
        default: &str,
        allowed: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Vec<T> {
        let items = self.take(key, default, Show::Items).items();
        let parsed: Option<_> = items.iter().map(|item| parse(item.trim())).collect();
        parsed.unwrap_or_else(|| {
            self.fault_in(key, format!("but must be {allowed}"));
            let defaults = default.split(',').filter(|item| !item.is_empty());
            defaults.map(|item| parse(item).expect("a default is allowed")).collect()
        })
    }

    /// A list of texts that are masked when shown.
    pub(super) fn secret_list(&mut self, key: &str) -> Vec<String> {
        let items = self.take(key, "", Show::Masked).items();
        items.into_iter().filter(|item| !item.is_empty()).collect()
    }

    /// An optional text.
    pub(super) fn optional(&mut self, key: &str) -> Option<String> {
        Some(self.text(key, "", Show::Plain)).filter(|text| !text.is_empty())
    }

    /// An optional text that is masked when shown.
    pub(super) fn secret(&mut self, key: &str) -> Option<String> {
        Some(self.text(key, "", Show::Masked)).filter(|text| !text.is_empty())
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
            let text = self.text(&format!("{section}.{name}"), "", show());
            (name, text)
        };
        names.into_iter().map(value).collect()
    }

    /// A text with a secret part, which `mask` removes for showing.
    pub(super) fn url(&mut self, key: &str, default: &str, mask: fn(&str) -> String) -> String {
        self.text(key, default, Show::With(mask))
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
        self.faults.push(Remark::new(text));
    }

    /// Records a fault in the value of `key`, which was read.
    pub(super) fn fault_in(&mut self, key: &str, text: impl Display) {
        self.faults.push(self.remark(key, text));
    }

    /// Records a warning about the value of `key`, which was read: the value is allowed and likely a
    /// mistake. The text says why and what to do.
    pub(super) fn warn(&mut self, key: &str, text: impl Display) {
        self.warnings.push(self.remark(key, text));
    }

    /// `KEY is "VALUE" (ORIGIN), TEXT`
    fn remark(&self, key: &str, text: impl Display) -> Remark {
        let shown = self.shown.iter().find(|shown| shown.key == key);
        let value = shown.and_then(|shown| match &shown.value {
            ShownValue::Plain(text) => Some(text.clone()),
            ShownValue::Masked => Some("***".to_owned()),
            ShownValue::Unset => None,
        });
        let origin = shown.map_or(DEFAULT, |shown| &shown.origin).to_owned();
        let is = value.as_deref().unwrap_or_default();
        Remark {
            text: format!("{key} is {is:?} ({origin}), {text}"),
            key: Some(key.to_owned()),
            value,
            origin: Some(origin),
        }
    }

    /// Every key that was read, with its value and origin, and all warnings.
    ///
    /// # Errors
    ///
    /// All faults; a key that was set and never read is one.
    pub(super) fn finish(mut self) -> Result<Reading, SettingsError> {
        for (key, given) in &self.unread {
            let moved = MOVED.iter().find(|(former, _)| former == key);
            let near = || nearest(key, self.shown.iter().map(|shown| shown.key.as_str()));
            let hint = match moved {
                Some((_, to)) => format!("; {to}"),
                None => near().map(|near| format!("; did you mean {near}?")).unwrap_or_default(),
            };
            self.faults.push(Remark {
                text: format!("{key} ({}) is not a setting{hint}", given.origin),
                key: Some(key.clone()),
                value: None,
                origin: Some(given.origin.clone()),
            });
        }
        self.warnings.extend(strays(&self.unread_variables, &self.shown));
        let Self { shown, faults, warnings, .. } = self;
        if faults.is_empty() {
            Ok(Reading { shown, warnings })
        } else {
            Err(SettingsError { faults, warnings })
        }
    }

    /// The text of a key that takes one value.
    fn text(&mut self, key: &str, default: &str, show: Show) -> String {
        let value = self.take(key, default, show);
        if let GivenValue::List(_) = value {
            self.fault_in(key, "but takes one value and no list");
        }
        value.text()
    }

    fn take(&mut self, key: &str, default: &str, show: Show) -> GivenValue {
        let default = || (GivenValue::Text(default.to_owned()), DEFAULT.to_owned());
        let (given, origin) =
            self.unread.remove(key).map_or_else(default, |given| (given.value, given.origin));
        let text = match show {
            Show::Items => given.items().join(","),
            Show::Plain | Show::Masked | Show::With(_) => given.text(),
        };
        let value = match (text.is_empty(), show) {
            (true, _) => ShownValue::Unset,
            (false, Show::Plain | Show::Items) => ShownValue::Plain(text.clone()),
            (false, Show::Masked) => ShownValue::Masked,
            (false, Show::With(mask)) => ShownValue::Plain(mask(&text)),
        };
        self.shown.push(Shown { key: key.to_owned(), value, origin });
        if text.contains(char::REPLACEMENT_CHARACTER) {
            self.fault_in(
                key,
                "but U+FFFD stands for characters that were lost in a conversion: write them again",
            );
        }
        given
    }
}

/// Former keys, and what has replaced them.
const MOVED: [(&str, &str); 1] = [(
    "http.allowed_origins",
    "list the origins in apps.<name>.origins, a table for each application",
)];

enum Show {
    Plain,
    /// The items of a list, in one form.
    Items,
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
