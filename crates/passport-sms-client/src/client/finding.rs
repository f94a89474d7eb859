use std::fmt;

use crate::bill::Bill;

/// Answer of a gateway to a query for a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The gateway has the message; no other attempt is needed.
    Has {
        /// The gateway's own id of the message, if it returned a usable one.
        provider_id: Option<String>,
        /// Delivery status, if the gateway reports one.
        delivery: Option<Delivery>,
        /// The carrier's or gateway's code for the status, unchanged; empty if there was none.
        code: String,
        /// What the gateway charges, as far as it tells.
        bill: Bill,
    },
    /// The gateway certainly does not have the message and will not send it: equivalent to
    /// [`Outcome::NotSent`](crate::Outcome::NotSent).
    HasNot,
    /// The gateway did not answer, or its answer is inconclusive.
    Unsure,
    /// The gateway does not support queries.
    Unsupported,
}

/// Delivery status of a message that a gateway accepted, in ascending order of progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Delivery {
    /// The message was handed to the carrier.
    Sent,
    /// The carrier gave up. Some carriers correct this later, so [`Delivered`](Self::Delivered)
    /// takes precedence.
    Undelivered,
    /// The phone received the message.
    Delivered,
}

impl Delivery {
    /// The name in statistics and JSON: `sent`, `undelivered`, `delivered`.
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

/// Delivery receipt that a gateway pushed, after its verification.
///
/// Receipts may be late, repeated, out of order or missing, so authentication must not depend on
/// them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The gateway's own id of the message, as in [`Outcome::Accepted`](crate::Outcome::Accepted).
    pub provider_id: String,
    /// Delivery status.
    pub delivery: Delivery,
    /// The carrier's or gateway's code for the status, unchanged; empty if there was none.
    pub code: String,
    /// What the gateway charges, as far as it tells.
    pub bill: Bill,
}

impl Receipt {
    /// A receipt with an unknown bill.
    pub fn new(
        provider_id: impl Into<String>,
        delivery: Delivery,
        code: impl Into<String>,
    ) -> Self {
        let (provider_id, code) = (provider_id.into(), code.into());
        Self { provider_id, delivery, code, bill: Bill::UNKNOWN }
    }
}
