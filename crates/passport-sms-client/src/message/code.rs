use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};

const LENGTH: RangeInclusive<usize> = 4..=12;

/// Secret in a message: 4 to 12 ASCII letters or digits, with leading zeros.
///
/// `Debug` does not show it, and its memory is overwritten when it is dropped. (Copies in a request
/// or an inbox are not overwritten.)
#[derive(Clone)]
pub struct OneTimeCode(SecretString);

impl OneTimeCode {
    /// The code in clear text. Not for logs.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl FromStr for OneTimeCode {
    type Err = ParseCodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if plain && LENGTH.contains(&text.len()) {
            Ok(Self(text.into()))
        } else {
            Err(ParseCodeError)
        }
    }
}

impl fmt::Debug for OneTimeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeCode(…)")
    }
}

/// The text is not a code. The error does not repeat the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("code is not 4 to 12 ASCII letters or digits")]
pub struct ParseCodeError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_leading_zeros() {
        let code: OneTimeCode = "004217".parse().unwrap();
        assert_eq!(code.expose(), "004217");
    }

    #[test]
    fn refuses_characters_that_could_break_out_of_a_template() {
        for text in ["", "123", "1234567890123", "12 34", "1234\n", "12,34", "１２３４", "<1234>"]
        {
            assert_eq!(text.parse::<OneTimeCode>().err(), Some(ParseCodeError), "{text:?}");
        }
    }

    #[test]
    fn debug_shows_no_code() {
        let code: OneTimeCode = "004217".parse().unwrap();
        assert_eq!(format!("{code:?}"), "OneTimeCode(…)");
    }
}
