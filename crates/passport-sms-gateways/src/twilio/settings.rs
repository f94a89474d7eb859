use std::sync::Arc;

use passport_sms_client::{Gateway, SettingsError};
use secrecy::{ExposeSecret, SecretString};

use crate::Site;
use crate::kit::check::{is_alphanumeric, is_https_url};
use crate::kit::faults::Faults;
use crate::settings::{Account, Calls, Fields, HttpsSettings};
use crate::twilio::Twilio;

/// Settings of an account at Twilio.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// Id of the account: letters and digits, `AC…`.
    pub account_sid: String,
    /// Credentials that authorise requests.
    pub credentials: Credentials,
    /// Sender of the messages.
    pub sender: Sender,
    /// Token of the account, which signs status callbacks. It is needed with an API key only, because
    /// [`Credentials::AuthToken`] is that token.
    pub auth_token: Option<SecretString>,
    /// Ids and keys that sign status callbacks with SHA-256, if the account has any.
    pub callback_keys: Vec<(String, SecretString)>,
    /// Address of the gateway: `https://host` or `https://host:port`.
    pub endpoint: String,
    /// Time limits and trust.
    pub https: HttpsSettings,
}

/// Credentials that authorise requests.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Credentials {
    /// Token of the account.
    AuthToken(SecretString),
    /// An API key, which can be revoked separately.
    ApiKey {
        /// Its id: letters and digits, `SK…`.
        sid: String,
        /// Its secret.
        secret: SecretString,
    },
}

/// Sender of the messages.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sender {
    /// A number of the account in E.164 form, a short code or an alphanumeric name.
    From(String),
    /// A messaging service of the account, `MG…`, which chooses the number.
    MessagingService(String),
}

impl Settings {
    /// The production gateway.
    pub const PRODUCTION: &str = "https://api.twilio.com";

    /// Settings with defaults for everything else.
    pub fn new(account_sid: impl Into<String>, credentials: Credentials, sender: Sender) -> Self {
        Self {
            account_sid: account_sid.into(),
            credentials,
            sender,
            auth_token: None,
            callback_keys: Vec::new(),
            endpoint: Self::PRODUCTION.to_owned(),
            https: HttpsSettings::default(),
        }
    }

    /// The user and the password of HTTP Basic.
    pub(super) fn basic(&self) -> (&str, &str) {
        match &self.credentials {
            Credentials::AuthToken(token) => (&self.account_sid, token.expose_secret()),
            Credentials::ApiKey { sid, secret } => (sid, secret.expose_secret()),
        }
    }

    /// The token that signs status callbacks.
    pub(super) fn signing_token(&self) -> Option<&str> {
        let token = self.auth_token.as_ref().or(match &self.credentials {
            Credentials::AuthToken(token) => Some(token),
            Credentials::ApiKey { .. } => None,
        });
        token.map(SecretString::expose_secret)
    }
}

impl Credentials {
    /// The credentials, and beside an API key the token of the account, if it is set.
    fn read(fields: &mut dyn Fields) -> (Self, Option<SecretString>) {
        let token = fields.optional_secret("auth_token");
        let sid = fields.optional("api_key_sid");
        let secret = fields.optional_secret("api_key_secret");
        if let Some(sid) = sid {
            fields.need("api_key_secret", secret.is_some());
            (Self::ApiKey { sid, secret: secret.unwrap_or_default() }, token)
        } else {
            fields.need("auth_token", token.is_some());
            (Self::AuthToken(token.unwrap_or_default()), None)
        }
    }
}

impl Sender {
    fn read(fields: &mut dyn Fields) -> Self {
        let from = fields.optional("from");
        let Some(service) = fields.optional("messaging_service_sid") else {
            fields.need("from", from.is_some());
            return Self::From(from.unwrap_or_default());
        };
        if from.is_some() {
            fields.conflict("from", "messaging_service_sid");
        }
        Self::MessagingService(service)
    }
}

impl Account for Settings {
    fn read(fields: &mut dyn Fields) -> Self {
        let account_sid = fields.needed("account_sid");
        let (credentials, auth_token) = Credentials::read(fields);
        let mut settings = Self::new(account_sid, credentials, Sender::read(fields));
        settings.auth_token = auth_token;
        settings.endpoint = fields.endpoint(Self::PRODUCTION);
        settings.https = fields.https(Calls::Single);
        settings
    }

