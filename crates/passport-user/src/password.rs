use std::fmt;

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// A password as a person typed it, in Unicode's form NFC, so that `é` typed in one piece and in
/// two is the same. Any character and space may stand in it.
///
/// Wiped when dropped, and `Debug` does not show it.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// The longest password in bytes of UTF-8, before and after normalisation.
    pub const MAX_BYTES: usize = 512;

    /// # Errors
    ///
    /// When the text is over [`MAX_BYTES`](Self::MAX_BYTES): no such password is ever kept.
    pub fn new(text: &str) -> Result<Self, PasswordTooLong> {
        if text.len() > Self::MAX_BYTES {
            return Err(PasswordTooLong);
        }
        let mut normal = Zeroizing::new(String::with_capacity(2 * Self::MAX_BYTES));
        normal.extend(text.nfc());
        if normal.len() > Self::MAX_BYTES { Err(PasswordTooLong) } else { Ok(Self(normal)) }
    }

    /// How long it is in code points.
    pub fn length(&self) -> usize {
        self.0.chars().count()
    }

    /// The password itself, for a hasher.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// The text is longer than any password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a password is at most {} bytes", Password::MAX_BYTES)]
pub struct PasswordTooLong;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pwd_3_composed_and_decomposed_are_one() {
        let composed = Password::new("caf\u{e9} au lait").unwrap();
        let decomposed = Password::new("cafe\u{301} au lait").unwrap();
        assert_eq!(composed.expose(), decomposed.expose());
        assert_eq!(composed.length(), 12);
    }

    #[test]
    fn pwd_2_is_bounded_in_bytes() {
        assert!(Password::new(&"a".repeat(512)).is_ok());
        assert!(Password::new(&"a".repeat(513)).is_err());
        assert!(Password::new(&"a".repeat(1_000_000)).is_err());
        // One code point of two bytes that NFC writes as three of two bytes each.
        assert!(Password::new(&"\u{344}".repeat(256)).is_err());
    }

    #[test]
    fn debug_is_silent() {
        assert_eq!(format!("{:?}", Password::new("hunter22").unwrap()), "Password(…)");
    }
}
