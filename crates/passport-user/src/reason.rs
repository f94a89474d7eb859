use std::{fmt, str::FromStr};

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use crate::invisible::is_forbidden;

/// Reason that an operator gives for an act, for the audit log: one line of visible text in Unicode
/// normalisation form NFC.
///
/// It is the only text of an event that a person writes freely. It is a field of its own, and not a
/// fact in the detail, so that each reader knows which text is free, and the owner of the account is
/// not shown it. A reason in another script than Latin stays readable, which it would not be if it
/// were cut to the characters of operators' names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason(String);

impl Reason {
    /// Most code points.
    pub const MAX_LENGTH: usize = 200;
    /// Digits in a row that are taken for a phone number, which no event may have in clear.
    const PHONE_DIGITS: usize = 11;

    /// Creates a reason from its stored form.
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Reason {
    type Err = ReasonRefusal;

    fn from_str(text: &str) -> Result<Self, ReasonRefusal> {
        // Normalisation of longer texts is not worth its time.
        if text.len() > 16 * Self::MAX_LENGTH {
            return Err(ReasonRefusal::TooLong);
        }
        let reason: String = text.nfc().collect();
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(ReasonRefusal::Empty);
        }
        if reason.chars().count() > Self::MAX_LENGTH {
            return Err(ReasonRefusal::TooLong);
        }
        if reason.chars().any(is_forbidden) {
            return Err(ReasonRefusal::Invisible);
        }
        if has_phone_number(reason) {
            return Err(ReasonRefusal::PhoneNumber);
        }
        Ok(Self(reason.to_owned()))
    }
}

/// Whether there are as many digits in a row as phone numbers have, which people write in groups.
fn has_phone_number(reason: &str) -> bool {
    let mut digits = 0;
    for character in reason.nfkc() {
        match character {
            '0'..='9' => digits += 1,
            ' ' | '-' | '(' | ')' => {}
            _ => digits = 0,
        }
        if digits >= Reason::PHONE_DIGITS {
            return true;
        }
    }
    false
}

/// Why a reason was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReasonRefusal {
    /// The text has no visible character.
    #[error("reason is empty")]
    Empty,
    /// The text is longer than [`MAX_LENGTH`](Reason::MAX_LENGTH).
    #[error("reason has more than {} characters", Reason::MAX_LENGTH)]
    TooLong,
    /// The text has line breaks, or other characters that are not seen or change the order of others.
    #[error("reason has line breaks or invisible characters")]
    Invisible,
    /// The text has a phone number.
    #[error(
        "reason has a phone number, which the audit log must not have: name the user by the id"
    )]
    PhoneNumber,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<String, ReasonRefusal> {
        text.parse::<Reason>().map(|reason| reason.as_str().to_owned())
    }

    #[test]
    fn a_reason_is_a_line_of_any_script() {
        assert_eq!(
            parsed("  court order 12/3, see INC-20261129 \n"),
            Ok("court order 12/3, see INC-20261129".to_owned())
        );
        assert_eq!(parsed("用户来电，要求停用"), Ok("用户来电，要求停用".to_owned()));
        assert_eq!(parsed("on 2026-11-29"), Ok("on 2026-11-29".to_owned()));
        assert!(parsed(&"明".repeat(200)).is_ok());
        assert_eq!(parsed(&"明".repeat(201)), Err(ReasonRefusal::TooLong));
        assert_eq!(parsed(&"a".repeat(1_000_000)), Err(ReasonRefusal::TooLong));
        assert_eq!(parsed(" \n"), Err(ReasonRefusal::Empty));
    }

    #[test]
    fn api_4_a_reason_cannot_forge_lines_or_reverse_text() {
        for text in
            ["a\nb", "a\rb", "a\tb", "a\u{1b}[31m", "a\u{202e}b", "a\u{200f}b", "a\0", "a\u{85}b"]
        {
            assert_eq!(parsed(text), Err(ReasonRefusal::Invisible), "{text:?}");
        }
    }

    #[test]
    fn del_1_a_reason_names_no_phone_number() {
        for text in ["called from 13800138000", "+86 138-0013-8000!", "１３８００１３８０００"]
        {
            assert_eq!(parsed(text), Err(ReasonRefusal::PhoneNumber), "{text}");
        }
    }
}
