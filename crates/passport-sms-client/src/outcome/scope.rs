use crate::outcome::Class;

/// What a refusal is about, and so which later messages would be refused as well.
///
/// If a gateway's documentation leaves it open, the narrower scope holds, because a scope that is too
/// narrow costs a call, and one that is too wide stops messages that the gateway would send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// This message only, or an unknown part of it.
    Message,
    /// The number of the recipient.
    Number,
    /// The template: messages on the same topic in the same language to the same region.
    Template,
    /// The region: numbers with the same country and the same three digits after it.
    Region,
    /// The account at the gateway, and so every message.
    Account,
}

impl Scope {
    /// The scope of a refusal of that class if nothing else is known.
    #[must_use]
    pub const fn of(class: Class) -> Self {
        match class {
            Class::BadRecipient
            | Class::RecipientBlocked
            | Class::RecipientThrottled
            | Class::UnsupportedDestination => Self::Number,
            Class::AccountThrottled => Self::Account,
            Class::Config => Self::Template,
            Class::Content | Class::BadRequest | Class::Transient | Class::UnknownCode => {
                Self::Message
            }
        }
    }
}
