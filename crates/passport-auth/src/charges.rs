use std::error::Error;

use passport_throttle::{Charge, Hit, Quota, ThrottleStore};
use tracing::error;

use crate::{PhoneTag, limits};

/// One wrong code, of whichever was sent to the number.
pub(crate) fn wrong_code(phone: PhoneTag, quota: Quota) -> Charge {
    Charge::new(limits::WRONG_CODES_PER_PHONE, phone.into(), quota)
}

/// Takes back what was charged. When that fails, the act is as it is, and the charge stands.
pub(crate) async fn refund(throttle: &dyn ThrottleStore, hit: &Hit) {
    if let Err(error) = throttle.refund(hit).await {
        error!(error = &error as &dyn Error, "charge was not refunded");
    }
}
