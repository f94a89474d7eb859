use std::sync::Arc;

use passport_sms_client::{Gateway, SettingsError, Templates};
use secrecy::{ExposeSecret, SecretString};

use crate::Site;
use crate::huawei::Huawei;
use crate::kit::check::{is_alphanumeric, is_sign_name};
use crate::kit::faults::Faults;
use crate::settings::{Account, Calls, Fields, HttpsSettings};

/// Settings of an application at Huawei Cloud.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// Key of the application: letters and digits.
    pub app_key: String,
    /// Secret of the application.
    pub app_secret: SecretString,
    /// Number of the channel that the signature name belongs to: up to 21 letters and digits, such as
    /// `8824110605` or `csms12345678`.
    pub channel: String,
    /// Approved signature name; required by generic templates.
    pub sign_name: Option<String>,
    /// Approved templates; their ids are letters and digits.
    pub templates: Templates,
    /// Address of the gateway: `https://host:port`, as the console names it for a region.
    pub endpoint: String,
    /// Time limits and trust.
    pub https: HttpsSettings,
}

impl Settings {
    /// The gateway of the region Beijing 4.
    pub const BEIJING: &str = "https://smsapi.cn-north-4.myhuaweicloud.com:443";

    /// Settings for Beijing, with defaults for everything else.
    pub fn new(
        app_key: impl Into<String>,
        app_secret: impl Into<SecretString>,
        channel: impl Into<String>,
        templates: Templates,
    ) -> Self {
        Self {
            app_key: app_key.into(),
            app_secret: app_secret.into(),
            channel: channel.into(),
            sign_name: None,
            templates,
            endpoint: Self::BEIJING.to_owned(),
            https: HttpsSettings::default(),
        }
    }
}

impl Account for Settings {
    fn read(fields: &mut dyn Fields) -> Self {
        let mut settings = Self::new(
            fields.needed("app_key"),
            fields.needed_secret("app_secret"),
            fields.needed("channel"),
            fields.templates(),
        );
        settings.sign_name = fields.optional("sign_name");
        settings.endpoint = fields.endpoint(Self::BEIJING);
        settings.https = fields.https(Calls::Single);
        settings
    }

    fn faults(&self) -> Vec<SettingsError> {
        let mut faults = Faults::default();
        faults.refuse_if(!is_alphanumeric(&self.app_key), "app_key", "ASCII letters and digits");
        faults.refuse_if(self.app_secret.expose_secret().is_empty(), "app_secret", "set");
        faults.refuse_if(
            !is_alphanumeric(&self.channel) || self.channel.len() > 21,
            "channel",
            "1 to 21 ASCII letters and digits",
        );
        faults.refuse_if(
            self.sign_name.as_ref().is_some_and(|name| !is_sign_name(name)),
            "sign_name",
            "absent, or 1 to 50 characters without brackets",
        );
        faults.refuse_if(
            !self.templates.iter().all(|template| is_alphanumeric(&template.id)),
            "templates",
            "identified by ASCII letters and digits",
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
        Ok(Arc::new(Huawei::open(self.clone(), site)?))
    }
}

#[cfg(test)]
mod tests {
    use passport_sms_client::Template;

    use super::*;
    use crate::fixtures::site;

    fn settings() -> Settings {
        let templates = Templates::new(Template::new("8ff55eac1d0b478ab3c06c3c6a492300", []));
        Settings::new("key1", "secret-token", "1069031221", templates)
    }

    fn refused(change: impl FnOnce(&mut Settings)) -> &'static str {
        let mut settings = settings();
        change(&mut settings);
        Huawei::open(settings, &site()).unwrap_err().setting
    }

    #[test]
    fn s8_every_channel_of_the_vendors_samples_is_accepted() {
        for channel in ["csms12345678", "isms12345678", "8824110605", "1069031221"] {
            let mut settings = settings();
            settings.channel = channel.to_owned();
            assert_eq!(settings.faults(), [], "{channel}");
        }
    }

    #[test]
    fn a_fault_is_named() {
        assert!(Huawei::open(settings(), &site()).is_ok());
        assert_eq!(refused(|s| s.app_key = "a\"b".into()), "app_key");
        assert_eq!(refused(|s| s.app_secret = "".into()), "app_secret");
        for channel in ["", "+86", "csms 1", "1234567890123456789012"] {
            assert_eq!(refused(|s| s.channel = channel.into()), "channel", "{channel}");
        }
        assert_eq!(refused(|s| s.sign_name = Some(String::new())), "sign_name");
        assert_eq!(refused(|s| s.templates = Templates::new(Template::new("", []))), "templates");
        assert_eq!(refused(|s| s.endpoint = "http://example.com".into()), "endpoint");
        let shown = format!("{:?}", settings());
        assert!(!shown.contains("secret-token"), "{shown}");
    }
}
