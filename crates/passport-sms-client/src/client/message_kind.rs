use crate::message::{Locale, Message, Prefix, Topic};

/// A kind of message to a kind of number: what a gateway is asked whether it covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageKind {
    /// What is to be said.
    pub topic: Topic,
    /// In which language.
    pub locale: Locale,
    /// To which numbers.
    pub destination: Prefix,
}

impl MessageKind {
    /// What `message` asks for; its destination is as narrow as a [`Prefix`] can be.
    #[must_use]
    pub fn by(message: &Message) -> Self {
        Self {
            topic: message.intent.topic(),
            locale: message.locale,
            destination: Prefix::longest_of(&message.to),
        }
    }
}

/// Why a gateway does not cover what is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Gap {
    /// It does not send to such numbers.
    #[error("gateway does not serve this destination")]
    Destination,
    /// It has no template for this topic in this language.
    #[error("gateway has no template for this topic and language")]
    Template,
}
