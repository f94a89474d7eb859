//! Quotas of limits and lifetimes of sessions, from the settings.

use passport_auth::{Quotas, SessionLifetimes};
use passport_throttle::Quota;

use crate::settings::Settings;

pub(super) fn lifetimes(settings: &Settings) -> SessionLifetimes {
    SessionLifetimes {
        standard: settings.session.standard,
        remembered: settings.session.remembered,
    }
}

pub(super) fn quotas(settings: &Settings) -> Quotas {
    let limits = &settings.limits;
    let cooldown = Quota::new(1, settings.sms_code.resend_after)
        .expect("settings are within the bounds of a quota");
    Quotas {
        sms_per_phone_cooldown: cooldown,
        sms_per_phone_hour: limits.sms_per_phone_hour,
        sms_per_phone_day: limits.sms_per_phone_day,
        sms_per_client_hour: limits.sms_per_ip_hour,
        sms_per_client_day: limits.sms_per_ip_day,
        wrong_codes_per_client: limits.wrong_codes_per_ip_day,
        login_failures_per_client: limits.login_failures_per_ip_minute,
        notices_per_phone: limits.notices_per_phone_day,
        sign_ins_per_client: limits.sign_ins_per_ip_minute,
        sign_ins_per_phone: limits.sign_ins_per_phone_hour,
        wrong_answers_per_client: limits.wrong_answers_per_ip_hour,
    }
}
