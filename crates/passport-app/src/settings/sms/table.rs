use std::{fmt::Display, fs, ops::RangeInclusive, str::FromStr, time::Duration};

use passport_sms_client::{SettingsError, Templates};
use passport_sms_gateways::{Calls, Fields, HttpsSettings};
use secrecy::SecretString;

use super::super::reader::Reader;

/// Reads `[sms.<name>]`.
pub(super) struct Table<'a> {
    pub(super) reader: &'a mut Reader,
    name: &'a str,
    /// Whether a missing key is a fault.
    is_used: bool,
    /// Keys that are missing.
    missing: Vec<String>,
    /// Keys whose values were refused.
    refused: Vec<String>,
    limits: TimeLimits,
}

/// Times of a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct TimeLimits {
    /// Equal share of one gateway.
    pub(super) share: Duration,
    /// The whole.
    pub(super) deadline: Duration,
}

impl<'a> Table<'a> {
    /// `limits` are the default time limits.
    pub(super) fn new(
        reader: &'a mut Reader,
        name: &'a str,
        is_used: bool,
        limits: TimeLimits,
    ) -> Self {
        Self { reader, name, is_used, missing: Vec::new(), refused: Vec::new(), limits }
    }

    pub(super) fn name(&self) -> &'a str {
        self.name
    }

    /// The whole key.
    pub(super) fn key(&self, key: &str) -> String {
        format!("sms.{}.{key}", self.name)
    }

    pub(super) fn number<T>(&mut self, key: &str, default: &str, range: RangeInclusive<T>) -> T
    where
        T: FromStr + PartialOrd + Display,
    {
        self.reader.number(&self.key(key), default, range)
    }

    pub(super) fn list<T>(
        &mut self,
        key: &str,
        default: &str,
        allowed: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Vec<T> {
        self.reader.list(&self.key(key), default, allowed, parse)
    }

    /// Records the faults that the gateway finds in its settings, except those of keys with a recorded
    /// fault.
    pub(super) fn check(&mut self, faults: Vec<SettingsError>) {
        if !self.is_used {
            return;
        }
        for SettingsError { setting, allowed, .. } in faults {
            // The keys that differ from the names of the settings.
            let (key, shown) = match setting {
                "templates" => ("template_id", "template_id, and the ids in templates,"),
                "extra_root_ca" => ("root_ca", "root_ca"),
                setting => (setting, setting),
            };
            let mut recorded = self.missing.iter().chain(&self.refused);
            if !recorded.any(|recorded| recorded == key) {
                let fault = format!("{} must be {allowed}", self.key(shown));
                self.reader.fault(fault);
            }
        }
    }
}

impl Fields for Table<'_> {
    fn optional(&mut self, key: &str) -> Option<String> {
        self.reader.optional(&self.key(key))
    }

    fn text(&mut self, key: &str, default: &str) -> String {
        self.reader.read(&self.key(key), default, "set", |text| {
            (!text.is_empty()).then(|| text.to_owned())
        })
    }

    fn optional_secret(&mut self, key: &str) -> Option<SecretString> {
        self.reader.secret(&self.key(key)).map(SecretString::from)
    }

    fn list(&mut self, key: &str) -> Vec<String> {
        let is_set = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        self.reader.list(&self.key(key), "", "texts", is_set)
    }

    fn secrets(&mut self, key: &str) -> Vec<SecretString> {
        self.reader.secret_list(&self.key(key)).into_iter().map(SecretString::from).collect()
    }

    fn flag(&mut self, key: &str, default: bool) -> bool {
        self.reader.flag(&self.key(key), default)
    }

    fn duration(&mut self, key: &str, default: Duration) -> Duration {
        let default = format!("{}s", default.as_secs());
        self.reader.duration(&self.key(key), &default, "1s"..="1h")
    }

    fn choice(&mut self, key: &str, choices: &[&str]) -> usize {
        self.reader.read(&self.key(key), choices[0], choices.join(" or "), |text| {
            choices.iter().position(|choice| *choice == text)
        })
    }

    fn endpoint(&mut self, default: &str) -> String {
        let allowed = "https://, a host and perhaps a port";
        self.reader.read(&self.key("endpoint"), default, allowed, |text| {
            text.starts_with("https://").then(|| text.to_owned())
        })
    }

    /// `connect_timeout`, `timeout` and `root_ca`
    ///
    /// The router ends a call when it took unusually long for this gateway, so the whole may take as
    /// long as a message. A connection that does not open is given up earlier, so that there is time
    /// for another one.
    fn https(&mut self, calls: Calls) -> HttpsSettings {
        let mut https = HttpsSettings::default();
        let default = |duration: Duration| format!("{}ms", duration.as_millis().max(100));
        let range = || "100ms"..="60s";
        let key = self.key("connect_timeout");
        let connecting = match calls {
            Calls::Single => self.limits.share / 2,
            Calls::Joined => self.limits.share / 4,
        };
        https.connect_timeout = self.reader.duration(&key, &default(connecting), range());
        let key = self.key("timeout");
        https.timeout = self.reader.duration(&key, &default(self.limits.deadline), range());
        if let Some(path) = self.optional("root_ca") {
            match fs::read_to_string(&path) {
                Ok(pem) => https.extra_root_ca = Some(pem),
                Err(error) => {
                    let key = self.key("root_ca");
                    self.reader
                        .fault(format!("{key} is \"{path}\", which cannot be read: {error}"));
                }
            }
        }
        https
    }

    fn table(&mut self, key: &str) -> Vec<(String, String)> {
        self.reader.table(&self.key(key))
    }

    fn secret_table(&mut self, key: &str) -> Vec<(String, SecretString)> {
        let secrets = self.reader.secret_table(&self.key(key)).into_iter();
        secrets.map(|(name, text)| (name, SecretString::from(text))).collect()
    }

    fn optional_templates(&mut self) -> Option<Templates> {
        self.read_templates()
    }

    fn missing(&mut self, key: &str) {
        self.missing.push(key.to_owned());
        if self.is_used {
            let (key, name) = (self.key(key), self.name);
            self.reader.fault(format!("{key} must be set for the gateway {name}"));
        }
    }

    fn refuse(&mut self, key: &str, allowed: &str) {
        if self.is_used && !self.missing.iter().any(|missing| missing == key) {
            let fault = format!("{} must be {allowed}", self.key(key));
            self.reader.fault(fault);
        }
        self.refused.push(key.to_owned());
    }

    fn conflict(&mut self, one: &str, other: &str) {
        let (one, other) = (self.key(one), self.key(other));
        self.reader.fault(format!("{one} and {other} are both set: choose one"));
    }
}
