use passport_sms_client::{Class, Scope};

use crate::kit::verdict::{Verdict, Wait, about, ends, rejected};

/// The names of verdicts in settings.
const NAMES: [(&str, Verdict); 14] = [
    ("accepted", Verdict::Accepted),
    ("duplicate", Verdict::Duplicate),
    ("unknown", Verdict::Undecided),
    ("bad_recipient", rejected(Class::BadRecipient)),
    ("recipient_blocked", rejected(Class::RecipientBlocked)),
    ("unsupported_destination", rejected(Class::UnsupportedDestination)),
    ("recipient_throttled", rejected(Class::RecipientThrottled)),
    ("account_throttled", rejected(Class::AccountThrottled)),
    ("content", rejected(Class::Content)),
    ("config", rejected(Class::Config)),
    ("account", about(Scope::Account, Class::Config)),
    ("bad_request", rejected(Class::BadRequest)),
    ("transient", rejected(Class::Transient)),
    ("unknown_code", Verdict::UNLISTED),
];

/// Reads a verdict: a name, and with a cap or a throttle perhaps the time for which it holds, as in
/// `recipient_throttled 60s`.
pub(super) fn verdict(text: &str) -> Option<Verdict> {
    let (name, wait) = match text.trim().split_once(' ') {
        Some((name, wait)) => (name, Some(seconds(wait.trim())?)),
        None => (text.trim(), None),
    };
    let (_, verdict) = NAMES.iter().find(|(it, _)| *it == name)?;
    match (*verdict, wait) {
        (verdict, None) => Some(verdict),
        (
            Verdict::Rejected(class @ (Class::RecipientThrottled | Class::AccountThrottled), ..),
            Some(seconds),
        ) => Some(ends(class, Wait::Seconds(seconds))),
        (_, Some(_)) => None,
    }
}

/// `60s`, `5m` or `2h`, up to eighteen hours.
fn seconds(text: &str) -> Option<u16> {
    let (digits, factor) = [('s', 1), ('m', 60), ('h', 3_600)]
        .iter()
        .find_map(|(unit, factor)| Some((text.strip_suffix(*unit)?, *factor)))?;
    digits.parse::<u16>().ok()?.checked_mul(factor)
}

/// What a table may say, for the text of a fault.
pub(super) fn allowed() -> String {
    let names: Vec<_> = NAMES.iter().map(|(name, _)| *name).collect();
    format!("one of {}, a throttled one perhaps with a time as in 60s", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_a_name_and_only_throttles_have_a_time() {
        for (text, want) in [
            ("config", Some(rejected(Class::Config))),
            (" transient ", Some(rejected(Class::Transient))),
            ("recipient_throttled 60s", Some(ends(Class::RecipientThrottled, Wait::Seconds(60)))),
            ("account_throttled 2h", Some(ends(Class::AccountThrottled, Wait::Seconds(7_200)))),
            ("account", Some(about(Scope::Account, Class::Config))),
            ("config 60s", None),
            ("accepted 1s", None),
            ("recipient_throttled", Some(rejected(Class::RecipientThrottled))),
            ("recipient_throttled 60", None),
            ("recipient_throttled 19h", None),
            ("recipient_throttled -1s", None),
            ("Config", None),
            ("", None),
        ] {
            assert_eq!(verdict(text), want, "{text:?}");
        }
    }
}
