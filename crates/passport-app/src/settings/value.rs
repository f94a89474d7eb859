use std::{ops::RangeInclusive, str::FromStr, time::Duration};

use super::reader::Reader;

const UNITS: [(&str, u64); 5] =
    [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

impl Reader {
    /// A whole number within `range`.
    pub(super) fn number<T>(&mut self, key: &str, default: &str, range: RangeInclusive<T>) -> T
    where
        T: FromStr + PartialOrd + std::fmt::Display,
    {
        let allowed = format!("a whole number from {} to {}", range.start(), range.end());
        self.read(key, default, allowed, |text| {
            text.parse().ok().filter(|number| range.contains(number))
        })
    }

    /// A duration within `range`, written like `300s`, `90m` or `1h`.
    pub(super) fn duration(
        &mut self,
        key: &str,
        default: &str,
        range: RangeInclusive<&str>,
    ) -> Duration {
        let of = |text| duration(text).expect("a bound is a duration");
        let (least, most) = (of(range.start()), of(range.end()));
        let allowed = format!(
            "a duration from {} to {}, as one whole number and ms, s, m, h or d",
            range.start(),
            range.end()
        );
        self.read(key, default, allowed, |text| {
            duration(text).filter(|duration| (least..=most).contains(duration))
        })
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, key: &str, default: bool) -> bool {
        let default = if default { "true" } else { "false" };
        self.read(key, default, "true or false", |text| text.parse().ok())
    }
}

/// A whole number with a unit: `500ms`, `300s`, `5m`, `1h`, `7d`.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let (_, milliseconds) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
    number.parse::<u64>().ok()?.checked_mul(milliseconds).map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit() {
        assert_eq!(duration("300s"), Some(Duration::from_mins(5)));
        assert_eq!(duration("500ms"), Some(Duration::from_millis(500)));
        assert_eq!(duration("1h"), Some(Duration::from_hours(1)));
        assert_eq!(duration("7d"), Some(Duration::from_hours(7 * 24)));
        for bad in ["", "300", "s", "-1s", "1.5h", "1 h", "1H", "99999999999999999999d", "٣s"] {
            assert_eq!(duration(bad), None, "{bad:?}");
        }
    }
}
