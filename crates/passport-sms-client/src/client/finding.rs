use std::fmt;

/// What a gateway knows of a message when it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// It has the message, and no other try is wanted.
    Has {
        /// Its own id of the message, where it gave a usable one.
        provider_id: Option<String>,
        /// How far the message came, where it says so.
        delivery: Option<Delivery>,
        /// The carrier's or gateway's code for it, as it came; empty if there was none.
        code: String,
    },
    /// It certainly has not got the message and will not send it: as good as
    /// [`Outcome::NotSent`](crate::Outcome::NotSent).
    HasNot,
    /// It did not answer, or what it answered does not settle it.
    Unsure,
    /// It cannot be asked.
    Unsupported,
}

/// How far a message came that a gateway took, each step further than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Delivery {
    /// It was handed on to the carrier.
    Sent,
    /// The carrier gave up. Some take that back, so [`Delivered`](Self::Delivered) outranks it.
    Undelivered,
    /// The telephone has it.
    Delivered,
}

impl Delivery {
    /// The name in figures and JSON: `sent`, `undelivered`, `delivered`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Undelivered => "undelivered",
            Self::Delivered => "delivered",
        }
    }
}

impl fmt::Display for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a gateway pushed about a message, after it was verified as far as it can be.
///
/// Receipts come late, twice, out of order or never; nobody is signed in or out by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The gateway's own id of the message, as [`Outcome::Accepted`](crate::Outcome::Accepted) had
    /// it.
    pub provider_id: String,
    /// How far the message came.
    pub delivery: Delivery,
    /// The carrier's or gateway's code for it, as it came; empty if there was none.
    pub code: String,
}
