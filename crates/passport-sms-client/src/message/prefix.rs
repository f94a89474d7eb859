use std::fmt;
use std::str::FromStr;

use crate::message::Recipient;

const LONGEST: usize = 7;

/// The first one to seven digits of numbers: a country (`+86`), or a part of one (`+1242`, or the
/// carrier `+86138`). So few digits identify no person.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Prefix(u32);

impl Prefix {
    /// Mainland China, `+86`.
    pub const MAINLAND_CHINA: Self = Self(86);

    /// The country calling code of a number, as the ITU assigned it (E.164, annexed list): `+86`,
    /// `+852`, and one `+1` for all of North America.
    #[must_use]
    pub fn country_of(number: &Recipient) -> Self {
        let digits = digits(number);
        let length = match &digits.as_bytes()[..2] {
            [b'1' | b'7', _] => 1,
            b"20" | b"27" | b"30" | b"31" | b"32" | b"33" | b"34" | b"36" | b"39" | b"40"
            | b"41" | b"43" | b"44" | b"45" | b"46" | b"47" | b"48" | b"49" | b"51" | b"52"
            | b"53" | b"54" | b"55" | b"56" | b"57" | b"58" | b"60" | b"61" | b"62" | b"63"
            | b"64" | b"65" | b"66" | b"81" | b"82" | b"84" | b"86" | b"90" | b"91" | b"92"
            | b"93" | b"94" | b"95" | b"98" => 2,
            _ => 3,
        };
        Self::first(digits, length)
    }

    /// The country and the three digits after it, in which carriers begin to differ: `+86138`.
    #[must_use]
    pub fn carrier_of(number: &Recipient) -> Self {
        Self::first(digits(number), Self::country_of(number).length() + 3)
    }

    /// The longest prefix of a number.
    #[must_use]
    pub fn longest_of(number: &Recipient) -> Self {
        Self::first(digits(number), LONGEST)
    }

    /// Whether every number with this prefix also has the prefix `wider`.
    #[must_use]
    pub fn is_within(self, wider: Self) -> bool {
        let (length, wider_length) = (self.length(), wider.length());
        length >= wider_length
            && u32::try_from(length - wider_length)
                .is_ok_and(|more| self.0 / 10_u32.pow(more) == wider.0)
    }

    /// Number of digits.
    pub(crate) fn length(self) -> usize {
        self.0.ilog10() as usize + 1
    }

    fn first(digits: &str, length: usize) -> Self {
        Self(
            digits
                .bytes()
                .take(length.min(LONGEST))
                .fold(0, |value, digit| value * 10 + u32::from(digit - b'0')),
        )
    }
}

/// A recipient is a plus and at least seven ASCII digits, the first of which is not zero.
fn digits(number: &Recipient) -> &str {
    &number.as_str()[1..]
}

impl FromStr for Prefix {
    type Err = ParsePrefixError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix('+').ok_or(ParsePrefixError)?;
        let valid = (1..=LONGEST).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        if valid { Ok(Self::first(digits, LONGEST)) } else { Err(ParsePrefixError) }
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", self.0)
    }
}

impl fmt::Debug for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Prefix({self})")
    }
}

/// The text is not the beginning of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("prefix is not a plus and one to seven digits, such as +86")]
pub struct ParsePrefixError;

#[cfg(test)]
mod tests {
    use super::*;

    fn prefix(text: &str) -> Prefix {
        text.parse().unwrap()
    }

    #[test]
    fn countries_and_carriers_are_derived_from_the_number() {
        for (number, country, carrier) in [
            ("+8613800138000", "+86", "+86138"),
            ("+85251234567", "+852", "+852512"),
            ("+15551234567", "+1", "+1555"),
            ("+79161234567", "+7", "+7916"),
            ("+447700900123", "+44", "+44770"),
            ("+2126123456", "+212", "+212612"),
            ("+35312345678", "+353", "+353123"),
            ("+8801712345678", "+880", "+880171"),
        ] {
            let number: Recipient = number.parse().unwrap();
            assert_eq!(Prefix::country_of(&number), prefix(country));
            assert_eq!(Prefix::carrier_of(&number), prefix(carrier));
            assert!(Prefix::longest_of(&number).is_within(prefix(carrier)));
        }
    }

    #[test]
    fn is_within_compares_digits() {
        assert!(prefix("+86138").is_within(prefix("+86")));
        assert!(prefix("+86").is_within(prefix("+86")));
        assert!(!prefix("+86").is_within(prefix("+86138")));
        assert!(!prefix("+852").is_within(prefix("+86")));
        assert!(!prefix("+8613").is_within(prefix("+6")));
    }

    #[test]
    fn refuses_texts_that_begin_no_number() {
        for text in ["", "+", "86", "+0", "+86a", "+12345678", "+ 86", "+８６"] {
            assert_eq!(text.parse::<Prefix>(), Err(ParsePrefixError), "{text:?}");
        }
        assert_eq!(format!("{} {:?}", prefix("+86"), prefix("+86")), "+86 Prefix(+86)");
    }
}
