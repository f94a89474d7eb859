use std::{fmt, str::FromStr};

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use crate::{PhoneNumber, invisible::is_forbidden};

/// Public display name of a user, in Unicode normalisation form NFC and without space around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NickName(String);

impl NickName {
    /// Most code points of a chosen name.
    pub const MAX_LENGTH: usize = 32;
    /// Most bytes of a chosen name in UTF-8.
    pub const MAX_BYTES: usize = 128;

    /// Creates a name from its stored form.
    pub fn from_stored(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The initial name of a user: the masked phone number.
    pub fn from_phone(phone: &PhoneNumber) -> Self {
        Self(phone.masked())
    }

    /// The text of the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NickName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A name that a person chose.
impl FromStr for NickName {
    type Err = NickNameRefusal;

    fn from_str(text: &str) -> Result<Self, NickNameRefusal> {
        // Normalisation of longer texts is not worth its time.
        if text.len() > 8 * Self::MAX_BYTES {
            return Err(NickNameRefusal::TooLong);
        }
        let name: String = text.nfc().collect();
        let name = name.trim();
        if name.is_empty() {
            return Err(NickNameRefusal::Empty);
        }
        if name.chars().count() > Self::MAX_LENGTH || name.len() > Self::MAX_BYTES {
            return Err(NickNameRefusal::TooLong);
        }
        if name.chars().any(is_forbidden) || has_stray_joiner(name) {
            return Err(NickNameRefusal::Invisible);
        }
        if is_phone_number(name) {
            return Err(NickNameRefusal::PhoneNumber);
        }
        Ok(Self(name.to_owned()))
    }
}

/// Reason why a chosen name was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NickNameRefusal {
    /// The name has no visible character.
    #[error("name is empty")]
    Empty,
    /// The name has more than [`MAX_LENGTH`](NickName::MAX_LENGTH) code points or
    /// [`MAX_BYTES`](NickName::MAX_BYTES) bytes.
    #[error("name has more than {} characters", NickName::MAX_LENGTH)]
    TooLong,
    /// The name has characters that are not seen or change the order of others: controls, format
    /// characters, joiners between nothing.
    #[error("name has invisible characters")]
    Invisible,
    /// The name is a phone number, which people could take for that of the user.
    #[error("name is a phone number")]
    PhoneNumber,
}

/// Whether a joiner or non-joiner stands at an end or beside another one. Between two characters,
/// emoji and several scripts need them.
fn has_stray_joiner(name: &str) -> bool {
    let is_joiner = |character: char| matches!(character, '\u{200c}' | '\u{200d}');
    let mut before = true;
    for character in name.chars() {
        if is_joiner(character) && before {
            return true;
        }
        before = is_joiner(character) || character.is_whitespace();
    }
    before
}

/// Whether the name is a phone number as people write it: digits in groups.
fn is_phone_number(name: &str) -> bool {
    let name: String = name.nfkc().collect();
    let is_separator = |character: char| {
        character.is_whitespace() || matches!(character, '-' | '‐'..='―' | '.' | '(' | ')' | '/')
    };
    let digits: String = name.chars().filter(|character| !is_separator(*character)).collect();
    let digits = digits.strip_prefix('+').unwrap_or(&digits);
    digits.len() >= 7 && digits.chars().all(|character| character.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<String, NickNameRefusal> {
        text.parse::<NickName>().map(|name| name.as_str().to_owned())
    }

    #[test]
    fn names_are_normalised_and_trimmed() {
        assert_eq!(parsed("  Zoe\u{308} \n"), Ok("Zo\u{eb}".to_owned()));
        assert_eq!(parsed("小明"), Ok("小明".to_owned()));
        assert_eq!(parsed("👩\u{200d}🚀"), Ok("👩\u{200d}🚀".to_owned()));
        assert_eq!(parsed("agent 007"), Ok("agent 007".to_owned()));
    }

    #[test]
    fn length_is_bounded_in_code_points_and_bytes() {
        assert!(parsed(&"明".repeat(32)).is_ok());
        assert_eq!(parsed(&"明".repeat(33)), Err(NickNameRefusal::TooLong));
        assert!(parsed(&"🔑".repeat(32)).is_ok());
        assert_eq!(parsed(&"a".repeat(1_000_000)), Err(NickNameRefusal::TooLong));
        for empty in ["", "   ", "\u{3000}"] {
            assert_eq!(parsed(empty), Err(NickNameRefusal::Empty), "{empty:?}");
        }
    }

    #[test]
    fn api_4_invisible_characters_are_refused() {
        for name in [
            "a\nb",
            "a\0",
            "a\u{202e}b",
            "a\u{200b}b",
            "\u{200d}a",
            "a\u{200d}",
            "a\u{200c}\u{200d}b",
            "a\u{feff}",
            "a\u{fffe}",
            "a\u{fdd0}",
            "a\u{10ffff}",
            "\u{3164}",
            "a\u{e0041}",
            "a\u{1b}[31m",
            "a\u{2028}b",
        ] {
            assert_eq!(parsed(name), Err(NickNameRefusal::Invisible), "{name:?}");
        }
    }

    #[test]
    fn phone_numbers_are_refused() {
        for name in ["13800138000", "+86 138 0013 8000", "138-0013-8000", "１３８００１３８０００"]
        {
            assert_eq!(parsed(name), Err(NickNameRefusal::PhoneNumber), "{name:?}");
        }
    }
}
