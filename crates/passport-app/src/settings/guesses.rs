//! Settings that decide together how likely a guess is.

use super::{Environment, LimitSettings, SmsCodeSettings, reader::Reader};

/// Messages of a day to one number or from one client that no visitor needs.
const MANY_PER_PHONE: u32 = 50;
const MANY_PER_CLIENT: u32 = 1_000;
/// Failures of a minute from one client that no visitor makes.
const MANY_FAILURES_A_MINUTE: u32 = 100;

/// Refuses settings under which codes or passwords can be guessed, and warns of those that allow more
/// guesses or messages than the standards.
pub(super) fn check(
    reader: &mut Reader,
    environment: Environment,
    code: &SmsCodeSettings,
    limits: &LimitSettings,
) {
    let codes = 10_u64.pow(u32::from(code.length.digits()));
    let tries = u64::from(code.policy.tries().get());
    let wrong = u64::from(limits.wrong_codes_stop);
    if tries * 2_000 > codes {
        environment.refuse_in_production(
            reader,
            "sms_code.tries",
            format!(
                "but one of {codes} codes is guessed too often in {tries} tries: raise \
                 sms_code.length, or lower the tries to {}",
                codes / 2_000
            ),
        );
    } else if code.length.digits() < 6 {
        reader.warn(
            "sms_code.length",
            "and NIST SP 800-63B asks for at least six digits: shorter codes are guessed more often",
        );
    }
    if wrong * 100 > codes {
        environment.refuse_in_production(
            reader,
            "limits.wrong_codes_stop",
            format!("but {wrong} guesses are more than a hundredth of {codes} codes: lower it"),
        );
    }
    check_limits(reader, limits);
}

fn check_limits(reader: &mut Reader, limits: &LimitSettings) {
    for (key, quota, many, what) in [
        (
            "limits.sms_per_phone_day",
            limits.sms_per_phone_day,
            MANY_PER_PHONE,
            "one number can be flooded with messages",
        ),
        (
            "limits.sms_per_ip_day",
            limits.sms_per_ip_day,
            MANY_PER_CLIENT,
            "one client can send that many messages at your cost",
        ),
        (
            "limits.login_failures_per_ip_minute",
            limits.login_failures_per_ip_minute,
            MANY_FAILURES_A_MINUTE,
            "one client can try passwords of many accounts",
        ),
    ] {
        if quota.limit().get() > many {
            reader.warn(key, format!("so {what}: set at most {many}, unless it is meant"));
        }
    }
}
