use std::{fmt, str::FromStr};

use thiserror::Error;

/// A country code of two letters (ISO 3166-1 alpha-2), such as `CN`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CountryCode([u8; 2]);

impl CountryCode {
    /// Mainland China.
    pub const CN: Self = Self(*b"CN");

    /// The two letters in upper case.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The digits that calls from abroad begin with, such as `86`; `None` if the letters are of no
    /// country with telephones.
    #[cfg(feature = "numbering-plans")]
    pub fn calling_code(&self) -> Option<&'static str> {
        crate::phone::numbering_plans::calling_code(*self)
    }
}

impl FromStr for CountryCode {
    type Err = ParseCountryCodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match *text.as_bytes() {
            [a @ b'A'..=b'Z', b @ b'A'..=b'Z'] => Ok(Self([a, b])),
            _ => Err(ParseCountryCodeError),
        }
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is not two upper-case letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("country must be two upper-case letters (ISO 3166-1), such as CN")]
pub struct ParseCountryCodeError;
