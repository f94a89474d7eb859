use std::{fs, ops::RangeInclusive, str::FromStr, time::Duration};

use passport_sms_client::{HttpsSettings, SettingsError};
use secrecy::SecretString;

use super::super::reader::Reader;

/// Reads `[sms.<name>]`.
pub(super) struct Table<'a> {
    pub(super) reader: &'a mut Reader,
    name: &'a str,
    /// Whether what is missing is a fault.
    pub(super) is_used: bool,
    /// The keys without which there is no value, as they are called here.
    missing: Vec<String>,
    share: Duration,
}

/// Whether the router joins a slow call by others, as it does where a gateway knows a message by its
/// id. The last one begins later than the first, and has to give up in time as well.
#[derive(Debug, Clone, Copy)]
pub(super) enum Calls {
    Single,
    Joined,
}

impl<'a> Table<'a> {
    pub(super) fn new(
        reader: &'a mut Reader,
        name: &'a str,
        is_used: bool,
        share: Duration,
    ) -> Self {
        Self { reader, name, is_used, missing: Vec::new(), share }
    }

    pub(super) fn name(&self) -> &'a str {
        self.name
    }

    /// The whole key.
    pub(super) fn key(&self, key: &str) -> String {
        format!("sms.{}.{key}", self.name)
    }

    /// A text that the gateway cannot do without.
    pub(super) fn needed(&mut self, key: &str) -> String {
        let text = self.optional(key);
        self.need(key, text.as_ref());
        text.unwrap_or_default()
    }

    /// A secret that the gateway cannot do without.
    pub(super) fn needed_secret(&mut self, key: &str) -> SecretString {
        let secret = self.reader.secret(&self.key(key));
        self.need(key, secret.as_ref());
        secret.unwrap_or_default().into()
    }

    /// Notes that `key` is missing if there is no value.
    pub(super) fn need<T>(&mut self, key: &str, value: Option<&T>) {
        if value.is_some() {
            return;
        }
        self.missing.push(key.to_owned());
        if self.is_used {
            let (key, name) = (self.key(key), self.name);
            self.reader.fault(format!("{key} must be set for the gateway {name}"));
        }
    }

    /// A text with a default.
    pub(super) fn text(&mut self, key: &str, default: &str) -> String {
        self.reader.read(&self.key(key), default, "set", |text| {
            (!text.is_empty()).then(|| text.to_owned())
        })
    }

    pub(super) fn optional(&mut self, key: &str) -> Option<String> {
        self.reader.optional(&self.key(key))
    }

    pub(super) fn optional_secret(&mut self, key: &str) -> Option<SecretString> {
        self.reader.secret(&self.key(key)).map(SecretString::from)
    }

    /// Secrets with commas between; several during a rotation.
    pub(super) fn secrets(&mut self, key: &str) -> Vec<SecretString> {
        let text = self.reader.secret(&self.key(key)).unwrap_or_default();
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        items.map(SecretString::from).collect()
    }

    pub(super) fn flag(&mut self, key: &str, default: bool) -> bool {
        self.reader.flag(&self.key(key), default)
    }

    pub(super) fn number<T>(&mut self, key: &str, default: &str, range: RangeInclusive<T>) -> T
    where
        T: FromStr + PartialOrd + std::fmt::Display,
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

    /// One of `choices`, of which the first is the default.
    pub(super) fn choice<T: Copy>(&mut self, key: &str, choices: &[(&str, T)]) -> T {
        let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
        self.reader.read(&self.key(key), names[0], names.join(" or "), |text| {
            choices.iter().find(|(name, _)| *name == text).map(|(_, choice)| *choice)
        })
    }

    /// `endpoint`
    pub(super) fn endpoint(&mut self, default: &str) -> String {
        let allowed = "https://, a host and perhaps a port";
        self.reader.read(&self.key("endpoint"), default, allowed, |text| {
            text.starts_with("https://").then(|| text.to_owned())
        })
    }

    /// `connect_timeout`, `timeout` and `root_ca`
    ///
    /// Only the gateway itself can tell that nothing left. So it has to give up before the router
    /// does, or a gateway that is down would leave every message in doubt.
    pub(super) fn https(&mut self, calls: Calls) -> HttpsSettings {
        let mut https = HttpsSettings::default();
        let default = |duration: Duration| format!("{}ms", duration.as_millis().max(100));
        let range = || "100ms"..="60s";
        let key = self.key("connect_timeout");
        let connecting = match calls {
            Calls::Single => self.share / 2,
            Calls::Joined => self.share / 4,
        };
        https.connect_timeout = self.reader.duration(&key, &default(connecting), range());
        let key = self.key("timeout");
        https.timeout = self.reader.duration(&key, &default(self.share), range());
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

    /// Takes note of everything that the gateway's client says of the settings. What is missing was
    /// said before.
    pub(super) fn check(&mut self, faults: Vec<SettingsError>) {
        if !self.is_used {
            return;
        }
        for SettingsError { setting, allowed } in faults {
            // Where a key here has another name than in the client's settings.
            let (keys, key) = match setting {
                "templates" => (vec!["template_id"], "template_id, and the ids in templates,"),
                "credentials" => (
                    vec!["auth_token", "api_key_secret"],
                    "auth_token, or api_key_sid and api_key_secret,",
                ),
                "sender" => (vec!["from"], "from, or messaging_service_sid,"),
                "extra_root_ca" => (vec!["root_ca"], "root_ca"),
                setting => (vec![setting], setting),
            };
            if !keys.iter().any(|key| self.missing.iter().any(|missing| missing == key)) {
                let fault = format!("{} must be {allowed}", self.key(key));
                self.reader.fault(fault);
            }
        }
    }
}
