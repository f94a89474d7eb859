use std::error::Error;

use passport_throttle::{Charge, Quota, Receipt, ThrottleStore};
use passport_user::PhoneNumber;
use tracing::error;

/// One wrong code, of whichever was sent to the number.
pub(crate) fn wrong_code(phone: &PhoneNumber, quota: Quota) -> Charge {
    Charge::new(format!("wrong-code:phone:{}", phone.as_e164()), quota)
}

/// Takes back what was charged. When that fails, the act is as it is, and the charge stands.
pub(crate) async fn refund(throttle: &dyn ThrottleStore, receipt: &Receipt) {
    if let Err(error) = throttle.refund(receipt).await {
        error!(error = &error as &dyn Error, "charge was not refunded");
    }
}
