use std::sync::Arc;

use passport_sms_client::{Gateway, SettingsError, Templates};
use secrecy::SecretString;

use crate::Site;
use crate::aliyun::Aliyun;
use crate::kit::acs3::{self, Placement};
use crate::kit::check::{is_digits, is_sign_name};
use crate::kit::faults::Faults;
use crate::settings::{Account, Calls, Fields, HttpsSettings};

/// Settings of an account at Aliyun.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// Id of the access key: letters and digits, with `.` in some accounts.
    pub access_key_id: String,
    /// Secret of the access key, which signs the requests.
    pub access_key_secret: SecretString,
    /// Approved signature name, without the brackets `【】`, up to 50 characters.
    pub sign_name: String,
    /// Approved templates; their ids are `SMS_` and digits. Their gaps have names, `code` and
    /// `minutes` unless [`Template::naming`](passport_sms_client::Template::naming) gives others.
    pub templates: Templates,
    /// Place of the parameters.
    pub placement: Placement,
    /// Address of the gateway: `https://host` or `https://host:port`.
    pub endpoint: String,
    /// Time limits and trust.
    pub https: HttpsSettings,
}

impl Settings {
    /// The gateway of the regions in mainland China.
    pub const MAINLAND: &str = "https://dysmsapi.aliyuncs.com";
    /// The gateway in Singapore, for accounts abroad.
    pub const SINGAPORE: &str = "https://dysmsapi.ap-southeast-1.aliyuncs.com";

    /// Settings for the gateway in mainland China, with defaults for everything else.
    pub fn new(
        access_key_id: impl Into<String>,
        access_key_secret: impl Into<SecretString>,
        sign_name: impl Into<String>,
        templates: Templates,
    ) -> Self {
        Self {
            access_key_id: access_key_id.into(),
            access_key_secret: access_key_secret.into(),
            sign_name: sign_name.into(),
            templates,
            placement: Placement::default(),
            endpoint: Self::MAINLAND.to_owned(),
            https: HttpsSettings::default(),
        }
    }
}

impl Account for Settings {
    fn read(fields: &mut dyn Fields) -> Self {
        let mut settings = Self::new(
            fields.needed("access_key_id"),
            fields.needed_secret("access_key_secret"),
            fields.needed("sign_name"),
            fields.templates(),
        );
        settings.placement = Placement::read(fields);
        settings.endpoint = fields.endpoint(Self::MAINLAND);
        settings.https = fields.https(Calls::Single);
        settings
    }

    fn faults(&self) -> Vec<SettingsError> {
        let mut faults = Faults::default();
        acs3::check_key(&mut faults, &self.access_key_id, &self.access_key_secret);
        faults.refuse_if(
            !is_sign_name(&self.sign_name),
            "sign_name",
            "1 to 50 characters without brackets",
        );
        let is_code = |id: &str| id.strip_prefix("SMS_").is_some_and(is_digits);
        faults.refuse_if(
            !self.templates.iter().all(|template| is_code(&template.id)),
            "templates",
            "identified by SMS_ and digits",
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
        Ok(Arc::new(Aliyun::open(self.clone(), site)?))
    }
}

#[cfg(test)]
mod tests {
    use passport_sms_client::{Parameter, Template};

    use super::*;
    use crate::fixtures::site;

    fn settings() -> Settings {
        let templates = Templates::new(Template::new("SMS_1", [Parameter::Code]));
        Settings::new("LTAI.5t", "key-secret", "阿里云短信测试", templates)
    }

    fn refused(change: impl FnOnce(&mut Settings)) -> &'static str {
        let mut settings = settings();
        change(&mut settings);
        Aliyun::open(settings, &site()).unwrap_err().setting
    }

    #[test]
    fn a_fault_is_named() {
        assert!(Aliyun::open(settings(), &site()).is_ok());
        assert_eq!(refused(|s| s.access_key_id = "a,b".into()), "access_key_id");
        assert_eq!(refused(|s| s.access_key_secret = "".into()), "access_key_secret");
        assert_eq!(refused(|s| s.sign_name = "【Passport】".into()), "sign_name");
        assert_eq!(refused(|s| s.sign_name = String::new()), "sign_name");
        assert_eq!(refused(|s| s.sign_name = "字".repeat(51)), "sign_name");
        for id in ["1", "SMS_", "SMS_1a", "sms_1"] {
            let templates = Templates::new(Template::new(id, []));
            assert_eq!(refused(|s| s.templates = templates), "templates", "{id}");
        }
        assert_eq!(refused(|s| s.endpoint = "http://example.com".into()), "endpoint");
        assert_eq!(refused(|s| s.https.extra_root_ca = Some("?".into())), "extra_root_ca");
    }

    #[test]
    fn all_faults_are_named_at_once() {
        let mut settings = settings();
        settings.access_key_id = "a,b".into();
        settings.sign_name = "【Passport】".into();
        settings.endpoint = "http://example.com".into();
        settings.https.extra_root_ca = Some("?".into());
        let named: Vec<_> = settings.faults().iter().map(|fault| fault.setting).collect();
        assert_eq!(named, ["access_key_id", "sign_name", "endpoint", "extra_root_ca"]);
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", settings());
        assert!(!shown.contains("key-secret"), "{shown}");
    }
}
