use std::time::Duration;

use passport_throttle::Quota;

use super::reader::Reader;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// NIST SP 800-63B-4 §3.2.2 allows at most 100 wrong tries in a row.
const MOST_FAILURES: u32 = 100;

/// Limits per phone number and per client address. An IPv6 address counts by its /64.
#[derive(Debug, Clone)]
pub struct LimitSettings {
    /// `limits.sms_per_phone_hour`
    pub sms_per_phone_hour: Quota,
    /// `limits.sms_per_phone_day`
    pub sms_per_phone_day: Quota,
    /// `limits.sms_per_ip_hour`
    pub sms_per_ip_hour: Quota,
    /// `limits.sms_per_ip_day`
    pub sms_per_ip_day: Quota,
    /// `limits.challenges_per_ip_minute`
    pub challenges_per_ip_minute: Quota,
    /// `limits.wrong_answers_per_ip_hour`
    pub wrong_answers_per_ip_hour: Quota,
    /// `limits.wrong_codes_per_ip_day`
    pub wrong_codes_per_ip_day: Quota,
    /// `limits.login_failures_per_ip_minute`
    pub login_failures_per_ip_minute: Quota,
    /// `limits.sign_ins_per_ip_minute`
    pub sign_ins_per_ip_minute: Quota,
    /// `limits.sign_ins_per_phone_hour`
    pub sign_ins_per_phone_hour: Quota,
    /// `limits.failures_free`: wrong passwords in a row after which the next one has to wait.
    pub failures_free: u32,
    /// `limits.failures_longest`: longest wait between two wrong passwords.
    pub failures_longest: Duration,
    /// `limits.failures_stop`: wrong passwords in a row that stop sign-in with a password.
    pub failures_stop: u32,
    /// `limits.wrong_codes_stop`: wrong codes in a row after which codes of a number wait for a day.
    pub wrong_codes_stop: u32,
    /// `limits.notices_per_phone_day`
    pub notices_per_phone_day: Quota,
}

impl LimitSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let mut quota = |key: &str, default: &str, window: Duration| {
            let limit = reader.number(key, default, 1..=Quota::MAX_LIMIT);
            Quota::new(limit, window).expect("limit was read within bounds")
        };
        let settings = Self {
            sms_per_phone_hour: quota("limits.sms_per_phone_hour", "5", HOUR),
            sms_per_phone_day: quota("limits.sms_per_phone_day", "10", DAY),
            sms_per_ip_hour: quota("limits.sms_per_ip_hour", "10", HOUR),
            sms_per_ip_day: quota("limits.sms_per_ip_day", "30", DAY),
            challenges_per_ip_minute: quota("limits.challenges_per_ip_minute", "60", MINUTE),
            wrong_answers_per_ip_hour: quota("limits.wrong_answers_per_ip_hour", "20", HOUR),
            wrong_codes_per_ip_day: quota("limits.wrong_codes_per_ip_day", "10", DAY),
            login_failures_per_ip_minute: quota(
                "limits.login_failures_per_ip_minute",
                "10",
                MINUTE,
            ),
            sign_ins_per_ip_minute: quota("limits.sign_ins_per_ip_minute", "60", MINUTE),
            sign_ins_per_phone_hour: quota("limits.sign_ins_per_phone_hour", "60", HOUR),
            notices_per_phone_day: quota("limits.notices_per_phone_day", "10", DAY),
            failures_free: reader.number("limits.failures_free", "4", 0..=MOST_FAILURES),
            failures_longest: reader.duration("limits.failures_longest", "900s", "1s"..="1h"),
            failures_stop: reader.number("limits.failures_stop", "100", 1..=MOST_FAILURES),
            wrong_codes_stop: reader.number("limits.wrong_codes_stop", "20", 1..=MOST_FAILURES),
        };
        if settings.failures_free >= settings.failures_stop {
            reader.fault("limits.failures_free must be less than limits.failures_stop");
        }
        settings.check_hours(reader);
        settings
    }

    /// A limit of an hour above that of the day has no effect.
    fn check_hours(&self, reader: &mut Reader) {
        for (key, hour, day) in [
            ("limits.sms_per_phone", self.sms_per_phone_hour, self.sms_per_phone_day),
            ("limits.sms_per_ip", self.sms_per_ip_hour, self.sms_per_ip_day),
        ] {
            if hour.limit() > day.limit() {
                let text = format!(
                    "which has no effect, because {key}_day is {}: lower it, or raise the limit of \
                     the day",
                    day.limit()
                );
                reader.warn(&format!("{key}_hour"), text);
            }
        }
    }
}
