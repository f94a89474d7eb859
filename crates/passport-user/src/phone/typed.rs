//! Numbers as people type them into a field that knows their country.

use super::countries::Country;
use crate::{CountryCode, ParsePhoneNumberError, PhoneNumber};

/// Longest text that is read; no number with its separators is half as long.
const MOST_BYTES: usize = 128;

impl PhoneNumber {
    /// Reads a number that a person typed for `country`: with or without the calling code, its `+` and the
    /// trunk prefix, with spaces, dashes, dots or parentheses, and in full-width digits.
    ///
    /// What is accepted beyond [`FromStr`](std::str::FromStr) is of one meaning only: every other form is
    /// tried as a whole number of the numbering plans. A `+` or `00` names the country itself.
    ///
    /// # Errors
    ///
    /// If no form of the text is a mobile number.
    pub fn from_typed(text: &str, country: CountryCode) -> Result<Self, ParsePhoneNumberError> {
        let text = tidy(text).ok_or(ParsePhoneNumberError)?;
        if let Some(digits) = text.strip_prefix('+').or_else(|| text.strip_prefix("00")) {
            let number = format!("+{digits}").parse();
            // As in +44 (0)7400…: the trunk prefix of the country that the calling code names.
            return number.or_else(|_| without_trunk(digits).ok_or(ParsePhoneNumberError));
        }
        // Before the strict form, because eleven digits are a number of mainland China there, and can be
        // a number of North America with its trunk prefix.
        Country::of(country)
            .and_then(|country| inside(country, &text))
            .map_or_else(|| text.parse(), Ok)
    }
}

/// The number of digits that were typed for `country`.
fn inside(country: &Country, digits: &str) -> Option<PhoneNumber> {
    let Country { calling_code, trunk_prefix, .. } = country;
    let national = |digits: &str| format!("+{calling_code}{digits}").parse().ok();
    let trunk = digits.strip_prefix(trunk_prefix).filter(|_| !trunk_prefix.is_empty());
    let abroad = || digits.strip_prefix(calling_code).and_then(national);
    national(digits).or_else(|| trunk.and_then(national)).or_else(abroad)
}

/// The number of `digits` after their calling code, without a trunk prefix of zero.
fn without_trunk(digits: &str) -> Option<PhoneNumber> {
    // Calling codes have one to three digits, and none is the start of another one.
    (1..=3).find_map(|length| {
        let (calling_code, national) = digits.split_at_checked(length)?;
        format!("+{calling_code}{}", national.strip_prefix('0')?).parse().ok()
    })
}

/// The digits, after a `+` if there is one, without what people put between them. `None` for a text with
/// other characters.
fn tidy(text: &str) -> Option<String> {
    if text.len() > MOST_BYTES {
        return None;
    }
    let mut tidy = String::with_capacity(text.len());
    for sign in text.trim().chars() {
        match sign {
            '0'..='9' => tidy.push(sign),
            '０'..='９' => tidy.push(char::from_digit(u32::from(sign) - u32::from('０'), 10)?),
            '+' | '＋' if tidy.is_empty() => tidy.push('+'),
            _ if is_separator(sign) => {}
            _ => return None,
        }
    }
    Some(tidy)
}

fn is_separator(sign: char) -> bool {
    matches!(sign, '-' | '.' | '(' | ')' | '/' | '（' | '）' | '－' | '\u{2010}'..='\u{2015}')
        // Invisible marks of direction come with numbers that are copied from address books.
        || matches!(sign, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || sign.is_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str, country: &str) -> Option<String> {
        let number = PhoneNumber::from_typed(text, country.parse().unwrap());
        number.ok().map(|number| number.as_e164().to_owned())
    }

    #[test]
    fn p3_numbers_are_read_as_people_type_them() {
        for text in [
            "13800138000",
            "8613800138000",
            "+8613800138000",
            "+86 138 0013 8000",
            "0086-138-0013-8000",
            "86 138-0013-8000",
            "013800138000",
            " 138 0013 8000 ",
            "１３８００１３８０００",
            "＋８６　１３８００１３８０００",
            "(138) 0013.8000",
            "138–0013–8000",
            "\u{202a}+86 138 0013 8000\u{202c}",
            "+86 (0)138 0013 8000",
        ] {
            assert_eq!(typed(text, "CN").as_deref(), Some("+8613800138000"), "{text}");
        }
        for (text, country, number) in [
            ("51234567", "HK", "+85251234567"),
            ("5123 4567", "HK", "+85251234567"),
            ("852 5123 4567", "HK", "+85251234567"),
            ("(201) 555-0123", "US", "+12015550123"),
            ("1 201 555 0123", "US", "+12015550123"),
            ("07400 123456", "GB", "+447400123456"),
            ("7400 123456", "GB", "+447400123456"),
            ("+44 (0)7400 123456", "CN", "+447400123456"),
            ("0044 7400 123456", "CN", "+447400123456"),
            ("8 (912) 345-67-89", "RU", "+79123456789"),
            ("06 20 123 4567", "HU", "+36201234567"),
            // In North America it has the trunk prefix; elsewhere it is a number of mainland China.
            ("13802345678", "US", "+13802345678"),
            ("13802345678", "HK", "+8613802345678"),
            // The number names its country.
            ("+8613800138000", "US", "+8613800138000"),
        ] {
            assert_eq!(typed(text, country).as_deref(), Some(number), "{text} in {country}");
        }
    }

    #[test]
    fn p3_what_is_no_number_stays_none() {
        let long = "1".repeat(MOST_BYTES + 1);
        for text in [
            "",
            "+",
            "1380013800",
            "138001380000",
            "86138001380001",
            "868613800138000",
            "13800138000,13800138001",
            "13800138000 13800138001",
            "13800138000x",
            "138 0013 8000 ext 1",
            "13800+138000",
            "１３８٠٠138000",
            "12800138000",
            "8602112345678",
            &long,
        ] {
            assert_eq!(typed(text, "CN"), None, "{text}");
        }
        assert_eq!(typed("138 0013 8000", "ZZ"), Some("+8613800138000".to_owned()), "strict form");
        assert_eq!(typed("51234567", "ZZ"), None);
    }

    /// A form must not be read as the number of another telephone.
    #[test]
    fn p4_every_country_has_one_meaning_for_each_form() {
        let data = include_str!("../../data/countries.tsv");
        let codes = data.lines().skip(1).filter_map(|line| line.get(..2)?.parse().ok());
        let mut count = 0;
        for country in codes.filter_map(Country::of) {
            let Country { code, calling_code, trunk_prefix, example, .. } = country;
            let shown = PhoneNumber::from_typed(example, *code)
                .unwrap_or_else(|_| panic!("{example} in {code}"));
            let national = shown.as_e164().strip_prefix('+').unwrap();
            let national = national.strip_prefix(calling_code).unwrap_or_else(|| panic!("{code}"));
            for text in [
                national.to_owned(),
                format!("{trunk_prefix}{national}"),
                format!("{calling_code}{national}"),
                format!("{calling_code} {national}"),
                format!("00{calling_code}{national}"),
                format!("+{calling_code} {national}"),
            ] {
                let number = PhoneNumber::from_typed(&text, *code);
                assert_eq!(number.as_ref(), Ok(&shown), "{text} in {code}");
            }
            count += 1;
        }
        assert!(count > 230, "{count}");
    }
}
