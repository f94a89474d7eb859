use std::collections::BTreeMap;

use http_body_util::Full;
use hyper::Method;
use hyper::header::{AUTHORIZATION, CONTENT_LENGTH};
use secrecy::ExposeSecret;
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::aliyun::signature::Content;
use crate::aliyun::{Aliyun, Placement};
use crate::cst;
use crate::digest::sha256_hex;
use crate::encoding;
use crate::message::{Message, Recipient};
use crate::template::Template;
use crate::transport::{Request, secret};
use crate::utc;

type Result = std::result::Result<Request, hyper::http::Error>;

const FORM: &str = "application/x-www-form-urlencoded";

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
            ("OutId", out_id(message)),
            ("PhoneNumbers", number(&message.to)),
            ("SignName", self.sign_name.clone()),
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
        let day = cst::date(sent_at);
        let parameters = [
            ("CurrentPage", "1".to_owned()),
            ("PageSize", "50".to_owned()),
            ("PhoneNumber", number(&message.to)),
            ("SendDate", format!("{:04}{:02}{:02}", day.year(), u8::from(day.month()), day.day())),
        ];
        self.call("QuerySendDetails", &parameters, now, nonce)
    }

    fn call(
        &self,
        action: &str,
        parameters: &[(&str, String)],
        now: OffsetDateTime,
        nonce: Uuid,
    ) -> Result {
        let pairs = parameters.iter().map(|(name, value)| (*name, value.as_str()));
        let parameters = encoding::sorted_query(pairs);
        let (query, body) = match self.placement {
            Placement::Query => (parameters, String::new()),
            Placement::Form => (String::new(), parameters),
        };
        let body_digest = sha256_hex(&body);
        let headers = self.headers(action, &body_digest, now, nonce);
        let content = Content { query: &query, headers: &headers, body_digest: &body_digest };
        let authorization =
            content.authorization(&self.access_key_id, self.access_key_secret.expose_secret());

        let path = if query.is_empty() { "/".to_owned() } else { format!("/?{query}") };
        let mut request = hyper::Request::builder().method(Method::POST).uri(path);
        // The transport names the host, the same that is signed here.
        for (name, value) in headers.iter().filter(|(name, _)| *name != "host") {
            request = request.header(*name, value);
        }
        if body.is_empty() {
            // Not written for an empty body unless it is said, and some gateways ask for it.
            request = request.header(CONTENT_LENGTH, 0);
        }
        request.header(AUTHORIZATION, secret(&authorization)?).body(Full::from(body))
    }

    fn headers(
        &self,
        action: &str,
        body_digest: &str,
        now: OffsetDateTime,
        nonce: Uuid,
    ) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("host", self.transport.host().to_owned()),
            ("x-acs-action", action.to_owned()),
            ("x-acs-content-sha256", body_digest.to_owned()),
            ("x-acs-date", utc::timestamp(now)),
            ("x-acs-signature-nonce", nonce.simple().to_string()),
            ("x-acs-version", "2017-05-25".to_owned()),
        ];
        if self.placement == Placement::Form {
            headers.insert(0, ("content-type", FORM.to_owned()));
        }
        headers
    }
}

/// Our label on the message, which receipts and queries repeat.
pub(super) fn out_id(message: &Message) -> String {
    message.id.simple().to_string()
}

/// The number as the gateway writes it: without a plus, and without the country at home.
fn number(to: &Recipient) -> String {
    to.mainland().unwrap_or(&to.as_str()[1..]).to_owned()
}

#[cfg(test)]
mod tests;
