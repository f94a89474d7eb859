use std::collections::BTreeMap;

use passport_sms_client::{Message, Recipient, Template};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::aliyun::{Aliyun, Settings};
use crate::kit::acs3::{self, Call};
use crate::kit::transport::Request;

type Result = std::result::Result<Request, hyper::http::Error>;

impl Aliyun {
    /// `SendSms` of a message at `now`. Its URI, or its body, is a secret.
    pub(super) fn send_sms(
        &self,
        message: &Message,
        template: &Template,
        now: OffsetDateTime,
        nonce: Uuid,
    ) -> Result {
        let variables: BTreeMap<&str, String> = template
            .parameters
            .iter()
            .map(|gap| (template.name_of(*gap), gap.value(&message.intent)))
            .collect();
        let parameters = [
            ("OutId", acs3::out_id(message)),
            ("PhoneNumbers", number(&message.to)),
            ("SignName", self.settings.sign_name.clone()),
            ("TemplateCode", template.id.clone()),
            ("TemplateParam", json!(variables).to_string()),
        ];
        self.call("SendSms", &parameters, now, nonce)
    }

    /// `QuerySendDetails` for the day of `sent_at` in China.
    pub(super) fn query_send_details(
        &self,
        message: &Message,
        sent_at: OffsetDateTime,
        now: OffsetDateTime,
        nonce: Uuid,
    ) -> Result {
        self.call("QuerySendDetails", &acs3::query(number(&message.to), sent_at), now, nonce)
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

/// The number in the gateway's form: without a plus, and in mainland China without the country
/// code.
fn number(to: &Recipient) -> String {
    to.mainland().unwrap_or(&to.as_str()[1..]).to_owned()
}

#[cfg(test)]
mod tests;
