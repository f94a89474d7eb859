//! International numbering plans, by libphonenumber's data.
//!
//! The data adds 4 MB to the binary and about 10 MB of memory, the latter only after the first
//! foreign number. A table of calling codes would be smaller but insufficient: 25 countries share
//! `+1`, and premium and satellite ranges must be recognised, because attackers who profit from
//! messages use these ranges first.

use phonenumber::{Mode, PhoneNumber, Type, metadata::DATABASE};

use crate::CountryCode;

/// The country of `e164` if the numbering plan classifies it as a number that can receive messages.
///
/// `e164` must be the canonical form. libphonenumber also parses other forms, such as `+49 0151…`
/// with a trunk prefix. If they were accepted, one telephone would have several numbers and several
/// times the limits.
pub(super) fn country_of_mobile(e164: &str) -> Option<CountryCode> {
    let number = phonenumber::parse(None, e164).ok()?;
    let is_as_written = number.format().mode(Mode::E164).to_string() == e164;
    if !is_as_written || !number.is_valid() || !is_mobile(&number) {
        return None;
    }
    number.country().id().and_then(|country| format!("{country:?}").parse().ok())
}

/// Whether the number is mobile.
///
/// libphonenumber removes leading zeros before it determines the type. Where zeros belong to the
/// number, this gives wrong types: landlines of Italy would be mobile, mobile numbers of Benin
/// invalid. Such numbers are matched with their zeros instead.
fn is_mobile(number: &PhoneNumber) -> bool {
    if number.national().zeros() > 0 {
        let plan = number.metadata(&DATABASE);
        let mobiles = plan.and_then(|plan| plan.descriptors().mobile());
        return mobiles.is_some_and(|mobiles| mobiles.is_match(&number.national().to_string()));
    }
    // In North America mobile and fixed-line numbers share their ranges.
    matches!(number.number_type(&DATABASE), Type::Mobile | Type::FixedLineOrMobile)
}

#[cfg(test)]
mod tests {
    use crate::PhoneNumber;

    fn country(text: &str) -> Option<String> {
        text.parse::<PhoneNumber>().ok()?.country().map(|country| country.to_string())
    }

    #[test]
    fn countries_that_share_a_calling_code_are_distinguished() {
        assert_eq!(country("+12025550123").as_deref(), Some("US"));
        assert_eq!(country("+14165550123").as_deref(), Some("CA"));
        assert_eq!(country("+85261234567").as_deref(), Some("HK"));
        assert_eq!(country("+33612345678").as_deref(), Some("FR"));
    }

    #[test]
    fn rl_4_refuses_costly_numbers() {
        // Satellite, premium, personal, fixed line, and a nonexistent country.
        for text in ["+88216123456", "+19005551234", "+447012345678", "+33123456789", "+9991234567"]
        {
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
}
