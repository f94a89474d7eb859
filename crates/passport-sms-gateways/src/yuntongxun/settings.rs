use std::sync::Arc;

use passport_sms_client::{Gateway, SettingsError, Templates};
use secrecy::{ExposeSecret, SecretString};

use crate::Site;
use crate::kit::check::{is_alphanumeric, is_digits};
use crate::kit::faults::Faults;
use crate::settings::{Account, Calls, Fields, HttpsSettings};
use crate::yuntongxun::Yuntongxun;

/// Settings of an account at Yuntongxun.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// Id of the account: letters and digits.
    pub account_sid: String,
    /// Token of the account, which signs the requests.
    pub auth_token: SecretString,
    /// Id of the application within the account: letters and digits.
    pub app_id: String,
    /// Approved templates; their ids are digits. Template `1` is the vendor's, for tests: it
    /// reaches only registered numbers, and takes the code and the minutes.
    pub templates: Templates,
    /// Whether messages have a `reqId`; on by default. Turn it off only if the account refuses it
    /// with code 160031, because an unknown outcome cannot be settled by repetition without it.
    pub request_id: bool,
    /// Address of the gateway: `https://host:port`.
    pub endpoint: String,
    /// Time limits and trust.
    pub https: HttpsSettings,
}

impl Settings {
    /// The production gateway.
    pub const PRODUCTION: &str = "https://app.cloopen.com:8883";
    /// The gateway for development.
    pub const SANDBOX: &str = "https://sandboxapp.cloopen.com:8883";

    /// Settings for the production gateway, with defaults for everything else.
    pub fn new(
        account_sid: impl Into<String>,
        auth_token: impl Into<SecretString>,
        app_id: impl Into<String>,
        templates: Templates,
    ) -> Self {
        Self {
            account_sid: account_sid.into(),
            auth_token: auth_token.into(),
            app_id: app_id.into(),
            templates,
            request_id: true,
            endpoint: Self::PRODUCTION.to_owned(),
            https: HttpsSettings::default(),
        }
    }
}

impl Account for Settings {
    fn read(fields: &mut dyn Fields) -> Self {
        let mut settings = Self::new(
            fields.needed("account_sid"),
            fields.needed_secret("auth_token"),
            fields.needed("app_id"),
            fields.templates(),
        );
        settings.request_id = fields.flag("request_id", true);
        settings.endpoint = fields.endpoint(Self::PRODUCTION);
        let calls = if settings.request_id { Calls::Joined } else { Calls::Single };
        settings.https = fields.https(calls);
        settings
    }

    fn faults(&self) -> Vec<SettingsError> {
        let mut faults = Faults::default();
        faults.refuse_if(
            !is_alphanumeric(&self.account_sid),
            "account_sid",
            "ASCII letters and digits",
        );
        faults.refuse_if(self.auth_token.expose_secret().is_empty(), "auth_token", "set");
        faults.refuse_if(!is_alphanumeric(&self.app_id), "app_id", "ASCII letters and digits");
        faults.refuse_if(
            !self.templates.iter().all(|template| is_digits(&template.id)),
            "templates",
            "identified by digits",
        );
        faults.with_transport(&self.endpoint, &self.https)
    }

    fn https(&self) -> &HttpsSettings {
        &self.https
    }

    fn templates(&self) -> Option<&Templates> {
        Some(&self.templates)
    }

    fn open(&self, site: &Site) -> Result<Arc<dyn Gateway>, SettingsError> {
        Ok(Arc::new(Yuntongxun::open(self.clone(), site)?))
    }
}

#[cfg(test)]
mod tests {
    use passport_sms_client::{Parameter, Template};

    use super::*;
    use crate::fixtures::site;

    fn settings() -> Settings {
        let templates = Templates::new(Template::new("20001", [Parameter::Code]));
        Settings::new("8a21", "secret-token", "8a22", templates)
    }

    fn refused(change: impl FnOnce(&mut Settings)) -> &'static str {
        let mut settings = settings();
        change(&mut settings);
        Yuntongxun::open(settings, &site()).unwrap_err().setting
    }

    #[test]
    fn a_fault_is_named() {
        assert_eq!(refused(|s| s.account_sid = "a/b".into()), "account_sid");
        assert_eq!(refused(|s| s.auth_token = "".into()), "auth_token");
        assert_eq!(refused(|s| s.app_id = String::new()), "app_id");
        assert_eq!(refused(|s| s.templates = Templates::new(Template::new("x", []))), "templates");
        assert_eq!(refused(|s| s.endpoint = "http://example.com".into()), "endpoint");
        assert_eq!(refused(|s| s.https.extra_root_ca = Some("?".into())), "extra_root_ca");
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", settings());
        assert!(!shown.contains("secret-token"), "{shown}");
    }
}
