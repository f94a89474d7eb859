//! Durations in words.

use std::time::Duration;

use crate::{Language, texts::fill};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// How long to wait at most, rounded up.
pub(crate) fn at_most(duration: Duration, language: Language) -> String {
    let seconds = duration.as_secs() + u64::from(duration.subsec_nanos() > 0);
    words(seconds.max(1), u64::div_ceil, language)
}

/// How long something lasts at least, rounded down.
pub(crate) fn at_least(duration: Duration, language: Language) -> String {
    words(duration.as_secs(), |seconds, unit| seconds / unit, language)
}

/// Up to 90 seconds in seconds, up to 90 minutes in minutes, else in hours.
fn words(seconds: u64, divide: fn(u64, u64) -> u64, language: Language) -> String {
    let texts = &language.texts().time;
    let (number, one, many) = if seconds <= 90 {
        (seconds, &texts.second, &texts.seconds)
    } else if divide(seconds, MINUTE) <= 90 {
        (divide(seconds, MINUTE), &texts.minute, &texts.minutes)
    } else {
        (divide(seconds, HOUR), &texts.hour, &texts.hours)
    };
    fill(if number == 1 { one } else { many }, &[("number", &number.to_string())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_rounded_up_and_lives_down() {
        let (most, least) = (
            |seconds| at_most(Duration::from_millis(seconds), Language::En),
            |seconds| at_least(Duration::from_secs(seconds), Language::En),
        );
        assert_eq!(most(0), "1 second");
        assert_eq!(most(1_001), "2 seconds");
        assert_eq!(most(90_000), "90 seconds");
        assert_eq!(most(90_001), "2 minutes");
        assert_eq!(most(5_400_001), "2 hours");
        assert_eq!(least(119), "1 minute");
        assert_eq!(least(300), "5 minutes");
        assert_eq!(at_most(Duration::from_mins(2), Language::ZhHans), "2 分钟");
    }
}
