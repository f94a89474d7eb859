//! China Standard Time, in which gateways in China count days. It has no daylight saving time.

use time::macros::offset;
use time::{Date, Duration, Month, OffsetDateTime, Time, UtcOffset};

/// The offset from UTC.
pub const OFFSET: UtcOffset = offset!(+8);

/// The day in China.
pub fn date(moment: OffsetDateTime) -> Date {
    moment.to_offset(OFFSET).date()
}

/// The moment as `yyyyMMddHHmmss` in China, independent of the machine's time zone.
pub fn timestamp(moment: OffsetDateTime) -> String {
    let local = moment.to_offset(OFFSET);
    format!(
        "{:04}{:02}{:02}{:02}{:02}{:02}",
        local.year(),
        u8::from(local.month()),
        local.day(),
        local.hour(),
        local.minute(),
        local.second()
    )
}

/// The next midnight in China, at which daily caps end. At midnight it is the following one.
pub fn next_midnight(moment: OffsetDateTime) -> OffsetDateTime {
    moment.to_offset(OFFSET).replace_time(Time::MIDNIGHT).saturating_add(Duration::DAY)
}

/// The next first of a month in China, at which monthly caps end.
pub fn next_month(moment: OffsetDateTime) -> OffsetDateTime {
    let today = date(moment);
    let month = today.month().next();
    let year = today.year() + i32::from(month == Month::January);
    // After the last year of `time` the month does not end.
    let first = Date::from_calendar_date(year, month, 1).unwrap_or(Date::MAX);
    first.midnight().assume_offset(OFFSET)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn timestamps_are_in_china() {
        assert_eq!(timestamp(datetime!(2026-01-01 19:04:05 UTC)), "20260102030405");
        assert_eq!(timestamp(datetime!(2026-01-01 11:04:05 -8)), "20260102030405");
    }

    #[test]
    fn the_day_ends_in_china() {
        let midnight = datetime!(2026-11-23 00:00:00 +8);
        assert_eq!(next_midnight(datetime!(2026-11-22 15:59:59 UTC)), midnight);
        assert_eq!(next_midnight(datetime!(2026-11-21 16:00:00 UTC)), midnight);
        assert_eq!(
            next_midnight(datetime!(2026-11-22 16:00:00 UTC)),
            datetime!(2026-11-24 00:00 +8)
        );
    }

    #[test]
    fn the_month_ends_in_china() {
        for (moment, first) in [
            (datetime!(2026-11-30 15:59:59 UTC), datetime!(2026-12-01 00:00 +8)),
            (datetime!(2026-11-30 16:00:00 UTC), datetime!(2027-01-01 00:00 +8)),
            (datetime!(2026-12-01 00:00:00 UTC), datetime!(2027-01-01 00:00 +8)),
        ] {
            assert_eq!(next_month(moment), first);
        }
    }
}
