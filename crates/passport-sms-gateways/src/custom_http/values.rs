use std::borrow::Cow;

use passport_sms_client::{Message, Parameter, Prefix, Recipient};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::custom_http::pattern::Name;
use crate::kit::utc;

/// The values of one attempt.
pub(super) struct Values<'a> {
    pub(super) message: &'a Message,
    pub(super) text: String,
    pub(super) template: Option<&'a str>,
    pub(super) now: OffsetDateTime,
    pub(super) nonce: Uuid,
}

impl Values<'_> {
    /// The value of a placeholder that belongs to the message or the attempt; empty for the others, which
    /// the plan fills.
    pub(super) fn of(&self, name: Name) -> Cow<'_, str> {
        let to = self.message.to.as_str();
        match name {
            Name::To => to.into(),
            // A number begins with a plus.
            Name::ToDigits => to[1..].into(),
            Name::ToNational => national(&self.message.to).into(),
            Name::Text => self.text.as_str().into(),
            Name::Code => Parameter::Code.value(&self.message.intent).into(),
            Name::Minutes => Parameter::Minutes.value(&self.message.intent).into(),
            Name::Template => self.template.unwrap_or_default().into(),
            Name::Id => self.message.id.simple().to_string().into(),
            Name::Locale => self.message.locale.as_str().into(),
            Name::Topic => self.message.intent.topic().as_str().into(),
            Name::Timestamp => self.now.unix_timestamp().to_string().into(),
            Name::Time => utc::timestamp(self.now).into(),
            Name::Nonce => self.nonce.simple().to_string().into(),
            Name::Body | Name::Signature | Name::Own(_) => "".into(),
        }
    }
}

/// The number without the calling code of its country.
pub(super) fn national(number: &Recipient) -> &str {
    let prefix = Prefix::country_of(number).to_string();
    number.as_str().strip_prefix(&prefix).unwrap_or_default()
}
