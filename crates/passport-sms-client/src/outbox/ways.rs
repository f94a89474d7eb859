use uuid::Uuid;

use crate::message::Prefix;

/// Identification of a message in a query for its attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which<'a> {
    /// The message with this id.
    Message(Uuid),
    /// The message that a gateway accepted under an id of its own.
    Accepted {
        /// Name of the gateway.
        gateway: &'a str,
        /// Id of the message at that gateway.
        provider_id: &'a str,
    },
}

/// Gateway and country of an attempt that may have delivered a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Name of the gateway.
    pub gateway: String,
    /// Country of the number.
    pub country: Prefix,
}
