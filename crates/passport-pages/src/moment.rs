//! Moments in words.

use maud::{Markup, html};
use time::{OffsetDateTime, UtcOffset};

use crate::{Language, texts::fill};

/// A day. A script shows that of the reader's time zone.
pub(crate) fn day(at: OffsetDateTime, language: Language) -> Markup {
    let at = at.to_offset(UtcOffset::UTC);
    element(at, "day", &date(at, language))
}

/// A day and a time of day. A script shows those of the reader's time zone.
pub(crate) fn minute(at: OffsetDateTime, language: Language) -> Markup {
    let at = at.to_offset(UtcOffset::UTC);
    let time = format!("{:02}:{:02}", at.hour(), at.minute());
    let values = [("day", &*date(at, language)), ("time", &*time)];
    element(at, "minute", &fill(&language.texts().time.moment, &values))
}

/// A time of the present day.
pub(crate) fn second(at: OffsetDateTime) -> Markup {
    let at = at.to_offset(UtcOffset::UTC);
    let (hour, minute, second) = at.to_hms();
    element(at, "second", &format!("{hour:02}:{minute:02}:{second:02} UTC"))
}

fn element(at: OffsetDateTime, precision: &str, text: &str) -> Markup {
    html! { time datetime=(machine_readable(at)) data-time=(precision) { (text) } }
}

fn date(at: OffsetDateTime, language: Language) -> String {
    let texts = &language.texts().time;
    let month = texts.months.split(' ').nth(usize::from(u8::from(at.month())) - 1);
    let (year, day) = (at.year().to_string(), at.day().to_string());
    let values = [("year", &*year), ("month", month.unwrap_or_default()), ("day", &*day)];
    fill(&texts.date, &values)
}

/// The form of RFC 3339, in whole seconds.
fn machine_readable(at: OffsetDateTime) -> String {
    let (year, month, day) = (at.year(), u8::from(at.month()), at.day());
    let (hour, minute, second) = at.to_hms();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn moments_are_shown_in_utc_and_can_be_read_by_scripts() {
        let at = datetime!(2026-02-03 01:04:05.999 +02:00);
        let shown = |language| minute(at, language).into_string();
        let element = |text| {
            format!("<time datetime=\"2026-02-02T23:04:05Z\" data-time=\"minute\">{text}</time>")
        };
        assert_eq!(shown(Language::En), element("2 February 2026, 23:04 UTC"));
        assert_eq!(shown(Language::ZhHans), element("2026年2月2日 23:04（UTC）"));
        assert_eq!(
            day(at, Language::ZhHant).into_string(),
            "<time datetime=\"2026-02-02T23:04:05Z\" data-time=\"day\">2026年2月2日</time>"
        );
    }

    #[test]
    fn every_language_has_twelve_months() {
        for language in Language::ALL {
            assert_eq!(language.texts().time.months.split(' ').count(), 12, "{language:?}");
        }
    }
}
