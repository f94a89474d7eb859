//! Names of all limits.

use passport_throttle::Policy;

/// Pause between two codes to one number.
pub(crate) const SMS_PER_PHONE_COOLDOWN: Policy = Policy::new("sms-per-phone-cooldown");
/// Codes to one number in an hour.
pub(crate) const SMS_PER_PHONE_HOUR: Policy = Policy::new("sms-per-phone-hour");
/// Codes to one number in a day.
pub(crate) const SMS_PER_PHONE_DAY: Policy = Policy::new("sms-per-phone-day");
/// Codes for one client in an hour.
pub(crate) const SMS_PER_CLIENT_HOUR: Policy = Policy::new("sms-per-client-hour");
/// Codes for one client in a day.
pub(crate) const SMS_PER_CLIENT_DAY: Policy = Policy::new("sms-per-client-day");
/// Wrong codes for one number in a day.
pub(crate) const WRONG_CODES_PER_PHONE: Policy = Policy::new("wrong-codes-per-phone-day");
/// Wrong passwords from one client in a minute.
pub(crate) const FAILURES_PER_CLIENT: Policy = Policy::new("sign-in-failures-per-client-minute");
/// Wrong passwords for one number in a day.
pub(crate) const FAILURES_PER_PHONE: Policy = Policy::new("sign-in-failures-per-phone-day");
/// Challenges for one client in a minute.
pub(crate) const CHALLENGES_MADE: Policy = Policy::new("challenges-per-client-minute");
/// Pictures and sounds fetched by one client in a minute.
pub(crate) const CHALLENGES_FETCHED: Policy = Policy::new("challenge-media-per-client-minute");
