use super::*;
use crate::PhoneNumber;

/// Numbers, and what the package `phonenumbers` says about each; written by
/// `tools/numbering_plans.py`.
const JUDGED: &str = include_str!("../../../tests/vectors/mobile-numbers.tsv");

fn country(text: &str) -> Option<String> {
    text.parse::<PhoneNumber>().ok()?.country().map(|country| country.to_string())
}

#[test]
fn w1_every_number_is_judged_as_by_an_independent_implementation() {
    let mut count = 0;
    let mut wrong = Vec::new();
    for line in JUDGED.lines().skip(1) {
        let (expected, numbers) = line.split_once(' ').unwrap();
        for number in numbers.split(' ') {
            count += 1;
            let judged = country(number).unwrap_or_else(|| "-".to_owned());
            if judged != expected {
                wrong.push(format!("{number}: {judged} instead of {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong: {:#?}", wrong.len(), &wrong[..wrong.len().min(20)]);
    assert!(count > 9_000, "{count}");
    assert_eq!(JUDGED.lines().next(), DATA.lines().next(), "both are from one version");
}

#[test]
fn w1_a_number_with_more_digits_is_no_number() {
    for number in ["+31612345678", "+85261234567", "+447911123456", "+12025550123", "+393123456789"]
    {
        assert!(country(number).is_some(), "{number}");
        for more in ["0", "1", "00", "42", "000", "999"] {
            assert_eq!(country(&format!("{number}{more}")), None, "{number}{more}");
        }
        for less in 1..=3 {
            assert_eq!(country(&number[..number.len() - less]), None, "{number} less {less}");
        }
    }
}

#[test]
fn w1_other_ways_to_write_a_number_are_refused() {
    for text in [
        "tel:+447911123456",
        "+447911123456;ext=1",
        "+447911123456,1",
        "+447911123456x1",
        "+447911123456\n",
        "\u{feff}+447911123456",
        "+44 7911 123456",
        "+44-7911-123456",
        "+44(0)7911123456",
        "＋447911123456",
        "+４４７９１１１２３４５６",
        "+٤٤٧٩١١١٢٣٤٥٦",
        "++447911123456",
        "00447911123456",
        "447911123456",
        // The ways to dial a number of Argentina and of Mexico from inside the country.
        "+5411151234567",
        "+5215512345678",
    ] {
        assert_eq!(country(text), None, "{text:?}");
    }
}

#[test]
fn w2_numbers_in_new_ranges_are_accepted() {
    // Refused by the data of libphonenumber 9.0.33.
    assert_eq!(country("+254146708816").as_deref(), Some("KE"));
    assert_eq!(country("+19835550123").as_deref(), Some("US"));
}

#[test]
fn w2_the_data_has_a_version_and_an_age() {
    let plans = NumberingPlans::of_this_build();
    assert!(plans.version.split('.').count() == 3, "{plans:?}");
    assert!(plans.date.year() >= 2026, "{plans:?}");
    assert!(!plans.is_old(plans.date + Duration::days(365)));
    assert!(plans.is_old(plans.date + Duration::days(366)));
    assert_eq!(read_date("2026-13-01"), None);
    assert_eq!(read_date("2026-11"), None);
}

#[test]
fn every_line_of_the_data_is_read_and_compiles() {
    assert_eq!(PLANS.len(), DATA.lines().count() - 1);
    for plan in &*PLANS {
        for pattern in [&plan.leading_digits, &plan.mobile] {
            assert!(Regex::new(pattern.text).is_ok(), "{}", plan.country);
        }
        assert!(plan.country.calling_code().is_some());
    }
}

#[test]
fn countries_that_share_a_calling_code_are_distinguished() {
    assert_eq!(country("+12025550123").as_deref(), Some("US"));
    assert_eq!(country("+14165550123").as_deref(), Some("CA"));
    assert_eq!(country("+85261234567").as_deref(), Some("HK"));
    assert_eq!(country("+33612345678").as_deref(), Some("FR"));
    assert_eq!(country("+77012345678").as_deref(), Some("KZ"));
    assert_eq!(country("+79161234567").as_deref(), Some("RU"));
}

#[test]
fn rl_4_refuses_costly_numbers() {
    // Satellite, premium, personal, fixed line, and a nonexistent country.
    for text in ["+88216123456", "+19005551234", "+447012345678", "+33123456789", "+9991234567"] {
        assert_eq!(country(text), None, "{text}");
    }
}

#[test]
fn rl_1_one_telephone_has_one_number() {
    // The same number without and with a trunk prefix.
    for (number, other) in [
        ("+4915123456789", "+49015123456789"),
        ("+33612345678", "+330612345678"),
        ("+447911123456", "+4407911123456"),
        ("+79161234567", "+789161234567"),
        ("+36201234567", "+3606201234567"),
        ("+819012345678", "+8109012345678"),
        ("+12025550123", "+112025550123"),
    ] {
        assert!(number.parse::<PhoneNumber>().is_ok(), "{number}");
        assert!(other.parse::<PhoneNumber>().is_err(), "{other}");
    }
    for other in ["+86013520000001", "+860013520000001"] {
        assert!(other.parse::<PhoneNumber>().is_err(), "{other}");
    }
}

#[test]
fn zeros_that_belong_to_the_number_are_kept() {
    for (number, of) in
        [("+2250123456789", "CI"), ("+2290195123456", "BJ"), ("+242061234567", "CG")]
    {
        assert_eq!(country(number).as_deref(), Some(of), "{number}");
    }
    // In Italy a number with a zero in front is a landline.
    assert_eq!(country("+393123456789").as_deref(), Some("IT"));
    for landline in ["+3903123456789", "+390612345678"] {
        assert_eq!(country(landline), None, "{landline}");
    }
}
