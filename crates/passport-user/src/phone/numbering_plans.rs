//! The numbering plans of the world, by libphonenumber's data.
//!
//! The data costs 4 MB of binary and some 10 MB of memory, the latter only from the first foreign
//! number on. A table of calling codes would be lighter, and wrong: `+1` is shared by 25 countries,
//! and which ranges are premium or satellite is what an attacker who earns on messages asks first.

use phonenumber::{Mode, PhoneNumber, Type, metadata::DATABASE};

use crate::CountryCode;

/// The country of `e164`, if the plan knows it as a number that messages can be sent to.
///
/// It has to be written as the plan itself writes it. libphonenumber reads more, such as `+49 0151…`
/// with the zero that is dialled inside the country: one telephone would have several numbers, and
/// the limits of each.
pub(super) fn country_of_mobile(e164: &str) -> Option<CountryCode> {
    let number = phonenumber::parse(None, e164).ok()?;
    let is_as_written = number.format().mode(Mode::E164).to_string() == e164;
    if !is_as_written || !number.is_valid() || !is_mobile(&number) {
        return None;
    }
    number.country().id().and_then(|country| format!("{country:?}").parse().ok())
}

/// The library takes zeros off before it tells the type. Where they belong to the number, that is
/// another number: of Italy's landlines it would make mobiles, and of Benin's mobiles nothing.
fn is_mobile(number: &PhoneNumber) -> bool {
    if number.national().zeros() > 0 {
        let plan = number.metadata(&DATABASE);
        let mobiles = plan.and_then(|plan| plan.descriptors().mobile());
        return mobiles.is_some_and(|mobiles| mobiles.is_match(&number.national().to_string()));
    }
    // North America does not tell mobile from fixed.
    matches!(number.number_type(&DATABASE), Type::Mobile | Type::FixedLineOrMobile)
}

#[cfg(test)]
mod tests {
    use crate::PhoneNumber;

    fn country(text: &str) -> Option<String> {
        text.parse::<PhoneNumber>().ok()?.country().map(|country| country.to_string())
    }

    #[test]
    fn knows_countries_that_share_a_calling_code() {
        assert_eq!(country("+12025550123").as_deref(), Some("US"));
        assert_eq!(country("+14165550123").as_deref(), Some("CA"));
        assert_eq!(country("+85261234567").as_deref(), Some("HK"));
        assert_eq!(country("+33612345678").as_deref(), Some("FR"));
    }

    #[test]
    fn rl_4_refuses_numbers_that_cost() {
        // Satellite, premium, personal, fixed line, and a country that is not.
        for text in ["+88216123456", "+19005551234", "+447012345678", "+33123456789", "+9991234567"]
        {
            assert_eq!(country(text), None, "{text}");
        }
    }

    #[test]
    fn rl_1_one_telephone_has_one_number() {
        // The zero that is dialled inside the country, or another prefix of that kind.
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
    fn a_zero_that_belongs_to_the_number_stays() {
        for (number, of) in
            [("+2250123456789", "CI"), ("+2290195123456", "BJ"), ("+242061234567", "CG")]
        {
            assert_eq!(country(number).as_deref(), Some(of), "{number}");
        }
        // A landline: in Italy a zero before a mobile number makes it another one.
        assert_eq!(country("+393123456789").as_deref(), Some("IT"));
        for landline in ["+3903123456789", "+390612345678"] {
            assert_eq!(country(landline), None, "{landline}");
        }
    }
}
