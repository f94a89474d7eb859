use std::{fmt, str::FromStr};

use thiserror::Error;
use time::OffsetDateTime;

/// Consent of a user to a version of the terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Version of the terms.
    pub version: TermsVersion,
    /// Time of the consent, truncated to microseconds.
    pub at: OffsetDateTime,
}

impl Consent {
    /// A consent that is given at `now`.
    pub fn new(version: TermsVersion, now: OffsetDateTime) -> Self {
        Self { version, at: now.truncate_to_microsecond() }
    }
}

/// Version of the terms: 1 to 32 ASCII letters, digits, dots, dashes and underscores.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TermsVersion(String);

impl TermsVersion {
    /// Most characters of a version.
    pub const MAX_LENGTH: usize = 32;

    /// The text of the version.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TermsVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for TermsVersion {
    type Err = ParseTermsVersionError;

    fn from_str(text: &str) -> Result<Self, ParseTermsVersionError> {
        let is_allowed = |it: u8| it.is_ascii_alphanumeric() || b"._-".contains(&it);
        let is_version =
            (1..=Self::MAX_LENGTH).contains(&text.len()) && text.bytes().all(is_allowed);
        is_version.then(|| Self(text.to_owned())).ok_or(ParseTermsVersionError)
    }
}

/// The text is no [`TermsVersion`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a version has 1 to 32 letters, digits, dots, dashes and underscores")]
pub struct ParseTermsVersionError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_a_short_name() {
        for text in ["1", "2026-11-29", "v2.1_b", &"a".repeat(32)] {
            assert_eq!(text.parse::<TermsVersion>().unwrap().as_str(), text);
        }
        for text in ["", " 1", "1\n", "第一版", "a b", "a/b", &"a".repeat(33)] {
            assert_eq!(text.parse::<TermsVersion>(), Err(ParseTermsVersionError), "{text:?}");
        }
    }
}
