//! How deliveries and standings are stored.

use passport_sms_client::{Delivery, Standing};

use crate::failure::Failure;

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

pub(crate) fn standing(stored: &str) -> Result<Standing, Failure> {
    let unknown = || Failure::Row(format!("no standing is called {stored}").into());
    Standing::from_name(stored).ok_or_else(unknown)
}
