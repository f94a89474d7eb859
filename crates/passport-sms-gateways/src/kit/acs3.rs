//! Calls of Alibaba Cloud APIs in RPC style, signed with ACS3-HMAC-SHA256.

use http_body_util::Full;
use hyper::Method;
use hyper::header::{AUTHORIZATION, CONTENT_LENGTH};
use secrecy::{ExposeSecret, SecretString};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::kit::check::is_made_of;
use crate::kit::digest::sha256_hex;
use crate::kit::faults::Faults;
use crate::kit::transport::{Request, secret};
use crate::kit::{encoding, utc};
use crate::settings::Fields;

pub use crate::kit::acs3::answer::{Reply, outcome};
pub use crate::kit::acs3::carriers::delivery_class;
pub use crate::kit::acs3::details::{Row, finding, out_id, query};
pub use crate::kit::acs3::sms_codes::sms_verdict;

mod answer;
mod carriers;
mod codes;
mod details;
mod signature;
mod sms_codes;

const FORM: &str = "application/x-www-form-urlencoded";

/// Place of the parameters in a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Placement {
    /// The query, as the provider documents it.
    #[default]
    Query,
    /// The body, so that no URL contains a code. Not confirmed against the live gateway.
    Form,
}

impl Placement {
    /// The key `placement`.
    pub fn read(fields: &mut dyn Fields) -> Self {
        match fields.choice("placement", &["query", "form"]) {
            0 => Self::Query,
            _ => Self::Form,
        }
    }
}

/// Records the faults of an access key.
pub fn check_key(faults: &mut Faults, id: &str, secret: &SecretString) {
    let is_key_byte = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.';
    faults.refuse_if(
        !is_made_of(id, is_key_byte),
        "access_key_id",
        "ASCII letters, digits and full stops",
    );
    faults.refuse_if(secret.expose_secret().is_empty(), "access_key_secret", "set");
}

/// A call of an action. All APIs that send messages have the version 2017-05-25.
#[derive(Debug)]
pub struct Call<'a> {
    /// Host of the API.
    pub host: &'a str,
    /// Name of the action.
    pub action: &'a str,
    /// Parameters of the action, in any order.
    pub parameters: &'a [(&'a str, String)],
    /// Place of the parameters.
    pub placement: Placement,
    /// Time of this attempt.
    pub now: OffsetDateTime,
    /// New for each attempt.
    pub nonce: Uuid,
}

impl Call<'_> {
    /// The request, signed under that key. Its URI, or its body, is a secret.
    ///
    /// # Errors
    ///
    /// A value cannot be part of an HTTP request.
    pub fn request(&self, key_id: &str, key: &SecretString) -> Result<Request, hyper::http::Error> {
        let pairs = self.parameters.iter().map(|(name, value)| (*name, value.as_str()));
        let parameters = encoding::sorted_query(pairs);
        let (query, body) = match self.placement {
            Placement::Query => (parameters, String::new()),
            Placement::Form => (String::new(), parameters),
        };
        let body_digest = sha256_hex(&body);
        let headers = self.headers(&body_digest);
        let content =
            signature::Content { query: &query, headers: &headers, body_digest: &body_digest };
        let authorization = content.authorization(key_id, key.expose_secret());

        let path = if query.is_empty() { "/".to_owned() } else { format!("/?{query}") };
        let mut request = hyper::Request::builder().method(Method::POST).uri(path);
        // The transport adds the host that is signed here.
        for (name, value) in headers.iter().filter(|(name, _)| *name != "host") {
            request = request.header(*name, value);
        }
        if body.is_empty() {
            // hyper omits it for an empty body, and some gateways require it.
            request = request.header(CONTENT_LENGTH, 0);
        }
        request.header(AUTHORIZATION, secret(&authorization)?).body(Full::from(body))
    }

    fn headers(&self, body_digest: &str) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("host", self.host.to_owned()),
            ("x-acs-action", self.action.to_owned()),
            ("x-acs-content-sha256", body_digest.to_owned()),
            ("x-acs-date", utc::timestamp(self.now)),
            ("x-acs-signature-nonce", self.nonce.simple().to_string()),
            ("x-acs-version", "2017-05-25".to_owned()),
        ];
        if self.placement == Placement::Form {
            headers.insert(0, ("content-type", FORM.to_owned()));
        }
        headers
    }
}

#[cfg(test)]
mod tests;
