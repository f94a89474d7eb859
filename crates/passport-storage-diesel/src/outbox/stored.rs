//! Stored forms of delivery statuses and attempt statuses, and the meaning of row counts.

use passport_sms_client::{AttemptStatus, Delivery, LeaseCheck};
use uuid::Uuid;

use crate::failure::Failure;

/// An attempt without an end.
pub(super) const IN_DOUBT: &str = "in-doubt";
/// Attempts that may have delivered the message.
pub(super) const MAY_ARRIVE: [&str; 2] = [IN_DOUBT, "accepted"];
/// Attempts that the same gateway may repeat.
pub(super) const MAY_BE_TRIED: [&str; 2] = [IN_DOUBT, "not-sent"];
/// How many messages a purge wipes or deletes at once: between two batches others get their turn.
pub(super) const PURGE_BATCH: i64 = 1_000;
/// Lease of a message that is deferred.
pub(super) const DEFERRED: Uuid = Uuid::nil();

/// Stored form of a delivery status; later ones are larger.
pub(super) fn rank(delivery: Delivery) -> i16 {
    match delivery {
        Delivery::Sent => 1,
        Delivery::Undelivered => 2,
        Delivery::Delivered => 3,
    }
}

pub(crate) fn delivery(stored: i16) -> Result<Option<Delivery>, Failure> {
    match stored {
        0 => Ok(None),
        1 => Ok(Some(Delivery::Sent)),
        2 => Ok(Some(Delivery::Undelivered)),
        3 => Ok(Some(Delivery::Delivered)),
        other => Err(Failure::Row(format!("no delivery is stored as {other}").into())),
    }
}

pub(crate) fn standing(stored: &str) -> Result<AttemptStatus, Failure> {
    let unknown = || Failure::Row(format!("no standing is called {stored}").into());
    AttemptStatus::from_name(stored).ok_or_else(unknown)
}

/// Meaning of a write that only the holder of a message can do.
pub(super) fn lease_check(changed: usize) -> LeaseCheck {
    if changed == 0 { LeaseCheck::Lost } else { LeaseCheck::Held }
}
