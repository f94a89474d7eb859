use std::sync::Arc;

use passport_sms_client::{Gateway, SettingsError};
use secrecy::{ExposeSecret, SecretString};

use crate::Site;
use crate::kit::check::{is_alphanumeric, is_made_of, is_region};
use crate::kit::faults::Faults;
use crate::settings::{Account, Calls, Fields, HttpsSettings};
use crate::sns::Sns;

/// Settings of an account at AWS.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// Id of the access key: letters and digits.
    pub access_key_id: String,
    /// Secret of the access key, which signs the requests.
    pub secret_access_key: SecretString,
    /// Token that belongs to a temporary key.
    pub session_token: Option<SecretString>,
    /// Region, such as `us-east-1`.
    pub region: String,
    /// Sender of the messages, in countries that support it: 1 to 11 letters, digits and hyphens.
    pub sender_id: Option<String>,
    /// Address of the gateway: `https://host` or `https://host:port`.
    pub endpoint: String,
    /// Time limits and trust.
    pub https: HttpsSettings,
}

impl Settings {
    /// Settings for the gateway of `region`, with defaults for everything else.
    pub fn new(
        access_key_id: impl Into<String>,
        secret_access_key: impl Into<SecretString>,
        region: impl Into<String>,
    ) -> Self {
        let region = region.into();
        Self {
            access_key_id: access_key_id.into(),
            secret_access_key: secret_access_key.into(),
            session_token: None,
            endpoint: format!("https://sns.{region}.amazonaws.com"),
            region,
            sender_id: None,
            https: HttpsSettings::default(),
        }
    }
}

impl Account for Settings {
    fn read(fields: &mut dyn Fields) -> Self {
        let mut settings = Self::new(
            fields.needed("access_key_id"),
            fields.needed_secret("secret_access_key"),
            fields.text("region", "us-east-1"),
        );
        settings.session_token = fields.optional_secret("session_token");
        settings.sender_id = fields.optional("sender_id");
        // By default the host of the region.
        settings.endpoint = fields.endpoint(&settings.endpoint);
        settings.https = fields.https(Calls::Single);
        settings
    }

    fn faults(&self) -> Vec<SettingsError> {
        let mut faults = Faults::default();
        faults.refuse_if(
            !is_alphanumeric(&self.access_key_id),
            "access_key_id",
            "ASCII letters and digits",
        );
        faults.refuse_if(
            self.secret_access_key.expose_secret().is_empty(),
            "secret_access_key",
            "set",
        );
        let token = self.session_token.as_ref().map(SecretString::expose_secret);
        faults.refuse_if(
            token.is_some_and(|token| !is_made_of(token, |byte| byte.is_ascii_graphic())),
            "session_token",
            "absent or ASCII without spaces",
        );
        faults.refuse_if(
            !is_region(&self.region),
            "region",
            "lower-case ASCII letters, digits and hyphens",
        );
        let is_sender = |name: &String| {
            name.len() <= 11
                && is_made_of(name, |byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        faults.refuse_if(
            !self.sender_id.as_ref().is_none_or(is_sender),
            "sender_id",
            "absent or 1 to 11 ASCII letters, digits and hyphens",
        );
        faults.with_transport(&self.endpoint, &self.https)
    }

    fn https(&self) -> &HttpsSettings {
        &self.https
    }

    fn open(&self, site: &Site) -> Result<Arc<dyn Gateway>, SettingsError> {
        Ok(Arc::new(Sns::open(self.clone(), site)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::site;

    fn settings() -> Settings {
        Settings::new("AKIA1", "secret-key", "us-east-1")
    }

    fn refused(change: impl FnOnce(&mut Settings)) -> &'static str {
        let mut settings = settings();
        change(&mut settings);
        Sns::open(settings, &site()).unwrap_err().setting
    }

    #[test]
    fn a_fault_is_named() {
        assert!(Sns::open(settings(), &site()).is_ok());
        assert_eq!(refused(|s| s.access_key_id = "a/b".into()), "access_key_id");
        assert_eq!(refused(|s| s.secret_access_key = "".into()), "secret_access_key");
        assert_eq!(refused(|s| s.session_token = Some("a\nb".into())), "session_token");
        assert_eq!(refused(|s| s.region = "US".into()), "region");
        assert_eq!(refused(|s| s.sender_id = Some("PassportPass".into())), "sender_id");
        assert_eq!(refused(|s| s.endpoint = "http://example.com".into()), "endpoint");
        let shown = format!("{:?}", settings());
        assert!(!shown.contains("secret-key"), "{shown}");
    }
}
