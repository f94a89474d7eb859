use std::time::Duration;

use time::OffsetDateTime;

/// Time for which a record is kept after it has expired. Whether it has expired is decided by `now`,
/// and a node whose clock is a little behind must still find it.
const GRACE: Duration = Duration::from_mins(1);

/// Unix time in microseconds. Exact until the year 2255 in the doubles of Lua and of sorted sets.
pub(crate) fn microseconds(moment: OffsetDateTime) -> i64 {
    let microseconds = moment.unix_timestamp_nanos().div_euclid(1_000);
    i64::try_from(microseconds).unwrap_or(if microseconds < 0 { i64::MIN } else { i64::MAX })
}

/// Inverse of [`microseconds`].
pub(crate) fn from_microseconds(microseconds: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(microseconds) * 1_000).ok()
}

/// Duration in microseconds.
pub(crate) fn span(length: Duration) -> i64 {
    i64::try_from(length.as_micros()).unwrap_or(i64::MAX)
}

/// Time to live, in milliseconds, of a record that is needed for `length` from now on.
pub(crate) fn keep(length: time::Duration) -> i64 {
    let length = Duration::try_from(length).unwrap_or_default();
    // Far below the limit of `PEXPIRE`, far above any lifetime of a record.
    let longest = Duration::from_hours(24 * 366 * 10);
    i64::try_from((length.min(longest) + GRACE).as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn moments_are_exact_to_the_microsecond() {
        let moment = datetime!(2026-11-22 09:43:30.123456 UTC);
        assert_eq!(from_microseconds(microseconds(moment)), Some(moment));
        assert_eq!(microseconds(moment + Duration::from_nanos(999)), microseconds(moment));
        let before = datetime!(1969-12-31 23:59:59.999999 UTC);
        assert_eq!(microseconds(before), -1);
        assert_eq!(from_microseconds(-1), Some(before));
    }

    #[test]
    fn records_outlive_their_use() {
        assert_eq!(keep(time::Duration::seconds(300)), 360_000);
        assert_eq!(keep(time::Duration::seconds(-300)), 60_000);
        assert!(keep(time::Duration::MAX) > 0);
    }
}
