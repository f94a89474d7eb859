use std::fmt;
use std::sync::Arc;

use hyper::Uri;
use passport_sms_client::{Gateway, SettingsError, Templates};
use secrecy::{ExposeSecret, SecretString};

use crate::Site;
use crate::kit::faults::Faults;
use crate::settings::{Account, Calls, Fields, HttpsSettings};
use crate::webhook::Webhook;
use crate::webhook::signature::Key;

/// URL and secrets of a webhook.
#[derive(Clone)]
#[non_exhaustive]
pub struct Settings {
    /// URL of the receiver: `https`, with any path and query. It may contain a secret, so `Debug`
    /// does not show it.
    pub url: SecretString,
    /// Secrets that sign events, each `whsec_` and the base64 of 24 to 64 bytes. During a rotation
    /// there are two, and every event has the signature of each.
    pub secrets: Vec<SecretString>,
    /// Secrets that may sign receipts: one, two during a rotation, or none if there are no
    /// receipts.
    pub receipt_secrets: Vec<SecretString>,
    /// Templates of the receiver. Without them it gets the complete text.
    pub templates: Option<Templates>,
    /// Time limits and trust.
    pub https: HttpsSettings,
}

impl Settings {
    /// Settings for complete texts and without receipts.
    pub fn new(url: impl Into<SecretString>, secret: impl Into<SecretString>) -> Self {
        Self {
            url: url.into(),
            secrets: vec![secret.into()],
            receipt_secrets: Vec::new(),
            templates: None,
            https: HttpsSettings::default(),
        }
    }

    /// The endpoint, and the path and query.
    pub(super) fn split_url(&self) -> Result<(String, String), SettingsError> {
        const REFUSED: SettingsError =
            SettingsError::new("url", "an https URL without user and fragment");
        let text = self.url.expose_secret();
        let uri: Uri = text.parse().map_err(|_| REFUSED)?;
        let authority = uri.authority().ok_or(REFUSED)?.as_str();
        if uri.scheme_str() != Some("https") || authority.contains('@') || text.contains('#') {
            return Err(REFUSED);
        }
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        Ok((format!("https://{authority}"), path.to_owned()))
    }
}

impl Account for Settings {
    fn read(fields: &mut dyn Fields) -> Self {
        let mut settings = Self::new(fields.needed_secret("url"), "");
        settings.secrets = fields.secrets("secrets");
        fields.need("secrets", !settings.secrets.is_empty());
        settings.receipt_secrets = fields.secrets("receipt_secrets");
        settings.templates = fields.optional_templates();
        settings.https = fields.https(Calls::Joined);
        settings
    }

    fn faults(&self) -> Vec<SettingsError> {
        let mut faults = Faults::default();
        let url = self.split_url();
        faults.refuse_unless_ok(url.as_ref().map(drop).map_err(|fault| *fault));
        faults.refuse_unless_ok(keys("secrets", &self.secrets));
        let allowed = "at least one of whsec_ and base64";
        faults.refuse_if(self.secrets.is_empty(), "secrets", allowed);
        faults.refuse_unless_ok(keys("receipt_secrets", &self.receipt_secrets));
        // An invalid URL is reported once, without the faults that follow from it.
        let endpoint = url.map_or_else(|_| "https://unknown".to_owned(), |(endpoint, _)| endpoint);
        faults.with_transport(&endpoint, &self.https)
    }

    fn https(&self) -> &HttpsSettings {
        &self.https
    }

    fn templates(&self) -> Option<&Templates> {
        self.templates.as_ref()
    }

    fn open(&self, site: &Site) -> Result<Arc<dyn Gateway>, SettingsError> {
        Ok(Arc::new(Webhook::open(self.clone(), site)?))
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("secrets", &self.secrets)
            .field("receipt_secrets", &self.receipt_secrets)
            .field("templates", &self.templates)
            .field("https", &self.https)
            .finish_non_exhaustive()
    }
}

pub(super) fn keys(
    setting: &'static str,
    secrets: &[SecretString],
) -> Result<Vec<Key>, SettingsError> {
    let allowed = "whsec_ and the base64 of 24 to 64 bytes";
    let key = |secret: &SecretString| {
        Key::parse(secret.expose_secret()).ok_or(SettingsError::new(setting, allowed))
    };
    secrets.iter().map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::site;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn refused(change: impl FnOnce(&mut Settings)) -> &'static str {
        let mut settings = Settings::new("https://relay.example.com/sms?key=s3cret", SECRET);
        change(&mut settings);
        Webhook::open(settings, &site()).unwrap_err().setting
    }

    #[test]
    fn a_fault_is_named() {
        for url in
            ["", "http://a.example/", "https://u:p@a.example/", "/sms", "https://a.example/#x"]
        {
            assert_eq!(refused(|s| s.url = url.into()), "url", "{url}");
        }
        for secret in ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_?", "whsec_AAAA"] {
            assert_eq!(refused(|s| s.secrets = vec![secret.into()]), "secrets", "{secret}");
            let secrets = vec![SECRET.into(), secret.into()];
            assert_eq!(refused(|s| s.receipt_secrets = secrets), "receipt_secrets", "{secret}");
        }
        assert_eq!(refused(|s| s.secrets.clear()), "secrets");
    }

    #[test]
    fn debug_shows_no_secret() {
        let settings = Settings::new("https://relay.example.com/sms?key=s3cret", SECRET);
        let shown = format!("{settings:?}");
        assert!(!shown.contains("s3cret") && !shown.contains("MfKQ"), "{shown}");
        let shown = format!("{:?}", Webhook::open(settings, &site()).unwrap());
        assert!(!shown.contains("s3cret") && !shown.contains("MfKQ"), "{shown}");
    }
}
