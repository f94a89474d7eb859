use std::sync::Arc;
use std::time::Duration;

use passport_sms_client::{Gateway, SettingsError, Templates};
use secrecy::SecretString;

use crate::Site;
use crate::aliyun_pnvs::AliyunPnvs;
use crate::kit::acs3::{self, Placement};
use crate::kit::check::{is_alphanumeric, is_sign_name};
use crate::kit::faults::Faults;
use crate::settings::{Account, Calls, Fields, HttpsSettings};

/// Settings of an account at Aliyun PNVS.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// Id of the access key: letters and digits, with `.` in some accounts.
    pub access_key_id: String,
    /// Secret of the access key, which signs the requests.
    pub access_key_secret: SecretString,
    /// Signature name that the console offers for the templates, without the brackets `【】`.
    pub sign_name: String,
    /// Templates that the console offers with the signature name; their ids are letters and digits, such as
    /// `100001`. Their gaps are called `code` and `min` unless
    /// [`Template::naming`](passport_sms_client::Template::naming) gives other names.
    pub templates: Templates,
    /// Name of the scheme that the messages count for, up to 20 characters; the default scheme of the
    /// account if it is not set.
    pub scheme_name: Option<String>,
    /// Time for which the provider refuses further messages to a number, in whole seconds; 30 s by
    /// default.
    ///
    /// It is shorter than the provider's own default of 60 s, which is also the usual wait before a service
    /// sends a second code: measured by two clocks, that wait would end too early for the provider every
    /// other time. Keep it below the wait of the service. It is not zero, because it also stops an accidental
    /// repetition of a message.
    pub interval: Duration,
    /// Place of the parameters.
    pub placement: Placement,
    /// Address of the gateway: `https://host` or `https://host:port`.
    pub endpoint: String,
    /// Time limits and trust.
    pub https: HttpsSettings,
}

impl Settings {
    /// The production gateway.
    pub const PRODUCTION: &str = "https://dypnsapi.aliyuncs.com";

    /// Settings with defaults for everything else.
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
            scheme_name: None,
            interval: Duration::from_secs(30),
            placement: Placement::default(),
            endpoint: Self::PRODUCTION.to_owned(),
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
        settings.scheme_name = fields.optional("scheme_name");
        settings.interval = fields.duration("interval", settings.interval);
        settings.placement = Placement::read(fields);
        settings.endpoint = fields.endpoint(Self::PRODUCTION);
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
        faults.refuse_if(
            !self.templates.iter().all(|template| is_alphanumeric(&template.id)),
            "templates",
            "identified by ASCII letters and digits",
        );
        let is_scheme = |name: &String| {
            (1..=20).contains(&name.chars().count()) && !name.contains(char::is_control)
        };
        faults.refuse_if(
            !self.scheme_name.as_ref().is_none_or(is_scheme),
            "scheme_name",
            "absent or 1 to 20 characters",
        );
        let hour = Duration::from_secs(1)..=Duration::from_hours(1);
        faults.refuse_if(!hour.contains(&self.interval), "interval", "from 1 s to 1 h");
        faults.with_transport(&self.endpoint, &self.https)
    }

    fn https(&self) -> &HttpsSettings {
        &self.https
    }

    fn templates(&self) -> Option<&Templates> {
        Some(&self.templates)
    }

    fn open(&self, site: &Site) -> Result<Arc<dyn Gateway>, SettingsError> {
        Ok(Arc::new(AliyunPnvs::open(self.clone(), site)?))
    }
}

#[cfg(test)]
mod tests {
    use passport_sms_client::{Parameter, Template};

    use super::*;
    use crate::fixtures::site;

    fn settings() -> Settings {
        let templates = Templates::new(Template::new("100001", [Parameter::Code]));
        Settings::new("LTAI.5t", "key-secret", "速通互联验证码", templates)
    }

    fn refused(change: impl FnOnce(&mut Settings)) -> &'static str {
        let mut settings = settings();
        change(&mut settings);
        AliyunPnvs::open(settings, &site()).unwrap_err().setting
    }

    #[test]
    fn a_fault_is_named() {
        assert!(AliyunPnvs::open(settings(), &site()).is_ok());
        assert_eq!(refused(|s| s.access_key_id = "a,b".into()), "access_key_id");
        assert_eq!(refused(|s| s.access_key_secret = "".into()), "access_key_secret");
        assert_eq!(refused(|s| s.sign_name = "【Passport】".into()), "sign_name");
        for id in ["", "SMS_1", "1,2"] {
            let templates = Templates::new(Template::new(id, []));
            assert_eq!(refused(|s| s.templates = templates), "templates", "{id}");
        }
        for name in [String::new(), "名".repeat(21), "a\n".to_owned()] {
            assert_eq!(refused(|s| s.scheme_name = Some(name.clone())), "scheme_name", "{name}");
        }
        assert_eq!(refused(|s| s.interval = Duration::from_millis(999)), "interval");
        assert_eq!(refused(|s| s.endpoint = "http://example.com".into()), "endpoint");
        assert_eq!(refused(|s| s.https.extra_root_ca = Some("?".into())), "extra_root_ca");
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", settings());
        assert!(!shown.contains("key-secret"), "{shown}");
    }
}
