use std::time::Duration;

use passport_sms_client::Templates;
use secrecy::{ExposeSecret, SecretString};

use crate::settings::HttpsSettings;

/// A source of settings: a table of a configuration file, or variables of the environment.
///
/// No method fails. The source records what is missing or malformed under its key and returns a
/// placeholder, so that all faults are reported at once; the account is not opened then.
pub trait Fields {
    /// A text, if it is set.
    fn optional(&mut self, key: &str) -> Option<String>;

    /// A text with a default.
    fn text(&mut self, key: &str, default: &str) -> String;

    /// A secret, if it is set.
    fn optional_secret(&mut self, key: &str) -> Option<SecretString>;

    /// A switch with a default.
    fn flag(&mut self, key: &str, default: bool) -> bool;

    /// A time of one second to one hour, with a default.
    fn duration(&mut self, key: &str, default: Duration) -> Duration;

    /// The index of one of `choices`; the first one is the default.
    fn choice(&mut self, key: &str, choices: &[&str]) -> usize;

    /// The key `endpoint`: `https://host` or `https://host:port`.
    fn endpoint(&mut self, default: &str) -> String;

    /// Time limits and trust. `calls` decides how early a connection is given up by default.
    fn https(&mut self, calls: Calls) -> HttpsSettings;

    /// The values of a table with free names, sorted by name; empty if it is not set.
    fn table(&mut self, key: &str) -> Vec<(String, String)>;

    /// The same, but every value may be a secret.
    fn secret_table(&mut self, key: &str) -> Vec<(String, SecretString)>;

    /// Templates, if any is set.
    fn optional_templates(&mut self) -> Option<Templates>;

    /// Records that `key` must be set.
    fn missing(&mut self, key: &str);

    /// Records that only one of two keys may be set.
    fn conflict(&mut self, one: &str, other: &str);

    /// Records that the value of `key` cannot be used, because it must be `allowed`.
    fn refuse(&mut self, key: &str, allowed: &str);

    /// Texts with commas between, without white space around them.
    fn list(&mut self, key: &str) -> Vec<String> {
        let text = self.optional(key).unwrap_or_default();
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        items.map(str::to_owned).collect()
    }

    /// A text that must be set.
    fn needed(&mut self, key: &str) -> String {
        let text = self.optional(key);
        self.need(key, text.is_some());
        text.unwrap_or_default()
    }

    /// A secret that must be set.
    fn needed_secret(&mut self, key: &str) -> SecretString {
        let secret = self.optional_secret(key);
        self.need(key, secret.is_some());
        secret.unwrap_or_default()
    }

    /// Secrets with commas between; there are several during a rotation.
    fn secrets(&mut self, key: &str) -> Vec<SecretString> {
        let text = self.optional_secret(key).unwrap_or_default();
        let items = text.expose_secret().split(',').map(str::trim);
        items.filter(|item| !item.is_empty()).map(SecretString::from).collect()
    }

    /// Templates that must be set; the key is `template_id`.
    fn templates(&mut self) -> Templates {
        let templates = self.optional_templates();
        self.need("template_id", templates.is_some());
        templates.unwrap_or_default()
    }

    /// Records that `key` must be set unless it `is_set`.
    fn need(&mut self, key: &str, is_set: bool) {
        if !is_set {
            self.missing(key);
        }
    }
}

/// How many calls of one message a router makes to a gateway at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calls {
    /// One.
    Single,
    /// More while one is slow, because the gateway recognises a repeated message. A connection that does
    /// not open is given up earlier, because the next call opens another one.
    Joined,
}
