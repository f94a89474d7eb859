//! The numbering plans of the world, by libphonenumber's data.
//!
//! The data costs 4 MB of binary and some 10 MB of memory, the latter only from the first foreign
//! number on. A table of calling codes would be lighter, and wrong: `+1` is shared by 25 countries,
//! and which ranges are premium or satellite is what an attacker who earns on messages asks first.

use phonenumber::{Type, metadata::DATABASE};

use crate::CountryCode;

/// The country of `e164`, if the plan knows it as a number that messages can be sent to.
pub(super) fn country_of_mobile(e164: &str) -> Option<CountryCode> {
    let number = phonenumber::parse(None, e164).ok()?;
    if !number.is_valid() {
        return None;
    }
    match number.number_type(&DATABASE) {
        // North America does not tell mobile from fixed.
        Type::Mobile | Type::FixedLineOrMobile => {
            number.country().id().and_then(|country| format!("{country:?}").parse().ok())
        }
        _ => None,
    }
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
}
