use std::fmt;
use std::str::FromStr;

const MAINLAND: &str = "+86";

/// Phone number that can receive messages, in E.164 form: `+8613800138000`.
///
/// A plus and seven to fifteen ASCII digits, the first of which is not zero; a number of mainland
/// China (`+86`) is a mobile number, `1[3-9]` and nine more digits. The whole text is the number,
/// so a gateway that splits this field at commas never receives a second one.
///
/// `Debug` shows the last four digits, and there is no `Display`, because logs must not collect
/// numbers.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Recipient(String);

impl Recipient {
    /// The number with its plus. Not for logs.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The eleven digits of a mobile number in mainland China, without the country code.
    #[must_use]
    pub fn mainland(&self) -> Option<&str> {
        self.0.strip_prefix(MAINLAND)
    }
}

impl FromStr for Recipient {
    type Err = ParseRecipientError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let valid = text.strip_prefix('+').is_some_and(is_international)
            && text.strip_prefix(MAINLAND).is_none_or(is_mainland_mobile);
        if valid { Ok(Self(text.to_owned())) } else { Err(ParseRecipientError) }
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // There are at least seven ASCII digits, so the index is a valid character boundary.
        write!(f, "Recipient(…{})", &self.0[self.0.len() - 4..])
    }
}

fn is_international(digits: &str) -> bool {
    (7..=15).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0')
}

fn is_mainland_mobile(digits: &str) -> bool {
    let mut bytes = digits.bytes();
    digits.len() == 11
        && bytes.next() == Some(b'1')
        && bytes.next().is_some_and(|second| (b'3'..=b'9').contains(&second))
}

/// The text is not a phone number. The error does not repeat the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("recipient is not a mobile number in E.164 form, such as +8613800138000")]
pub struct ParseRecipientError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_mobiles_and_foreign_numbers() {
        for text in
            ["+8613800138000", "+8619912345678", "+8616600000000", "+447700900123", "+15551234567"]
        {
            assert_eq!(text.parse::<Recipient>().unwrap().as_str(), text);
        }
    }

    #[test]
    fn refuses_tails_lists_and_look_alikes() {
        for text in [
            "",
            "+",
            "13800138000",
            "8613800138000",
            "+8613800138000,13900139000",
            "+8613800138000\n",
            " +8613800138000",
            "+86138001380001",
            "+861380013800",
            "+8612800138000",
            "+8602112345678",
            "+0123456789",
            "+1234567890123456",
            "+８６13800138000",
            "+86 13800138000",
        ] {
            assert_eq!(text.parse::<Recipient>(), Err(ParseRecipientError), "{text:?}");
        }
    }

    #[test]
    fn shows_four_digits() {
        let number: Recipient = "+8613800138000".parse().unwrap();
        assert_eq!(format!("{number:?}"), "Recipient(…8000)");
    }
}
