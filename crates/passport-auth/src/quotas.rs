use std::time::Duration;

use passport_throttle::Quota;

/// Quota of each policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    /// Quota of [`SMS_PER_PHONE_COOLDOWN`](crate::policies::SMS_PER_PHONE_COOLDOWN).
    pub sms_per_phone_cooldown: Quota,
    /// Quota of [`SMS_PER_PHONE_HOUR`](crate::policies::SMS_PER_PHONE_HOUR).
    pub sms_per_phone_hour: Quota,
    /// Quota of [`SMS_PER_PHONE_DAY`](crate::policies::SMS_PER_PHONE_DAY).
    pub sms_per_phone_day: Quota,
    /// Quota of [`SMS_PER_CLIENT_HOUR`](crate::policies::SMS_PER_CLIENT_HOUR).
    pub sms_per_client_hour: Quota,
    /// Quota of [`SMS_PER_CLIENT_DAY`](crate::policies::SMS_PER_CLIENT_DAY).
    pub sms_per_client_day: Quota,
    /// Quota of [`WRONG_CODES_PER_CLIENT`](crate::policies::WRONG_CODES_PER_CLIENT).
    pub wrong_codes_per_client: Quota,
    /// Quota of [`LOGIN_FAILURES_PER_CLIENT`](crate::policies::LOGIN_FAILURES_PER_CLIENT).
    pub login_failures_per_client: Quota,
    /// Quota of [`SIGN_INS_PER_CLIENT`](crate::policies::SIGN_INS_PER_CLIENT).
    pub sign_ins_per_client: Quota,
    /// Quota of [`SIGN_INS_PER_PHONE`](crate::policies::SIGN_INS_PER_PHONE).
    pub sign_ins_per_phone: Quota,
    /// Quota of [`NOTICES_PER_PHONE`](crate::policies::NOTICES_PER_PHONE).
    pub notices_per_phone: Quota,
    /// Quota of [`WRONG_ANSWERS_PER_CLIENT`](crate::policies::WRONG_ANSWERS_PER_CLIENT). That of a network
    /// is a multiple.
    pub wrong_answers_per_client: Quota,
}

/// The quotas of a service without settings.
impl Default for Quotas {
    fn default() -> Self {
        const MINUTE: Duration = Duration::from_mins(1);
        const HOUR: Duration = Duration::from_hours(1);
        const DAY: Duration = Duration::from_hours(24);
        let quota = |limit, window| Quota::new(limit, window).expect("the quota is within bounds");
        Self {
            sms_per_phone_cooldown: quota(1, MINUTE),
            sms_per_phone_hour: quota(5, HOUR),
            sms_per_phone_day: quota(10, DAY),
            sms_per_client_hour: quota(10, HOUR),
            sms_per_client_day: quota(30, DAY),
            wrong_codes_per_client: quota(10, DAY),
            login_failures_per_client: quota(10, MINUTE),
            sign_ins_per_client: quota(60, MINUTE),
            sign_ins_per_phone: quota(60, HOUR),
            notices_per_phone: quota(10, DAY),
            wrong_answers_per_client: quota(20, HOUR),
        }
    }
}
