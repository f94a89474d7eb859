//! How deliveries and standings are stored, and what a count of rows says.

use passport_sms_client::{AttemptStatus, Delivery, LeaseCheck};
use uuid::Uuid;

use crate::failure::Failure;

/// The attempts that may have brought the message.
pub(super) const MAY_ARRIVE: [&str; 2] = ["in-doubt", "accepted"];
/// The attempts that may be made again by the same gateway.
pub(super) const MAY_BE_TRIED: [&str; 2] = ["in-doubt", "not-sent"];
/// Who has a message that was laid aside.
pub(super) const NOBODY: Uuid = Uuid::nil();

/// How a delivery is stored: the further, the larger.
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

/// What a write says that only the holder of a message could do.
pub(super) fn tenure(changed: usize) -> LeaseCheck {
    if changed == 0 { LeaseCheck::Lost } else { LeaseCheck::Held }
}
