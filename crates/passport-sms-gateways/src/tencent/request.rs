use http_body_util::Full;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use passport_sms_client::{Message, Template};
use secrecy::ExposeSecret;
use serde_json::json;
use time::OffsetDateTime;

use crate::kit::transport::{Request, secret};
use crate::tencent::Tencent;
use crate::tencent::signature::{self, Content};

impl Tencent {
    /// The payload of a message whose template is filled with `values`.
    pub(super) fn payload(
        &self,
        message: &Message,
        template: &Template,
        values: &[String],
    ) -> String {
        let mut payload = json!({
            "PhoneNumberSet": [message.to.as_str()],
            "SmsSdkAppId": self.settings.sdk_app_id,
            "TemplateId": template.id,
            "TemplateParamSet": values,
            // A label, which the answer repeats.
            "SessionContext": message.id.simple().to_string(),
        });
        // The gateway refuses unknown names, and an empty one too.
        if let Some(name) = &self.settings.sign_name {
            payload["SignName"] = name.as_str().into();
        }
        payload.to_string()
    }

    /// `SendSms` with that payload at `now`.
    pub(super) fn request(
        &self,
        payload: String,
        now: OffsetDateTime,
    ) -> Result<Request, hyper::http::Error> {
        let content = Content { host: self.transport.host(), payload: &payload, now };
        let authorization = content
            .authorization(&self.settings.secret_id, self.settings.secret_key.expose_secret());
        hyper::Request::post("/")
            .header(CONTENT_TYPE, signature::CONTENT_TYPE)
            .header("x-tc-action", "SendSms")
            .header("x-tc-version", "2021-01-11")
            .header("x-tc-timestamp", now.unix_timestamp())
            .header("x-tc-region", &self.settings.region)
            .header(AUTHORIZATION, secret(&authorization)?)
            .body(Full::from(payload))
    }
}

#[cfg(test)]
mod tests;
