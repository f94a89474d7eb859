//! Any gateway with an HTTP API, described by its settings: URL, headers, body, and what its answers mean.
//!
//! Texts of a request contain placeholders, and each value is escaped for its place: percent-encoded in the
//! URL and in a form, as a string in JSON, as text in XML. A body of JSON is parsed first and filled
//! afterwards, so it stays valid whatever the text; a header takes only values that cannot end it.
//!
//! | placeholder | value |
//! | --- | --- |
//! | `{to}` | number with its plus, `+8613800138000` |
//! | `{to_digits}` | number without its plus |
//! | `{to_national}` | number without the calling code of its country |
//! | `{text}` | complete text of the message |
//! | `{code}`, `{minutes}` | code, and its validity in minutes |
//! | `{template}` | id of the template for the message |
//! | `{id}` | id of the message: 32 hexadecimal digits, the same for each attempt |
//! | `{locale}`, `{topic}` | language and topic, `zh-Hans` and `login` |
//! | `{timestamp}`, `{time}` | Unix seconds, and RFC 3339 in UTC |
//! | `{nonce}` | 32 hexadecimal digits, new for each attempt |
//! | `{signature}` | HMAC-SHA-256 of [`Signature::of`], in which `{body}` is the body |
//! | any other name | own constant of [`Settings::variables`] |
//!
//! `{{` and `}}` are braces. What the gateway promises:
//!
//! - A message is **accepted** only if the status is one of [`Settings::accepted_statuses`] and every rule of
//!   [`Settings::accepted`] holds. It is **refused** if its code or status is in a table. Everything else
//!   is `Unknown`, because the answer may come from a proxy, except 429 (`NotSent`) and a code that is in no
//!   table (`UnknownCode`).
//! - A repeated message is a second message unless [`Settings::is_idempotent`].
//! - It cannot be asked, and reads no receipts.
//! - Answers are read as JSON, or as a whole.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use passport_sms_client::{
    Capabilities, Clock, ContentKind, Gap, Gateway, IdempotencyWindow, Message, MessageKind,
    OriginHost, Outcome, Rejection, Resend, SettingsError, SmsClient, Topic,
};
use uuid::Uuid;

use crate::Site;
use crate::custom_http::plan::{Content, Plan};
use crate::custom_http::values::Values;
use crate::kit::transport::Transport;
use crate::settings::Account;

pub use crate::custom_http::settings::{Body, Credentials, Encoding, Method, Settings, Signature};

mod answer;
mod check;
mod pattern;
mod plan;
mod request;
mod rules;
mod settings;
mod table;
mod tree;
mod values;

/// Time for which a provider with an idempotency key is expected to remember it.
const WINDOW: IdempotencyWindow = IdempotencyWindow::For(Duration::from_hours(1));

/// A gateway that is described by its settings.
///
/// Keep one and share it, because it keeps connections for later messages. It needs a tokio runtime
/// with I/O and time, and spawns no task.
pub struct CustomHttp {
    settings: Settings,
    plan: Plan,
    origin: Option<OriginHost>,
    transport: Transport,
    clock: Clock,
}

impl CustomHttp {
    /// The gateway of that description. Nothing is connected before the first message.
    ///
    /// # Errors
    ///
    /// The first setting that cannot be used.
    pub fn open(settings: Settings, site: &Site) -> Result<Self, SettingsError> {
        if let Some(fault) = settings.faults().first() {
            return Err(*fault);
        }
        let plan = Plan::of(&settings).map_err(|refused| refused[0].as_error())?;
        let transport = Transport::with_plain_http(&plan.endpoint, &settings.https)?;
        let Site { clock, origin, .. } = site.clone();
        Ok(Self { settings, plan, origin, transport, clock })
    }
}

#[async_trait]
impl SmsClient for CustomHttp {
    fn capabilities(&self) -> Capabilities {
        let content = match self.plan.content {
            Content::Text => ContentKind::FreeText,
            Content::Codes | Content::Templates => ContentKind::Templates,
        };
        let capabilities = Capabilities::new(content);
        if self.settings.is_idempotent {
            capabilities.with_resend(Resend::Idempotent(WINDOW))
        } else {
            capabilities
        }
    }

    /// Every message if the request contains `{text}`; otherwise those with a template, or codes.
    fn covers(&self, kind: &MessageKind) -> Result<(), Gap> {
        match (self.plan.content, kind.topic, &self.settings.templates) {
            (Content::Text, ..) | (Content::Codes, Topic::Code(_), _) => Ok(()),
            (Content::Templates, _, Some(templates)) => templates.covers(kind),
            (Content::Codes, _, _) | (Content::Templates, _, None) => Err(Gap::Template),
        }
    }

    async fn send(&self, message: &Message) -> Outcome {
        if let Err(gap) = self.covers(&MessageKind::by(message)) {
            return Outcome::Rejected(Rejection::uncovered(gap));
        }
        let values = Values {
            message,
            text: message.text(self.origin.as_ref()),
            template: self.settings.template_of(message),
            now: self.clock.now(),
            nonce: Uuid::new_v4(),
        };
        let request = self.plan.request(&values);
        let read = |answer: &_| self.plan.outcome(answer, &values, self.clock.now());
        self.transport.send(request, read).await
    }
}

impl Gateway for CustomHttp {}

impl fmt::Debug for CustomHttp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomHttp")
            .field("settings", &self.settings)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
