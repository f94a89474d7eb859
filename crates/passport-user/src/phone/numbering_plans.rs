//! Mobile numbers of every country, by the data of libphonenumber.
//!
//! The data has patterns and no table of calling codes alone, because 25 countries share `+1`, and
//! because premium and satellite ranges must be recognised: attackers who profit from messages use
//! these ranges first.

use std::sync::{LazyLock, OnceLock};

use regex_lite::Regex;
use time::{Date, Duration, Month};

use crate::CountryCode;

/// Written by `tools/numbering_plans.py`.
const DATA: &str = include_str!("../../data/numbering-plans.tsv");

static PLANS: LazyLock<Vec<Plan>> =
    LazyLock::new(|| DATA.lines().skip(1).filter_map(Plan::read).collect());

/// Mobile numbers of a country.
struct Plan {
    country: CountryCode,
    calling_code: &'static str,
    leading_digits: Pattern,
    mobile: Pattern,
}

impl Plan {
    fn read(line: &'static str) -> Option<Self> {
        let mut columns = line.split('\t');
        Some(Self {
            country: columns.next()?.parse().ok()?,
            calling_code: columns.next()?,
            leading_digits: Pattern::new(columns.next()?),
            mobile: Pattern::new(columns.next()?),
        })
    }
}

/// A pattern, compiled when it is first used.
struct Pattern {
    text: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    const fn new(text: &'static str) -> Self {
        Self { text, compiled: OnceLock::new() }
    }

    fn is_start_of(&self, digits: &str) -> bool {
        self.matches("", digits)
    }

    fn is_whole_of(&self, digits: &str) -> bool {
        self.matches("$", digits)
    }

    /// A pattern is used with one `end` only. A pattern that does not compile matches nothing.
    fn matches(&self, end: &str, digits: &str) -> bool {
        let compile = || Regex::new(&format!("^(?:{}){end}", self.text)).ok();
        self.compiled.get_or_init(compile).as_ref().is_some_and(|pattern| pattern.is_match(digits))
    }
}

/// The country of `e164` if its numbering plan has that mobile number; `e164` is `+` and digits.
///
/// The digits after the calling code must match as they are. A trunk prefix (the zero in `+49 0151…`)
/// is not removed, because otherwise one telephone would have several numbers and several times the
/// limits.
pub(super) fn country_of_mobile(e164: &str) -> Option<CountryCode> {
    let digits = e164.strip_prefix('+')?;
    let plans = PLANS
        .iter()
        .filter_map(|plan| digits.strip_prefix(plan.calling_code).map(|national| (plan, national)));
    for (plan, national) in plans {
        let has_leading_digits = !plan.leading_digits.text.is_empty();
        if has_leading_digits && !plan.leading_digits.is_start_of(national) {
            continue;
        }
        let is_mobile = plan.mobile.is_whole_of(national);
        // Leading digits decide: the number belongs to no other country.
        if is_mobile || has_leading_digits {
            return is_mobile.then_some(plan.country);
        }
    }
    None
}

/// The calling code of `country`, such as `86`.
pub(crate) fn calling_code(country: CountryCode) -> Option<&'static str> {
    PLANS.iter().find(|plan| plan.country == country).map(|plan| plan.calling_code)
}

/// The data that foreign numbers are checked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct NumberingPlans {
    /// Version of libphonenumber that the data is from, such as `9.0.43`.
    pub version: &'static str,
    /// Day on which that version was published.
    pub date: Date,
}

impl NumberingPlans {
    /// The data in this build.
    pub fn of_this_build() -> Self {
        // `# libphonenumber VERSION of DATE`
        let head = DATA.lines().next().unwrap_or_default();
        let (start, date) = head.rsplit_once(" of ").unwrap_or_default();
        let (_, version) = start.rsplit_once(' ').unwrap_or_default();
        Self { version, date: read_date(date).unwrap_or(Date::MIN) }
    }

    /// Whether the data is more than a year old on `day`: numbers that came into use since then are
    /// refused.
    pub fn is_old(&self, day: Date) -> bool {
        day - self.date > Duration::days(365)
    }
}

/// A date like `2026-11-06`.
fn read_date(text: &str) -> Option<Date> {
    let mut parts = text.splitn(3, '-');
    let year = parts.next()?.parse().ok()?;
    let month = Month::try_from(parts.next()?.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year, month, parts.next()?.parse().ok()?).ok()
}

#[cfg(test)]
mod tests;
