use crate::message::{Locale, Message, Prefix, Topic};

/// Kind of a message and its destination, for which a gateway is asked whether it covers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageKind {
    /// Subject of the message.
    pub topic: Topic,
    /// Language of the message.
    pub locale: Locale,
    /// Destination numbers.
    pub destination: Prefix,
}

impl MessageKind {
    /// The kind of `message`; its destination is as narrow as a [`Prefix`] can be.
    #[must_use]
    pub fn by(message: &Message) -> Self {
        Self {
            topic: message.intent.topic(),
            locale: message.locale,
            destination: Prefix::longest_of(&message.to),
        }
    }
}

/// Reason for which a gateway does not cover a kind of message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Gap {
    /// The gateway does not serve the destination.
    #[error("gateway does not serve this destination")]
    Destination,
    /// The gateway has no template for the topic in that language.
    #[error("gateway has no template for this topic and language")]
    Template,
}