    fn faults(&self) -> Vec<SettingsError> {
        let alphanumeric = "ASCII letters and digits";
        let mut faults = Faults::default();
        faults.refuse_if(!is_alphanumeric(&self.account_sid), "account_sid", alphanumeric);
        match &self.credentials {
            Credentials::AuthToken(token) => {
                faults.refuse_if(token.expose_secret().is_empty(), "auth_token", "set");
            }
            Credentials::ApiKey { sid, secret } => {
                faults.refuse_if(!is_alphanumeric(sid), "api_key_sid", alphanumeric);
                faults.refuse_if(secret.expose_secret().is_empty(), "api_key_secret", "set");
            }
        }
        match &self.sender {
            Sender::From(from) => faults.refuse_if(
                from.is_empty() || from.contains(char::is_control),
                "from",
                "a number or a name",
            ),
            Sender::MessagingService(sid) => {
                faults.refuse_if(!is_alphanumeric(sid), "messaging_service_sid", alphanumeric);
            }
        }
        faults.refuse_if(
            self.auth_token.as_ref().is_some_and(|token| token.expose_secret().is_empty()),
            "auth_token",
            "absent or set",
        );
        faults.refuse_if(
            self.callback_keys.iter().any(|(id, key)| {
                id.is_empty() || id.contains([',', '=']) || key.expose_secret().is_empty()
            }),
            "callback_keys",
            "ids without comma and equals sign, and secrets",
        );
        faults.with_transport(&self.endpoint, &self.https)
    }

    fn https(&self) -> &HttpsSettings {
        &self.https
    }

    fn open(&self, site: &Site) -> Result<Arc<dyn Gateway>, SettingsError> {
        Ok(Arc::new(Twilio::open(self.clone(), site)?))
    }
}

/// Whether Twilio accepts the URL for status callbacks: it refuses hosts with an underscore.
pub(super) fn is_callback(url: &str) -> bool {
    let host = url.parse::<hyper::Uri>().ok().and_then(|uri| Some(uri.host()?.to_owned()));
    is_https_url(url) && host.is_some_and(|host| !host.contains('_'))
}

#[cfg(test)]
mod tests {
    use passport_sms_client::{Receipts, SmsClient};

    use super::*;
    use crate::fixtures::site;

    fn settings() -> Settings {
        let credentials = Credentials::AuthToken("secret-token".into());
        Settings::new("AC01", credentials, Sender::From("+15005550006".into()))
    }

    fn refused(change: impl FnOnce(&mut Settings)) -> &'static str {
        let mut settings = settings();
        change(&mut settings);
        Twilio::open(settings, &site()).unwrap_err().setting
    }

    fn key(sid: &str, secret: &str) -> Credentials {
        Credentials::ApiKey { sid: sid.into(), secret: secret.into() }
    }

    #[test]
    fn a_fault_is_named() {
        assert!(Twilio::open(settings(), &site()).is_ok());
        assert_eq!(refused(|s| s.account_sid = "AC/1".into()), "account_sid");
        assert_eq!(refused(|s| s.credentials = Credentials::AuthToken("".into())), "auth_token");
        assert_eq!(refused(|s| s.credentials = key("SK:1", "x")), "api_key_sid");
        assert_eq!(refused(|s| s.credentials = key("SK1", "")), "api_key_secret");
        assert_eq!(refused(|s| s.sender = Sender::From(String::new())), "from");
        assert_eq!(
            refused(|s| s.sender = Sender::MessagingService("MG 1".into())),
            "messaging_service_sid"
        );
        assert_eq!(refused(|s| s.auth_token = Some("".into())), "auth_token");
        assert_eq!(
            refused(|s| s.callback_keys = vec![("a,b".into(), "k".into())]),
            "callback_keys"
        );
        assert_eq!(refused(|s| s.endpoint = "http://example.com".into()), "endpoint");
    }

    #[test]
    fn the_address_is_told_if_twilio_accepts_it_and_receipts_can_be_verified() {
        let receipts = |settings: Settings, url: &str| {
            let site = site().with_receipts_url(url).unwrap();
            Twilio::open(settings, &site).unwrap().capabilities().receipts
        };
        let pushed = |told, needs| Receipts::Pushed { signed: true, told, needs };
        let url = "https://a.example/x";
        assert_eq!(receipts(settings(), url), pushed(true, None));
        assert_eq!(receipts(settings(), "https://a_b.example/x"), pushed(false, None));
        let mut with_key = settings();
        with_key.credentials = key("SK1", "x");
        assert_eq!(receipts(with_key.clone(), url), pushed(false, Some("auth_token")));
        with_key.auth_token = Some("token".into());
        assert_eq!(receipts(with_key, url), pushed(true, None));
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", settings());
        assert!(!shown.contains("secret-token"), "{shown}");
    }
}
