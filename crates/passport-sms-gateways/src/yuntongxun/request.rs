use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use md5::{Digest, Md5};
use passport_sms_client::{Message, Recipient, Template};
use secrecy::ExposeSecret;
use serde_json::json;
use time::OffsetDateTime;

use crate::kit::cst;
use crate::kit::transport::{Request, secret};
use crate::yuntongxun::{Settings, Yuntongxun};

const JSON: HeaderValue = HeaderValue::from_static("application/json;charset=utf-8");

impl Yuntongxun {
    /// The request of a message at `now`. Its URI and its `Authorization` are secrets.
    pub(super) fn request(
        &self,
        message: &Message,
        template: &Template,
        now: OffsetDateTime,
    ) -> Result<Request, hyper::http::Error> {
        let Settings { account_sid, auth_token, .. } = &self.settings;
        let timestamp = cst::timestamp(now);
        let signature = signature(account_sid, auth_token.expose_secret(), &timestamp);
        let authorization = secret(&authorization(account_sid, &timestamp))?;
        let path = format!("/2013-12-26/Accounts/{account_sid}/SMS/TemplateSMS?sig={signature}");
        hyper::Request::post(path)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, JSON)
            .header(AUTHORIZATION, authorization)
            .body(Full::new(self.body(message, template)))
    }

    fn body(&self, Message { id, to, intent, .. }: &Message, template: &Template) -> Bytes {
        let mut body = json!({
            "to": number(to),
            "appId": self.settings.app_id,
            "templateId": template.id,
            "datas": template.values(intent),
        });
        if self.settings.request_id {
            // 32 letters and digits, the longest id that the gateway accepts.
            body["reqId"] = id.simple().to_string().into();
        }
        body.to_string().into()
    }
}

fn signature(account_sid: &str, auth_token: &str, timestamp: &str) -> String {
    let digest = Md5::new_with_prefix(account_sid)
        .chain_update(auth_token)
        .chain_update(timestamp)
        .finalize();
    hex::encode_upper(digest)
}

fn authorization(account_sid: &str, timestamp: &str) -> String {
    BASE64_STANDARD.encode(format!("{account_sid}:{timestamp}"))
}

/// The number in the gateway's form.
fn number(to: &Recipient) -> String {
    match to.mainland() {
        Some(digits) => digits.to_owned(),
        None => to.as_str().replacen('+', "00", 1),
    }
}

#[cfg(test)]
mod tests;
