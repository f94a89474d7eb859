use std::fmt;

use rand::{CryptoRng, RngExt};
use thiserror::Error;
use zeroize::Zeroizing;

/// A code in plain text: the digits of a text message or the letters of a captcha.
///
/// The text is zeroized on drop, and `Debug` does not show it. Call [`expose`](Self::expose) only
/// to send the code to its recipient.
#[derive(Clone)]
pub struct Code(Zeroizing<String>);

impl Code {
    /// Generates `length` uniform, independent decimal digits, including leading zeros.
    ///
    /// Six digits have 19.9 bits of entropy, which is enough only with few tries and a short
    /// lifetime. [`CodePolicy`](crate::CodePolicy) limits both (OWASP ASVS 6.5.3, NIST SP 800-63B-4
    /// §3.1.3).
    pub fn numeric(length: CodeLength, rng: &mut impl CryptoRng) -> Self {
        let digits = (0..length.0).map(|_| char::from(b'0' + rng.random_range(0..10_u8)));
        Self(Zeroizing::new(digits.collect()))
    }

    /// Wraps an existing code, such as the text of a captcha.
    pub fn from_text(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text of the code. Send it to its recipient only; do not log it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

/// Number of digits of a code: 4 to 10.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeLength(u8);

impl CodeLength {
    /// Minimum number of digits.
    pub const MIN: u8 = 4;
    /// Maximum number of digits.
    pub const MAX: u8 = 10;
    /// Six digits, the usual length of codes in text messages.
    pub const SIX: Self = Self(6);

    /// Creates a length of `digits`.
    ///
    /// # Errors
    ///
    /// `digits` is not between [`MIN`](Self::MIN) and [`MAX`](Self::MAX).
    pub fn new(digits: u8) -> Result<Self, CodeLengthError> {
        match digits {
            Self::MIN..=Self::MAX => Ok(Self(digits)),
            _ => Err(CodeLengthError(digits)),
        }
    }

    /// The number of digits.
    pub fn digits(self) -> u8 {
        self.0
    }
}

/// The number of digits is out of bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a code has {min} to {max} digits, not {0}", min = CodeLength::MIN, max = CodeLength::MAX)]
pub struct CodeLengthError(u8);

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    #[test]
    fn otp_1_digits_are_uniform_and_keep_leading_zeros() {
        let mut rng = StdRng::seed_from_u64(1);
        let mut counts = [[0_u32; 10]; 6];
        for _ in 0..20_000 {
            let code = Code::numeric(CodeLength::SIX, &mut rng);
            assert_eq!(code.expose().len(), 6);
            for (place, digit) in code.expose().bytes().enumerate() {
                counts[place][usize::from(digit - b'0')] += 1;
            }
        }
        for place in counts {
            let chi_square: f64 =
                place.iter().map(|&n| (f64::from(n) - 2_000.0).powi(2) / 2_000.0).sum();
            // 27.88 is the 0.999 quantile for nine degrees of freedom.
            assert!(chi_square < 27.88, "digits are not uniform: {place:?}");
        }
    }

    #[test]
    fn debug_does_not_show_the_code() {
        assert_eq!(format!("{:?}", Code::from_text("012345".to_owned())), "Code(…)");
    }

    #[test]
    fn length_is_bounded() {
        assert!(CodeLength::new(3).is_err());
        assert!(CodeLength::new(4).is_ok());
        assert!(CodeLength::new(10).is_ok());
        assert_eq!(
            CodeLength::new(11).unwrap_err().to_string(),
            "a code has 4 to 10 digits, not 11"
        );
    }
}
