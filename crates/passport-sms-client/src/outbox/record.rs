use std::fmt;

use time::OffsetDateTime;
use uuid::Uuid;

use crate::client::Delivery;
use crate::message::Prefix;

/// A message as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Id of the message.
    pub id: Uuid,
    /// Number, content and language.
    pub sealed: SealedMessage,
    /// Country of the number.
    pub country: Prefix,
    /// The country and the carrier's digits.
    pub carrier: Prefix,
    /// Moment from which the message is not sent any more, because its code has expired or its
    /// notice is outdated.
    pub expires_at: OffsetDateTime,
}

/// A message that only the holder of the key can read. `Debug` shows its length.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedMessage(Vec<u8>);

impl SealedMessage {
    /// The sealed message in these stored bytes.
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SealedMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedMessage({} bytes)", self.0.len())
    }
}

/// The right to send a message, until it expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Identifier of the holder: new for each opened message and each claim, and never nil.
    pub token: Uuid,
    /// Moment from which others may claim the message.
    pub until: OffsetDateTime,
}

/// Effect of opening a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opened {
    /// The message is new, and leased.
    New,
    /// The message was recorded before. Nothing changed.
    Known,
}

/// Whether the lease allowed a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaseCheck {
    /// The step was taken, because the lease is valid.
    Held,
    /// The step was not taken: the message is leased to another process, or closed.
    Lost,
}

/// Effect of a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptEffect {
    /// The receipt changed the delivery status.
    News,
    /// The receipt is for an attempt with at least that status.
    Known,
    /// No message was accepted under its id, but a message that is being sent has been in doubt at
    /// that gateway since before the receipt came: the receipt may be for that message. Without
    /// such a message a receipt with an invented id is not early.
    Early,
    /// No recorded message matches the receipt.
    Stray,
}

/// Why an open message is leased to no process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idle {
    /// The sending process stopped, and the lease expired.
    Abandoned,
    /// The message was deferred, and is due.
    Due,
}

/// An idle message that was claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Id of the message.
    pub id: Uuid,
    /// Number, content and language.
    pub sealed: SealedMessage,
    /// Moment at which the message expires.
    pub expires_at: OffsetDateTime,
    /// Attempts, in the order in which they began.
    pub attempts: Vec<Attempt>,
}

/// Record of a message at one gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Name of the gateway.
    pub gateway: String,
    /// Moment at which the message was first about to be handed to the gateway.
    pub began_at: OffsetDateTime,
    /// Status of the attempt.
    pub status: AttemptStatus,
    /// Delivery status reported by this gateway, if any.
    pub delivery: Option<Delivery>,
    /// The carrier's or gateway's code for the delivery status, unchanged; empty if there was none.
    pub code: String,
    /// Whether the code in the message was redeemed.
    pub is_redeemed: bool,
}

impl Attempt {
    /// An attempt that is about to be made.
    pub fn new(gateway: impl Into<String>, began_at: OffsetDateTime) -> Self {
        Self {
            gateway: gateway.into(),
            began_at,
            status: AttemptStatus::InDoubt,
            delivery: None,
            code: String::new(),
            is_redeemed: false,
        }
    }

    /// Whether the gateway accepted the message and has not reported yet whether it arrived.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.status == AttemptStatus::Accepted
            && matches!(self.delivery, None | Some(Delivery::Sent))
    }
}

/// End of an attempt at one gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End<'a> {
    /// Name of the gateway.
    pub gateway: &'a str,
    /// Status of the message at that gateway.
    pub status: AttemptStatus,
    /// Id of the message at that gateway, if the gateway returned one.
    pub provider_id: Option<&'a str>,
}

/// Status of a message at one gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AttemptStatus {
    /// The gateway may have the message: the attempt has not ended, or ended without an answer.
    InDoubt,
    /// The gateway certainly does not have the message, and may be tried again.
    NotSent,
    /// The gateway refused the message, and would again. Another gateway may accept it.
    Refused,
    /// The gateway refused the message in a way that excludes every other gateway.
    Barred,
    /// The gateway accepted the message.
    Accepted,
}

impl AttemptStatus {
    /// Every status, in the order of their declaration.
    pub const ALL: [Self; 5] =
        [Self::InDoubt, Self::NotSent, Self::Refused, Self::Barred, Self::Accepted];

    /// Whether the message is handed to no gateway after an attempt that ended so.
    #[cfg(feature = "dispatch")]
    pub(crate) fn is_last(self) -> bool {
        match self {
            Self::Barred | Self::Accepted => true,
            Self::InDoubt | Self::NotSent | Self::Refused => false,
        }
    }

    /// The name in stores: `in-doubt`, `not-sent`, `refused`, `barred`, `accepted`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InDoubt => "in-doubt",
            Self::NotSent => "not-sent",
            Self::Refused => "refused",
            Self::Barred => "barred",
            Self::Accepted => "accepted",
        }
    }

    /// The status with that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}
