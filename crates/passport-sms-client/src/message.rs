use uuid::Uuid;

use crate::message::text::free_text;

pub use crate::message::code::{OneTimeCode, ParseCodeError};
pub use crate::message::custom::{ComposeError, Custom, CustomTopic};
pub use crate::message::intent::{Intent, Notice, Purpose, Topic};
pub use crate::message::locale::Locale;
pub use crate::message::origin::{OriginHost, ParseOriginHostError};
pub use crate::message::prefix::{ParsePrefixError, Prefix};
pub use crate::message::recipient::{ParseRecipientError, Recipient};

pub(crate) use crate::message::intent::whole_minutes;

mod code;
mod custom;
mod intent;
mod locale;
mod origin;
mod prefix;
mod recipient;
mod redact;
mod text;

/// Text message before its wording: recipient, content and language.
///
/// The wording is left to the gateway: one gateway fills a template that the carrier approved,
/// another sends free text.
///
/// `Debug` shows neither the code nor more than the last four digits of the number.
#[derive(Debug, Clone)]
pub struct Message {
    /// Idempotency key: the same for every attempt with this message, new for each new message.
    pub id: Uuid,
    /// Phone number of the recipient.
    pub to: Recipient,
    /// Content: a code, a notice, or words of the application.
    pub intent: Intent,
    /// Language of the text.
    pub locale: Locale,
}

impl Message {
    /// The text of the message, for gateways that send free text.
    ///
    /// The text of a code names its purpose and its validity in whole minutes, and warns against
    /// sharing it. With an `origin` its last line is `@host #code`, from which a browser fills in
    /// the code on pages of that host only (`WebOTP`). No text contains a link.
    #[must_use]
    pub fn text(&self, origin: Option<&OriginHost>) -> String {
        free_text(&self.intent, self.locale, origin)
    }
}
