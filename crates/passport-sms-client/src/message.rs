use uuid::Uuid;

use crate::message::text::free_text;

pub use crate::message::code::{OneTimeCode, ParseCodeError};
pub use crate::message::intent::{Intent, Notice, Purpose, Topic};
pub use crate::message::locale::Locale;
pub use crate::message::origin::{OriginHost, ParseOriginHostError};
pub use crate::message::prefix::{ParsePrefixError, Prefix};
pub use crate::message::recipient::{ParseRecipientError, Recipient};

pub(crate) use crate::message::intent::whole_minutes;

mod code;
mod intent;
mod locale;
mod origin;
mod prefix;
mod recipient;
mod redact;
mod text;

/// What shall be said to whom.
///
/// A message says what it is for and leaves the wording to the gateway: one fills a template that
/// the carrier approved, another sends a free text.
///
/// `Debug` shows neither the code nor more than four digits of the number.
#[derive(Debug, Clone)]
pub struct Message {
    /// The key against double sending: keep it for every try of this message, take a new one for a
    /// new message.
    pub id: Uuid,
    /// Whose telephone it is for.
    pub to: Recipient,
    /// What is to be said.
    pub intent: Intent,
    /// In which language.
    pub locale: Locale,
}

impl Message {
    /// The message in words, for gateways that take free text.
    ///
    /// With a code it says what the code is for, how long it is valid in whole minutes, and not to
    /// share it; with an `origin` its last line is then `@host #code`, by which a browser fills in
    /// the code on pages of that host and of no other (`WebOTP`). No text carries a link.
    #[must_use]
    pub fn text(&self, origin: Option<&OriginHost>) -> String {
        free_text(&self.intent, self.locale, origin)
    }
}
