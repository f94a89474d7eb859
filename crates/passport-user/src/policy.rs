use thiserror::Error;

use crate::{Password, PhoneNumber, common_passwords::is_common};

/// Rules for new passwords: bounds of the length, and no passwords that attackers try first.
///
/// There are no composition rules, because they make passwords worse (NIST SP 800-63B-4 §3.1.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordPolicy {
    min_length: usize,
    max_length: usize,
}

impl PasswordPolicy {
    /// Lower bound of the minimum length, in code points (OWASP ASVS 6.2.1).
    pub const LEAST_MIN: usize = 8;
    /// Lower bound of the maximum length, in code points (OWASP ASVS 6.2.9).
    pub const LEAST_MAX: usize = 64;
    /// Upper bound of the maximum length, in code points: at four bytes each they fit into
    /// [`Password::MAX_BYTES`].
    pub const MOST_MAX: usize = 128;

    /// Creates a policy that accepts passwords of `min_length` to `max_length` code points.
    ///
    /// # Errors
    ///
    /// `min_length` is not between 8 and `max_length`, or `max_length` is not between 64 and 128.
    pub fn new(min_length: usize, max_length: usize) -> Result<Self, PasswordPolicyError> {
        if !(Self::LEAST_MAX..=Self::MOST_MAX).contains(&max_length) {
            Err(PasswordPolicyError::Max)
        } else if !(Self::LEAST_MIN..=max_length).contains(&min_length) {
            Err(PasswordPolicyError::Min)
        } else {
            Ok(Self { min_length, max_length })
        }
    }

    /// Minimum length in code points.
    pub fn min_length(&self) -> usize {
        self.min_length
    }

    /// Maximum length in code points.
    pub fn max_length(&self) -> usize {
        self.max_length
    }

    /// Checks whether the owner of `phone`, or a user without a number, may choose `password`.
    ///
    /// # Errors
    ///
    /// The first violated rule. The rules compare the whole password; a forbidden password as a
    /// part of a longer one is allowed.
    pub fn check<'a>(
        &self,
        password: &Password,
        phone: impl Into<Option<&'a PhoneNumber>>,
    ) -> Result<(), PasswordRefusal> {
        let (length, text) = (password.length(), password.expose());
        if length < self.min_length {
            Err(PasswordRefusal::TooShort { min: self.min_length })
        } else if length > self.max_length {
            Err(PasswordRefusal::TooLong { max: self.max_length })
        } else if phone.into().is_some_and(|phone| is_the_number(text, phone)) {
            Err(PasswordRefusal::PhoneNumber)
        } else if is_common(text) || is_the_service_name(text) {
            Err(PasswordRefusal::Common)
        } else {
            Ok(())
        }
    }
}

impl Default for PasswordPolicy {
    /// 8 to 128 code points.
    fn default() -> Self {
        Self { min_length: Self::LEAST_MIN, max_length: Self::MOST_MAX }
    }
}

/// Whether `password` is the number in one of its usual forms.
fn is_the_number(password: &str, phone: &PhoneNumber) -> bool {
    let digits = phone.as_e164().trim_start_matches('+');
    let typed = password.trim_start_matches('+');
    typed.trim_start_matches("00") == digits || phone.mainland() == Some(typed)
}

/// Whether `password` is `passport`, optionally followed by digits.
fn is_the_service_name(password: &str) -> bool {
    password.trim_end_matches(|c: char| c.is_ascii_digit()).eq_ignore_ascii_case("passport")
}

/// Reason why a password was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PasswordRefusal {
    /// The password is shorter than the minimum length.
    #[error("password has fewer than {min} characters")]
    TooShort {
        /// Minimum length in code points.
        min: usize,
    },
    /// The password is longer than the maximum length.
    #[error("password has more than {max} characters")]
    TooLong {
        /// Maximum length in code points.
        max: usize,
    },
    /// The password is one of those that attackers try first.
    #[error("password is too common")]
    Common,
    /// The password is the user's own phone number.
    #[error("password is the phone number")]
    PhoneNumber,
}

/// Reason why a policy was rejected: it would be weaker than the standards allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PasswordPolicyError {
    /// The minimum length is out of bounds.
    #[error("minimum password length must be {} to the maximum", PasswordPolicy::LEAST_MIN)]
    Min,
    /// The maximum length is out of bounds.
    #[error(
        "maximum password length must be {} to {}",
        PasswordPolicy::LEAST_MAX,
        PasswordPolicy::MOST_MAX
    )]
    Max,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(min: usize, password: &str) -> Result<(), PasswordRefusal> {
        let phone: PhoneNumber = "13800138000".parse().unwrap();
        PasswordPolicy::new(min, 128).unwrap().check(&Password::new(password).unwrap(), &phone)
    }

    #[test]
    fn pwd_1_counts_code_points() {
        assert_eq!(check(8, "qT7-xyz"), Err(PasswordRefusal::TooShort { min: 8 }));
        assert_eq!(check(8, "qT7-xyzw"), Ok(()));
        assert_eq!(check(8, &"\u{1f511}".repeat(8)), Ok(()));
        assert_eq!(check(15, "fourteen chars"), Err(PasswordRefusal::TooShort { min: 15 }));
        assert_eq!(check(15, "fifteen  chars!"), Ok(()));
    }

    #[test]
    fn pwd_2_long_passwords_are_accepted() {
        assert_eq!(check(8, &"ab".repeat(32)), Ok(()));
        assert_eq!(check(8, &"\u{1f511}".repeat(128)), Ok(()));
        assert_eq!(check(8, &"ab".repeat(65)), Err(PasswordRefusal::TooLong { max: 128 }));
    }

    #[test]
    fn pwd_3_spaces_are_characters() {
        assert_eq!(check(8, " a b c d "), Ok(()));
        assert_eq!(check(8, "   \u{e9}    "), Ok(()));
    }

    #[test]
    fn pwd_5_refuses_passwords_that_attackers_try_first() {
        for common in ["password1", "PASSWORD1", "passport", "passport123", "Passport2026"] {
            assert_eq!(check(8, common), Err(PasswordRefusal::Common), "{common}");
        }
        for own in ["13800138000", "+8613800138000", "008613800138000", "8613800138000"] {
            assert_eq!(check(8, own), Err(PasswordRefusal::PhoneNumber), "{own}");
        }
    }

    #[test]
    fn pwd_5_parts_of_a_password_are_not_compared() {
        assert_eq!(check(8, "my password1 is longer"), Ok(()));
        assert_eq!(check(8, "call 13800138000"), Ok(()));
    }

    #[test]
    fn policy_is_bounded() {
        assert_eq!(PasswordPolicy::new(7, 128), Err(PasswordPolicyError::Min));
        assert_eq!(PasswordPolicy::new(8, 63), Err(PasswordPolicyError::Max));
        assert_eq!(PasswordPolicy::new(8, 129), Err(PasswordPolicyError::Max));
        assert_eq!(PasswordPolicy::new(65, 64), Err(PasswordPolicyError::Min));
        assert_eq!(PasswordPolicy::new(8, 128), Ok(PasswordPolicy::default()));
    }
}
