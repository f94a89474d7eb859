//! Dates in words.

use maud::{Markup, html};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

use crate::{Language, texts::fill};

/// A day, which scripts show in the zone of the reader.
pub(crate) fn day(moment: OffsetDateTime, language: Language) -> Markup {
    let moment = moment.to_offset(UtcOffset::UTC);
    let machine = moment.format(&Rfc3339).unwrap_or_default();
    html! { time datetime=(machine) data-time="day" { (words(moment, language)) } }
}

fn words(moment: OffsetDateTime, language: Language) -> String {
    let texts = &language.texts().date;
    let months = [
        &texts.january,
        &texts.february,
        &texts.march,
        &texts.april,
        &texts.may,
        &texts.june,
        &texts.july,
        &texts.august,
        &texts.september,
        &texts.october,
        &texts.november,
        &texts.december,
    ];
    let month = months[usize::from(u8::from(moment.month())) - 1];
    let (day, year) = (moment.day().to_string(), moment.year().to_string());
    fill(&texts.day, &[("day", &day), ("month", month), ("year", &year)])
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn days_are_written_as_the_language_writes_them() {
        let moment = datetime!(2026-12-06 23:30 -2);
        for (language, expected) in [
            (Language::En, "7 December 2026"),
            (Language::ZhHans, "2026 年 12 月 7 日"),
            (Language::ZhHant, "2026 年 12 月 7 日"),
        ] {
            let day = day(moment, language).into_string();
            assert!(day.contains(expected), "{day}");
            assert!(day.contains("2026-12-07T01:30:00Z"), "{day}");
        }
    }
}
