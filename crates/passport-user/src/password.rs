use std::fmt;

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// A password in Unicode normalisation form NFC, so that composed and decomposed forms of `é` are
/// equal. All characters are allowed, including spaces.
///
/// The password is zeroized on drop, and `Debug` does not show it.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Maximum length in bytes of UTF-8, before and after normalisation.
    pub const MAX_BYTES: usize = 512;

    /// Normalises `text` and wraps it.
    ///
    /// # Errors
    ///
    /// The text is longer than [`MAX_BYTES`](Self::MAX_BYTES). Such a password cannot belong to an
    /// account, because sign-up has the same limit.
    pub fn new(text: &str) -> Result<Self, PasswordTooLong> {
        if text.len() > Self::MAX_BYTES {
            return Err(PasswordTooLong);
        }
        let mut normal = Zeroizing::new(String::with_capacity(2 * Self::MAX_BYTES));
        normal.extend(text.nfc());
        if normal.len() > Self::MAX_BYTES { Err(PasswordTooLong) } else { Ok(Self(normal)) }
    }

    /// Length in code points.
    pub fn length(&self) -> usize {
        self.0.chars().count()
    }

    /// The text of the password, for hashers only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// The text is longer than [`Password::MAX_BYTES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("password must be at most {} bytes long", Password::MAX_BYTES)]
pub struct PasswordTooLong;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pwd_3_composed_and_decomposed_forms_are_equal() {
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
        // A code point of two bytes whose NFC has twice as many bytes.
        assert!(Password::new(&"\u{344}".repeat(256)).is_err());
    }

    #[test]
    fn debug_does_not_show_the_password() {
        assert_eq!(format!("{:?}", Password::new("hunter22").unwrap()), "Password(…)");
    }
}
