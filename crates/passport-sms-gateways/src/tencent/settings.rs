use std::sync::Arc;

use passport_sms_client::{Gateway, SettingsError, Templates};
use secrecy::{ExposeSecret, SecretString};

use crate::Site;
use crate::kit::check::{is_alphanumeric, is_digits, is_region, is_sign_name};
use crate::kit::faults::Faults;
use crate::settings::{Account, Calls, Fields, HttpsSettings};
use crate::tencent::Tencent;

/// Settings of an account at Tencent Cloud.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// Id of the API key: letters and digits.
    pub secret_id: String,
    /// The API key, which signs the requests.
    pub secret_key: SecretString,
    /// Id of the application in the SMS console, such as `1400006666`: digits.
    pub sdk_app_id: String,
    /// Approved signature name, without the brackets `【】`. Required for mainland China.
    pub sign_name: Option<String>,
    /// Region of the service; `ap-guangzhou` by default.
    pub region: String,
    /// Approved templates; their ids are digits. Units such as “minutes” belong in the template,
    /// because variables are digits only.
    pub templates: Templates,
    /// Address of the gateway: `https://host` or `https://host:port`.
    pub endpoint: String,
    /// Time limits and trust.
    pub https: HttpsSettings,
}

impl Settings {
    /// The production gateway of all regions.
    pub const PRODUCTION: &str = "https://sms.tencentcloudapi.com";

    /// Settings without a signature name, with defaults for everything else.
    pub fn new(
        secret_id: impl Into<String>,
        secret_key: impl Into<SecretString>,
        sdk_app_id: impl Into<String>,
        templates: Templates,
    ) -> Self {
        Self {
            secret_id: secret_id.into(),
            secret_key: secret_key.into(),
            sdk_app_id: sdk_app_id.into(),
            sign_name: None,
            region: "ap-guangzhou".to_owned(),
            templates,
            endpoint: Self::PRODUCTION.to_owned(),
            https: HttpsSettings::default(),
        }
    }
}

impl Account for Settings {
    fn read(fields: &mut dyn Fields) -> Self {
        let mut settings = Self::new(
            fields.needed("secret_id"),
            fields.needed_secret("secret_key"),
            fields.needed("sdk_app_id"),
            fields.templates(),
        );
        settings.sign_name = fields.optional("sign_name");
        settings.region = fields.text("region", "ap-guangzhou");
        settings.endpoint = fields.endpoint(Self::PRODUCTION);
        settings.https = fields.https(Calls::Single);
        settings
    }

    fn faults(&self) -> Vec<SettingsError> {
        let mut faults = Faults::default();
        faults.refuse_if(
            !is_alphanumeric(&self.secret_id),
            "secret_id",
            "ASCII letters and digits",
        );
        faults.refuse_if(self.secret_key.expose_secret().is_empty(), "secret_key", "set");
        faults.refuse_if(!is_digits(&self.sdk_app_id), "sdk_app_id", "digits");
        faults.refuse_if(
            self.sign_name.as_ref().is_some_and(|name| !is_sign_name(name)),
            "sign_name",
            "absent, or 1 to 50 characters without brackets",
        );
        faults.refuse_if(
            !is_region(&self.region),
            "region",
            "lower-case ASCII letters, digits and hyphens",
        );
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
        Ok(Arc::new(Tencent::open(self.clone(), site)?))
    }
}

#[cfg(test)]
mod tests {
    use passport_sms_client::{Parameter, Template};

    use super::*;
    use crate::fixtures::site;

    fn settings() -> Settings {
        let templates = Templates::new(Template::new("449739", [Parameter::Code]));
        Settings::new("AKIDz8", "key-secret", "1400006666", templates)
    }

    fn refused(change: impl FnOnce(&mut Settings)) -> &'static str {
        let mut settings = settings();
        change(&mut settings);
        Tencent::open(settings, &site()).unwrap_err().setting
    }

    #[test]
    fn a_fault_is_named() {
        assert!(Tencent::open(settings(), &site()).is_ok());
        assert_eq!(refused(|s| s.secret_id = "a/b".into()), "secret_id");
        assert_eq!(refused(|s| s.secret_key = "".into()), "secret_key");
        assert_eq!(refused(|s| s.sdk_app_id = "14x".into()), "sdk_app_id");
        assert_eq!(refused(|s| s.sign_name = Some("【腾讯云】".into())), "sign_name");
        assert_eq!(refused(|s| s.sign_name = Some(String::new())), "sign_name");
        assert_eq!(refused(|s| s.region = "ap guangzhou".into()), "region");
        assert_eq!(refused(|s| s.templates = Templates::new(Template::new("x", []))), "templates");
        assert_eq!(refused(|s| s.endpoint = "http://example.com".into()), "endpoint");
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", settings());
        assert!(!shown.contains("key-secret"), "{shown}");
    }
}
