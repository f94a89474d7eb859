use std::sync::Arc;

use passport_sms_client::{Gateway, SettingsError};
use secrecy::{ExposeSecret, SecretString};

use crate::Site;
use crate::kit::check::{is_alphanumeric, is_digits};
use crate::kit::faults::Faults;
use crate::settings::{Account, Calls, Fields, HttpsSettings};
use crate::vonage::Vonage;

/// Settings of an account at Vonage.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// Key of the account: letters and digits.
    pub api_key: String,
    /// Secret of the account.
    pub api_secret: SecretString,
    /// Sender of the messages: a number in digits, with or without a plus, or up to eleven letters and
    /// digits. Spaces do not count, because the provider ignores them.
    pub from: String,
    /// Address of the gateway: `https://host` or `https://host:port`.
    pub endpoint: String,
    /// Time limits and trust.
    pub https: HttpsSettings,
}

impl Settings {
    /// The production gateway.
    pub const PRODUCTION: &str = "https://rest.nexmo.com";

    /// Settings with defaults for everything else.
    pub fn new(
        api_key: impl Into<String>,
        api_secret: impl Into<SecretString>,
        from: impl Into<String>,
    ) -> Self {
        Self {
            api_key: api_key.into(),
            api_secret: api_secret.into(),
            from: from.into(),
            endpoint: Self::PRODUCTION.to_owned(),
            https: HttpsSettings::default(),
        }
    }
}

impl Account for Settings {
    fn read(fields: &mut dyn Fields) -> Self {
        let mut settings = Self::new(
            fields.needed("api_key"),
            fields.needed_secret("api_secret"),
            fields.needed("from"),
        );
        settings.endpoint = fields.endpoint(Self::PRODUCTION);
        settings.https = fields.https(Calls::Single);
        settings
    }

    fn faults(&self) -> Vec<SettingsError> {
        let mut faults = Faults::default();
        faults.refuse_if(!is_alphanumeric(&self.api_key), "api_key", "ASCII letters and digits");
        faults.refuse_if(self.api_secret.expose_secret().is_empty(), "api_secret", "set");
        faults.refuse_if(
            !is_sender(&self.from),
            "from",
            "up to 15 digits, or up to 11 ASCII letters and digits besides spaces",
        );
        faults.with_transport(&self.endpoint, &self.https)
    }

    fn https(&self) -> &HttpsSettings {
        &self.https
    }

    fn open(&self, site: &Site) -> Result<Arc<dyn Gateway>, SettingsError> {
        Ok(Arc::new(Vonage::open(self.clone(), site)?))
    }
}

fn is_sender(from: &str) -> bool {
    let number = from.strip_prefix('+').unwrap_or(from);
    let name = from.replace(' ', "");
    (is_digits(number) && number.len() <= 15) || (is_alphanumeric(&name) && name.len() <= 11)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::site;

    fn refused(change: impl FnOnce(&mut Settings)) -> &'static str {
        let mut settings = Settings::new("key1", "secret-token", "Passport");
        change(&mut settings);
        Vonage::open(settings, &site()).unwrap_err().setting
    }

    #[test]
    fn s8_every_sender_of_the_vendors_samples_is_accepted() {
        // The last one is E.164, in which the provider's reference specifies numbers.
        for from in ["AcmeInc", "Vonage APIs", "447700900000", "+447700900000"] {
            let settings = Settings::new("key1", "secret-token", from);
            assert_eq!(settings.faults(), [], "{from}");
        }
    }

    #[test]
    fn a_fault_is_named() {
        assert_eq!(refused(|s| s.api_key = "a:b".into()), "api_key");
        assert_eq!(refused(|s| s.api_secret = "".into()), "api_secret");
        for from in ["", " ", "+", "+1 500", "Pass-port", "Passport of ours", "1234567890123456"] {
            assert_eq!(refused(|s| s.from = from.into()), "from", "{from}");
        }
        assert_eq!(refused(|s| s.endpoint = "http://example.com".into()), "endpoint");
        let shown = format!("{:?}", Settings::new("key1", "secret-token", "Passport"));
        assert!(!shown.contains("secret-token"), "{shown}");
    }
}
