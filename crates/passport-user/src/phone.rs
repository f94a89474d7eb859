use std::{fmt, str::FromStr};

use thiserror::Error;

use crate::CountryCode;

#[cfg(feature = "numbering-plans")]
pub(crate) mod countries;
#[cfg(feature = "numbering-plans")]
pub(crate) mod numbering_plans;
#[cfg(feature = "numbering-plans")]
mod typed;

/// A mobile number in E.164 form, such as `+8613800138000`.
///
/// `FromStr` accepts the forms that users type:
///
/// - mainland China: eleven digits that match `^1[3-9][0-9]{9}$`, optionally after `+86` or `0086`;
///   ASCII only;
/// - any other country: E.164 with `+` (feature `numbering-plans`), if the whole number is a mobile
///   number of libphonenumber's data; no premium, satellite or personal numbers, and no trunk prefix
///   (the zero that is dialled inside a country).
///
/// The whole input must match, because gateways accept a comma-separated list in place of a number.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Creates a number from its stored E.164 form. The numbering plan is not checked again.
    ///
    /// # Errors
    ///
    /// The text is not `+` and 7 to 15 digits.
    pub fn from_e164(text: impl Into<String>) -> Result<Self, ParsePhoneNumberError> {
        let text = text.into();
        match text.strip_prefix('+').map(str::as_bytes) {
            Some([b'1'..=b'9', rest @ ..])
                if (6..15).contains(&rest.len()) && rest.iter().all(u8::is_ascii_digit) =>
            {
                Ok(Self(text))
            }
            _ => Err(ParsePhoneNumberError),
        }
    }

    /// The complete number in E.164 form. Do not log it.
    pub fn as_e164(&self) -> &str {
        &self.0
    }

    /// The eleven digits of a mobile number of mainland China; `None` for other countries.
    pub fn mainland(&self) -> Option<&str> {
        self.0.strip_prefix("+86").filter(|digits| is_mainland_mobile(digits))
    }

    /// The country of the number; `None` if the numbering plan does not determine it, or if the
    /// feature `numbering-plans` is off and the number is not from mainland China.
    pub fn country(&self) -> Option<CountryCode> {
        if self.mainland().is_some() {
            return Some(CountryCode::CN);
        }
        #[cfg(feature = "numbering-plans")]
        return numbering_plans::country_of_mobile(&self.0);
        #[cfg(not(feature = "numbering-plans"))]
        None
    }

    /// The number with its middle digits masked: `138****8000`, or `+44791****456` for other
    /// countries.
    pub fn masked(&self) -> String {
        let (shown, hidden) = match self.mainland() {
            Some(digits) => (digits, 3..7),
            None => (self.0.as_str(), self.0.len() / 2..self.0.len() - 3),
        };
        shown.char_indices().map(|(at, c)| if hidden.contains(&at) { '*' } else { c }).collect()
    }
}

impl FromStr for PhoneNumber {
    type Err = ParsePhoneNumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mainland = text.strip_prefix("+86").or_else(|| text.strip_prefix("0086"));
        if let Some(digits) = mainland.or(Some(text)).filter(|digits| is_mainland_mobile(digits)) {
            return Ok(Self(format!("+86{digits}")));
        }
        // Numbers with +86 were decided above, so the numbering plans must not accept more of them.
        let foreign = Some(text).filter(|text| !text.starts_with("+86"));
        let number = Self::from_e164(foreign.ok_or(ParsePhoneNumberError)?)?;
        number.country().map(|_| number).ok_or(ParsePhoneNumberError)
    }
}

fn is_mainland_mobile(digits: &str) -> bool {
    matches!(digits.as_bytes(), [b'1', b'3'..=b'9', rest @ ..]
        if rest.len() == 9 && rest.iter().all(u8::is_ascii_digit))
}

/// Shows the last four digits only, so that logs do not contain phone numbers.
impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "…{}", &self.0[self.0.len() - 4..])
    }
}

/// The text is not a mobile number that can receive text messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("text is not a mobile phone number")]
pub struct ParsePhoneNumberError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rl_1_all_forms_of_a_number_are_equal() {
        for text in ["13800138000", "+8613800138000", "008613800138000"] {
            assert_eq!(text.parse::<PhoneNumber>().unwrap().as_e164(), "+8613800138000");
        }
    }

    #[test]
    fn api_3_all_mainland_ranges() {
        for range in 3..=9 {
            let text = format!("1{range}700000000");
            assert_eq!(text.parse::<PhoneNumber>().unwrap().country(), Some(CountryCode::CN));
        }
    }

    #[test]
    fn api_3_the_whole_text_must_match() {
        let bad = [
            "",
            " 13800138000",
            "13800138000 ",
            "13800138000\n",
            "13800138000x",
            "13800138000,13800138001",
            "1380013800",
            "138001380000",
            "12800138000",
            "10086",
            "１３８００１３８０００",
            "١٣٨٠٠١٣٨٠٠٠",
            "8613800138000",
            "+86 13800138000",
            "+86+8613800138000",
            "00008613800138000",
            "+8602112345678",
            "+86013800138000",
            "0086013800138000",
            "+",
            "+0",
            "+86",
        ];
        for text in bad {
            assert!(text.parse::<PhoneNumber>().is_err(), "{text:?}");
        }
        assert!("1".repeat(3_000).parse::<PhoneNumber>().is_err());
    }

    #[test]
    fn debug_and_masked_hide_digits() {
        let mainland: PhoneNumber = "13800138000".parse().unwrap();
        assert_eq!(format!("{mainland:?}"), "…8000");
        assert_eq!(mainland.masked(), "138****8000");
        let british = PhoneNumber::from_e164("+447911123456").unwrap();
        assert_eq!(british.masked(), "+44791****456");
        assert_eq!(PhoneNumber::from_e164("+1234567").unwrap().masked(), "+123*567");
    }
}
