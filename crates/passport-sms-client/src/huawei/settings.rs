use secrecy::{ExposeSecret, SecretString};

use crate::settings::check::{is_alphanumeric, is_digits, is_https_url, is_sign_name};
use crate::settings::faults::Faults;
use crate::settings::{HttpsSettings, SettingsError};
use crate::template::Templates;

/// What the application at Huawei Cloud looks like.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The key of the application: letters and digits.
    pub app_key: String,
    /// Its secret.
    pub app_secret: SecretString,
    /// The number of the channel that the signature name belongs to: digits.
    pub channel: String,
    /// The approved signature name; generic templates need one.
    pub sign_name: Option<String>,
    /// The public `https` URL that receipts are pushed to. Nothing but its path proves a receipt, so
    /// it is a secret.
    pub status_callback: Option<SecretString>,
    /// The approved templates; their ids are letters and digits.
    pub templates: Templates,
    /// Where the gateway is: `https://host:port`, as the console names it for a region.
    pub endpoint: String,
    /// Time limits and trust.
    pub https: HttpsSettings,
}

impl Settings {
    /// The gateway of the region Beijing 4.
    pub const BEIJING: &str = "https://smsapi.cn-north-4.myhuaweicloud.com:443";

    /// Settings for Beijing, with everything else as it is by default.
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
            status_callback: None,
            templates,
            endpoint: Self::BEIJING.to_owned(),
            https: HttpsSettings::default(),
        }
    }

    /// Everything that keeps the gateway from taking these settings; nothing if it takes them.
    #[must_use]
    pub fn faults(&self) -> Vec<SettingsError> {
        let mut faults = Faults::default();
        faults.refuse_if(!is_alphanumeric(&self.app_key), "app_key", "ASCII letters and digits");
        faults.refuse_if(self.app_secret.expose_secret().is_empty(), "app_secret", "set");
        faults.refuse_if(!is_digits(&self.channel), "channel", "digits");
        faults.refuse_if(
            self.sign_name.as_ref().is_some_and(|name| !is_sign_name(name)),
            "sign_name",
            "absent, or 1 to 50 characters without brackets",
        );
        faults.refuse_if(
            self.status_callback.as_ref().is_some_and(|url| !is_https_url(url.expose_secret())),
            "status_callback",
            "absent or an https URL",
        );
        faults.refuse_if(
            !self.templates.iter().all(|template| is_alphanumeric(&template.id)),
            "templates",
            "identified by ASCII letters and digits",
        );
        faults.with_transport(&self.endpoint, &self.https)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::clock;
    use crate::huawei::Huawei;
    use crate::template::Template;

    fn settings() -> Settings {
        let templates = Templates::new(Template::new("8ff55eac1d0b478ab3c06c3c6a492300", []));
        Settings::new("key1", "secret-token", "1069031221", templates)
    }

    fn refused(change: impl FnOnce(&mut Settings)) -> &'static str {
        let mut settings = settings();
        change(&mut settings);
        Huawei::new(settings, clock()).unwrap_err().setting
    }

    #[test]
    fn a_fault_is_named() {
        assert!(Huawei::new(settings(), clock()).is_ok());
        assert_eq!(refused(|s| s.app_key = "a\"b".into()), "app_key");
        assert_eq!(refused(|s| s.app_secret = "".into()), "app_secret");
        assert_eq!(refused(|s| s.channel = "+86".into()), "channel");
        assert_eq!(refused(|s| s.sign_name = Some(String::new())), "sign_name");
        assert_eq!(refused(|s| s.status_callback = Some("ftp://a".into())), "status_callback");
        assert_eq!(refused(|s| s.templates = Templates::new(Template::new("", []))), "templates");
        assert_eq!(refused(|s| s.endpoint = "http://example.com".into()), "endpoint");
        let shown = format!("{:?}", settings());
        assert!(!shown.contains("secret-token"), "{shown}");
    }
}
