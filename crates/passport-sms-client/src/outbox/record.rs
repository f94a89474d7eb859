use std::fmt;

use time::OffsetDateTime;
use uuid::Uuid;

use crate::client::Delivery;
use crate::message::Prefix;

/// A message as it is put on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The message's own id.
    pub id: Uuid,
    /// Number, content and language.
    pub sealed: SealedMessage,
    /// The country of the number.
    pub country: Prefix,
    /// The country and the carrier's digits.
    pub carrier: Prefix,
    /// From this moment on it is not sent any more: its code is dead, or it is no news.
    pub expires_at: OffsetDateTime,
}

/// A message that only the holder of the key can read. `Debug` shows its length.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedMessage(Vec<u8>);

impl SealedMessage {
    /// What an outbox kept.
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// What to keep.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SealedMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedMessage({} bytes)", self.0.len())
    }
}

/// The right to send a message, until it lapses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Who has it: new for each message that is opened and for each claim, and never nil.
    pub token: Uuid,
    /// From this moment on others may claim the message.
    pub until: OffsetDateTime,
}

/// Whether a message came on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opened {
    /// It is new, and leased.
    New,
    /// It was there before. Nothing changed.
    Known,
}

/// Whether a step was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaseCheck {
    /// It was: the lease is good.
    Held,
    /// It was not: somebody else has the message, or it is closed.
    Lost,
}

/// What a receipt was good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptEffect {
    /// It said something new.
    News,
    /// It is for an attempt of which as much was known.
    Known,
    /// Nothing was accepted under its id, but somebody has a message in hand that is in doubt at
    /// that gateway since before it came: it may be for that. Where nobody has, nothing can become
    /// of it, so whoever invents ids is not asked for more.
    Early,
    /// It is for nothing that is on record.
    Stray,
}

/// Why nobody has an open message in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idle {
    /// Its sender went away, and the lease lapsed.
    Abandoned,
    /// It was laid aside, and its moment came.
    Due,
}

/// A message that nobody had in hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The message's id.
    pub id: Uuid,
    /// Number, content and language.
    pub sealed: SealedMessage,
    /// When it expires.
    pub expires_at: OffsetDateTime,
    /// What is on record, in the order in which the attempts began.
    pub attempts: Vec<Attempt>,
}

/// What is on record of a message at one gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The gateway's name.
    pub gateway: String,
    /// When the message was first about to be handed to it.
    pub began_at: OffsetDateTime,
    /// What is known.
    pub status: AttemptStatus,
    /// How far it came from there, as far as the gateway said.
    pub delivery: Option<Delivery>,
    /// The carrier's or gateway's code for that, as it came; empty if there was none.
    pub code: String,
    /// Whether the code in the message was typed in.
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

    /// Whether the gateway has it and did not say yet whether it arrived.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.status == AttemptStatus::Accepted
            && matches!(self.delivery, None | Some(Delivery::Sent))
    }
}

/// What is known of a message at one gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AttemptStatus {
    /// It may have it: the attempt has not ended, or ended without an answer.
    InDoubt,
    /// It certainly has not got it, and may be tried again.
    NotSent,
    /// It refused, and would again. Another one may not.
    Refused,
    /// It refused what no other gateway may be given either.
    Barred,
    /// It has it.
    Accepted,
}

impl AttemptStatus {
    /// Every status, in the order of their declaration.
    pub const ALL: [Self; 5] =
        [Self::InDoubt, Self::NotSent, Self::Refused, Self::Barred, Self::Accepted];

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

    /// The status of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}
