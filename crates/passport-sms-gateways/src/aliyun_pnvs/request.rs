use std::collections::BTreeMap;

use passport_sms_client::{Message, Parameter, Template};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::aliyun_pnvs::{AliyunPnvs, Settings};
use crate::kit::acs3::{self, Call};
use crate::kit::transport::Request;

type Result = std::result::Result<Request, hyper::http::Error>;

impl AliyunPnvs {
    /// `SendSmsVerifyCode` of a message at `now`. Its URI, or its body, is a secret.
    pub(super) fn send_code(
        &self,
        message: &Message,
        template: &Template,
        now: OffsetDateTime,
        nonce: Uuid,
    ) -> Result {
        let variables: BTreeMap<&str, String> = template
            .parameters
            .iter()
            .map(|gap| (name_of(template, *gap), gap.value(&message.intent)))
            .collect();
        let mut parameters = vec![
            ("CountryCode", "86".to_owned()),
            // A newer code replaces an older one at the provider, as it does here.
            ("DuplicatePolicy", "1".to_owned()),
            ("Interval", self.settings.interval.as_secs().to_string()),
            ("OutId", acs3::out_id(message)),
            ("PhoneNumber", number(message)),
            ("SignName", self.settings.sign_name.clone()),
            ("TemplateCode", template.id.clone()),
            ("TemplateParam", json!(variables).to_string()),
        ];
        parameters.extend(self.settings.scheme_name.clone().map(|name| ("SchemeName", name)));
        self.call("SendSmsVerifyCode", &parameters, now, nonce)
    }

    /// `QuerySendDetails` for the day of `sent_at` in China.
    pub(super) fn query_send_details(
        &self,
        message: &Message,
        sent_at: OffsetDateTime,
        now: OffsetDateTime,
        nonce: Uuid,
    ) -> Result {
        self.call("QuerySendDetails", &acs3::query(number(message), sent_at), now, nonce)
    }

    fn call(
        &self,
        action: &str,
        parameters: &[(&str, String)],
        now: OffsetDateTime,
        nonce: Uuid,
    ) -> Result {
        let Settings { access_key_id, access_key_secret, placement, .. } = &self.settings;
        let (host, placement) = (self.transport.host(), *placement);
        let call = Call { host, action, parameters, placement, now, nonce };
        call.request(access_key_id, access_key_secret)
    }
}

/// The eleven digits of a number in mainland China; other numbers are not covered.
fn number(message: &Message) -> String {
    message.to.mainland().unwrap_or_default().to_owned()
}

/// The name of a gap. Templates of the provider call the minutes `min`.
fn name_of(template: &Template, parameter: Parameter) -> &str {
    template.own_name_of(parameter).unwrap_or(match parameter {
        Parameter::Minutes => "min",
        parameter => parameter.as_str(),
    })
}

#[cfg(test)]
mod tests;
