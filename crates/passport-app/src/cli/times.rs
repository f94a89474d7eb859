//! Times and durations at the command line.

use std::time::Duration;

use passport_auth::{Clock, SystemClock};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::settings;

/// Parses a duration, such as `90d`.
pub(super) fn ago(text: &str) -> Result<Duration, String> {
    // The age of a time that a database can store.
    const LONGEST: Duration = Duration::from_hours(24 * 366 * 100);
    let duration = settings::duration(text).filter(|duration| *duration <= LONGEST);
    duration.ok_or_else(|| "must be a duration such as 30m, 12h or 90d".to_owned())
}

/// Parses a time, or a duration before now.
pub(super) fn moment(text: &str) -> Result<OffsetDateTime, String> {
    if let Ok(time) = OffsetDateTime::parse(text, &Rfc3339) {
        return Ok(time);
    }
    ago(text).map(|ago| SystemClock.now() - ago).map_err(|_| {
        "must be a duration before now, such as 30m, 12h or 90d, or a time such as \
         2026-11-29T12:00:00Z"
            .to_owned()
    })
}

/// `2026-11-29T12:00:00Z`
pub(super) fn shown(time: OffsetDateTime) -> String {
    let time = time.replace_nanosecond(0).unwrap_or(time);
    time.format(&Rfc3339).unwrap_or_else(|_| time.to_string())
}

/// `2026-11-29 12:00`
pub(super) fn shown_minute(time: OffsetDateTime) -> String {
    let (date, hour, minute) = (time.date(), time.hour(), time.minute());
    format!("{date} {hour:02}:{minute:02}")
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_moment_is_a_time_or_an_age() {
        assert_eq!(moment("2026-11-29T12:00:00Z"), Ok(datetime!(2026-11-29 12:00 UTC)));
        assert_eq!(moment("2026-11-29T20:00:00+08:00"), Ok(datetime!(2026-11-29 12:00 UTC)));
        let hour = SystemClock.now() - moment("1h").unwrap();
        assert!((3_599..3_700).contains(&hour.whole_seconds()), "{hour}");
        for bad in ["", "yesterday", "1", "2026-11-29", "99999999999d", "-1h"] {
            assert!(moment(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn times_are_shown_in_utc() {
        let time = datetime!(2026-11-29 12:00:05.123 UTC);
        assert_eq!(shown(time), "2026-11-29T12:00:05Z");
        assert_eq!(shown_minute(time), "2026-11-29 12:00");
    }
}
