//! Settings that decide together how likely a guess is.

use super::{Environment, LimitSettings, SmsCodeSettings, reader::Reader};

/// Failures that NIST SP 800-63B allows for one account.
const NIST_FAILURES: u32 = 100;
/// Failures of a day for one number beyond which a weak password is found in a month.
const MOST_LOGIN_FAILURES: u32 = 10_000;
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
    let wrong = u64::from(limits.wrong_codes_per_phone_day.limit().get());
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
            "limits.wrong_codes_per_phone_day",
            format!(
                "but {wrong} guesses a day are more than a hundredth of {codes} codes: lower it"
            ),
        );
    } else if wrong > u64::from(NIST_FAILURES) {
        reader.warn("limits.wrong_codes_per_phone_day", more_than_nist());
    }
    check_limits(reader, environment, limits);
}

fn check_limits(reader: &mut Reader, environment: Environment, limits: &LimitSettings) {
    let failures = limits.login_failures_per_phone_day.limit().get();
    if failures > MOST_LOGIN_FAILURES {
        environment.refuse_in_production(
            reader,
            "limits.login_failures_per_phone_day",
            format!(
                "but that many guesses find common passwords: set at most {MOST_LOGIN_FAILURES}; \
                 NIST SP 800-63B allows {NIST_FAILURES}"
            ),
        );
    } else if failures > NIST_FAILURES {
        reader.warn("limits.login_failures_per_phone_day", more_than_nist());
    }
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

fn more_than_nist() -> String {
    format!("and NIST SP 800-63B allows {NIST_FAILURES} failures: lower it, unless it is meant")
}
