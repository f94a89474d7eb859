use crate::message::{Locale, Message, Prefix, Topic};

/// Topic, language and destination of a message, by which the coverage of a gateway is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageKind {
    /// Topic of the message.
    pub topic: Topic,
    /// Language of the message.
    pub locale: Locale,
    /// Prefix of the recipient's number.
    pub destination: Prefix,
}

impl MessageKind {
    /// The kind of `message`, with the longest possible [`Prefix`] as its destination.
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
