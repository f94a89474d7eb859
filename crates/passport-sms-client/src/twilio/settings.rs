use secrecy::{ExposeSecret, SecretString};

use crate::message::OriginHost;
use crate::settings::check::{is_alphanumeric, is_https_url};
use crate::settings::faults::Faults;
use crate::settings::{HttpsSettings, SettingsError};

/// What the account at Twilio looks like.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The account: letters and digits, `AC…`.
    pub account_sid: String,
    /// What requests are authorised by.
    pub credentials: Credentials,
    /// Who a message comes from.
    pub sender: Sender,
    /// The token of the account that signs status callbacks; needed with an API key only, because
    /// [`Credentials::AuthToken`] is that token.
    pub callback_token: Option<SecretString>,
    /// Keys, each with its id, that sign status callbacks with SHA-256 where the account has any.
    pub callback_keys: Vec<(String, SecretString)>,
    /// The public `https` URL that receipts are pushed to; its host has no underscore. Its path is
    /// nobody's business, so `Debug` does not show it.
    pub status_callback: Option<SecretString>,
    /// Ends each text with the `WebOTP` line of this host.
    pub origin: Option<OriginHost>,
    /// Where the gateway is: `https://host` or `https://host:port`.
    pub endpoint: String,
    /// Time limits and trust.
    pub https: HttpsSettings,
}

/// What requests are authorised by.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// The token of the account.
    AuthToken(SecretString),
    /// An API key, which can be withdrawn alone.
    ApiKey {
        /// Its id: letters and digits, `SK…`.
        sid: String,
        /// Its secret.
        secret: SecretString,
    },
}

/// Who a message comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sender {
    /// A number of the account in E.164 form, a short code or an alphanumeric name.
    From(String),
    /// A messaging service of the account, `MG…`, which picks the number.
    MessagingService(String),
}

impl Settings {
    /// The gateway.
    pub const PRODUCTION: &str = "https://api.twilio.com";

    /// Settings without receipts, with everything else as it is by default.
    pub fn new(account_sid: impl Into<String>, credentials: Credentials, sender: Sender) -> Self {
        Self {
            account_sid: account_sid.into(),
            credentials,
            sender,
            callback_token: None,
            callback_keys: Vec::new(),
            status_callback: None,
            origin: None,
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
        let token = self.callback_token.as_ref().or(match &self.credentials {
            Credentials::AuthToken(token) => Some(token),
            Credentials::ApiKey { .. } => None,
        });
        token.map(SecretString::expose_secret)
    }

    /// Everything that keeps the gateway from taking these settings; nothing if it takes them.
    #[must_use]
    pub fn faults(&self) -> Vec<SettingsError> {
        let mut faults = Faults::default();
        faults.refuse_if(
            !is_alphanumeric(&self.account_sid),
            "account_sid",
            "ASCII letters and digits",
        );
        let (user, password) = self.basic();
        faults.refuse_if(
            !is_alphanumeric(user) || password.is_empty(),
            "credentials",
            "a token, or an id of letters and digits and a secret",
        );
        let sender = match &self.sender {
            Sender::From(from) => !from.is_empty() && !from.contains(char::is_control),
            Sender::MessagingService(sid) => is_alphanumeric(sid),
        };
        faults.refuse_if(!sender, "sender", "a number, a name or the id of a messaging service");
        faults.refuse_if(
            self.callback_token.as_ref().is_some_and(|token| token.expose_secret().is_empty()),
            "callback_token",
            "absent or set",
        );
        faults.refuse_if(
            self.callback_keys.iter().any(|(id, key)| {
                id.is_empty() || id.contains([',', '=']) || key.expose_secret().is_empty()
            }),
            "callback_keys",
            "ids without comma and equals sign, and secrets",
        );
        faults.refuse_if(
            self.status_callback.as_ref().is_some_and(|url| !is_callback(url.expose_secret())),
            "status_callback",
            "an https URL whose host has no underscore",
        );
        faults.refuse_if(
            self.status_callback.is_some() && self.signing_token().is_none(),
            "callback_token",
            "set, because receipts are signed with it",
        );
        faults.with_transport(&self.endpoint, &self.https)
    }
}

/// Twilio refuses hosts with an underscore.
fn is_callback(url: &str) -> bool {
    let host = url.parse::<hyper::Uri>().ok().and_then(|uri| Some(uri.host()?.to_owned()));
    is_https_url(url) && host.is_some_and(|host| !host.contains('_'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::clock;
    use crate::twilio::Twilio;

    fn settings() -> Settings {
        let credentials = Credentials::AuthToken("secret-token".into());
        Settings::new("AC01", credentials, Sender::From("+15005550006".into()))
    }

    fn refused(change: impl FnOnce(&mut Settings)) -> &'static str {
        let mut settings = settings();
        change(&mut settings);
        Twilio::new(settings, clock()).unwrap_err().setting
    }

    #[test]
    fn a_fault_is_named() {
        assert!(Twilio::new(settings(), clock()).is_ok());
        let key = |sid: &str, secret: &str| Credentials::ApiKey {
            sid: sid.into(),
            secret: secret.into(),
        };
        assert_eq!(refused(|s| s.account_sid = "AC/1".into()), "account_sid");
        assert_eq!(refused(|s| s.credentials = key("SK:1", "x")), "credentials");
        assert_eq!(refused(|s| s.credentials = key("SK1", "")), "credentials");
        assert_eq!(refused(|s| s.sender = Sender::From(String::new())), "sender");
        assert_eq!(refused(|s| s.sender = Sender::MessagingService("MG 1".into())), "sender");
        assert_eq!(refused(|s| s.callback_token = Some("".into())), "callback_token");
        assert_eq!(
            refused(|s| s.callback_keys = vec![("a,b".into(), "k".into())]),
            "callback_keys"
        );
        for url in ["http://a.example/x", "https://a_b.example/x", "nonsense"] {
            assert_eq!(refused(|s| s.status_callback = Some(url.into())), "status_callback");
        }
        let unsigned = |s: &mut Settings| {
            s.credentials = key("SK1", "x");
            s.status_callback = Some("https://a.example/x".into());
        };
        assert_eq!(refused(unsigned), "callback_token");
        assert_eq!(refused(|s| s.endpoint = "http://example.com".into()), "endpoint");
    }

    #[test]
    fn the_secret_is_silent() {
        let shown = format!("{:?}", settings());
        assert!(!shown.contains("secret-token"), "{shown}");
    }
}
