use time::macros::offset;
use time::{Duration, OffsetDateTime, UtcOffset};

/// China Standard Time, in which the gateway counts; it has no summer time.
pub(super) const OFFSET: UtcOffset = offset!(+8);

/// The moment as `yyyyMMddHHmmss` in China, wherever this machine thinks it stands.
pub(super) fn timestamp(moment: OffsetDateTime) -> String {
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

/// The next midnight in China, when daily caps end. At midnight itself it is the following one.
pub(super) fn next_midnight(moment: OffsetDateTime) -> OffsetDateTime {
    moment.to_offset(OFFSET).replace_time(time::Time::MIDNIGHT).saturating_add(Duration::DAY)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn time_is_told_in_china() {
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
}
