//! The version, and the age of the data that numbers are checked with.

use std::fs;

use passport_user::NumberingPlans;
use time::{Date, Month};

use super::Folder;

const CHANGELOG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../CHANGELOG.md");

#[test]
fn version_is_the_packages() {
    let version = format!("passport {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(Folder::new().run("-V").good(), version);
    assert!(Folder::new().run("--version").good().starts_with(&version));
}

#[test]
fn w2_the_long_version_names_the_numbering_plans() {
    let said = Folder::new().run("--version").good();
    let line = said.lines().nth(1).unwrap();
    let plans = NumberingPlans::of_this_build();
    let expected = format!("numbering plans: libphonenumber {} of {}", plans.version, plans.date);
    assert_eq!(line, expected);
}

/// Fails in the commit that dates a release, and not by the calendar.
#[test]
fn w2_no_release_has_numbering_plans_that_are_a_year_old() {
    let changelog = fs::read_to_string(CHANGELOG).unwrap();
    assert!(changelog.contains("## [Unreleased]"), "the headings have another form");
    let old = releases(&changelog).filter(|(_, day)| NumberingPlans::of_this_build().is_old(*day));
    let old: Vec<_> = old.map(|(release, _)| release).collect();
    assert!(old.is_empty(), "run crates/passport-user/tools/numbering_plans.py for {old:?}");
}

#[test]
fn headings_of_releases_are_read() {
    let text =
        "# Changelog\n## [Unreleased]\n## [0.2.0] - 2027-12-01\n### Added\n## [0.1.0] - 2026-12-01";
    let days: Vec<_> = releases(text).map(|(_, day)| day.to_string()).collect();
    assert_eq!(days, ["2027-12-01", "2026-12-01"]);
    let plans = NumberingPlans::of_this_build();
    assert!(releases(text).any(|(_, day)| plans.is_old(day)) || plans.date.year() > 2026);
}

/// Headings like `## [0.1.0] - 2026-12-01`, and their days.
fn releases(changelog: &str) -> impl Iterator<Item = (&str, Date)> {
    let headings = changelog.lines().filter(|line| line.starts_with("## ["));
    headings.filter_map(|heading| Some((heading, day(heading.split_once("] - ")?.1))))
}

fn day(text: &str) -> Date {
    let numbers: Vec<_> = text.trim().split('-').map(|part| part.parse::<i32>().unwrap()).collect();
    let [year, month, day] = numbers[..] else { panic!("{text} is no date") };
    let month = Month::try_from(u8::try_from(month).unwrap()).unwrap();
    Date::from_calendar_date(year, month, u8::try_from(day).unwrap()).unwrap()
}
