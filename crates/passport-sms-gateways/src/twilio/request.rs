use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http_body_util::Full;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use passport_sms_client::{Intent, Message};
use secrecy::{ExposeSecret, SecretString};

use crate::kit::encoding;
use crate::kit::transport::{Request, secret};
use crate::twilio::{Sender, Twilio};

type Result<T> = std::result::Result<T, hyper::http::Error>;

/// Allowed values of `ValidityPeriod`, in seconds.
const VALIDITY: std::ops::RangeInclusive<u64> = 1..=36_000;

impl Twilio {
    /// The request that creates a message. Its body is a secret.
    pub(super) fn create(&self, message: &Message) -> Result<Request> {
        let text = message.text(self.origin.as_ref());
        let validity = match &message.intent {
            Intent::Code { valid_for, .. } => {
                Some(valid_for.as_secs().clamp(*VALIDITY.start(), *VALIDITY.end()))
            }
            _ => None,
        };
        let form = self.form(message.to.as_str(), &text, validity);
        hyper::Request::post(self.path())
            .header(AUTHORIZATION, self.authorization()?)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::from(form))
    }

    /// The request that lists the messages to the number of any day, because a queued message has
    /// no day of sending yet. Its URI is a secret.
    pub(super) fn list(&self, message: &Message) -> Result<Request> {
        let query = encoding::form([("To", message.to.as_str()), ("PageSize", "100")]);
        hyper::Request::get(format!("{}?{query}", self.path()))
            .header(AUTHORIZATION, self.authorization()?)
            .body(Full::default())
    }

    fn form(&self, to: &str, text: &str, validity: Option<u64>) -> String {
        let validity = validity.map(|seconds| seconds.to_string());
        let sender = match &self.settings.sender {
            Sender::From(from) => ("From", from.as_str()),
            Sender::MessagingService(sid) => ("MessagingServiceSid", sid.as_str()),
        };
        let callback = self.status_callback.as_ref().map(SecretString::expose_secret);
        let pairs = [
            Some(("To", to)),
            callback.map(|url| ("StatusCallback", url)),
            validity.as_deref().map(|seconds| ("ValidityPeriod", seconds)),
            Some(sender),
            Some(("Body", text)),
        ];
        encoding::form(pairs.into_iter().flatten())
    }

    fn path(&self) -> String {
        format!("/2010-04-01/Accounts/{}/Messages.json", self.settings.account_sid)
    }

    fn authorization(&self) -> Result<HeaderValue> {
        let (user, password) = self.settings.basic();
        secret(&format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}"))))
    }
}

#[cfg(test)]
mod tests;
