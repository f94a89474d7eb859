use thiserror::Error;

use crate::{Password, PhoneNumber, common_passwords::is_common};

/// Which passwords may be chosen: by length, and not the ones that are tried first.
///
/// There are no rules of composition; they make passwords worse (NIST SP 800-63B-4 §3.1.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordPolicy {
    min_length: usize,
    max_length: usize,
}

impl PasswordPolicy {
    /// The least that a policy may ask for, in code points (OWASP ASVS 6.2.1).
    pub const LEAST_MIN: usize = 8;
    /// The least that a policy may allow (OWASP ASVS 6.2.9).
    pub const LEAST_MAX: usize = 64;
    /// The most that a policy may allow: four bytes for each code point are then within
    /// [`Password::MAX_BYTES`].
    pub const MOST_MAX: usize = 128;

    /// Accepts passwords of `min_length` to `max_length` code points.
    ///
    /// # Errors
    ///
    /// When `min_length` is not within 8 and `max_length`, or `max_length` not within 64 and 128.
    pub fn new(min_length: usize, max_length: usize) -> Result<Self, PasswordPolicyError> {
        if !(Self::LEAST_MAX..=Self::MOST_MAX).contains(&max_length) {
            Err(PasswordPolicyError::Max)
        } else if !(Self::LEAST_MIN..=max_length).contains(&min_length) {
            Err(PasswordPolicyError::Min)
        } else {
            Ok(Self { min_length, max_length })
        }
    }

    /// How many characters a password has at least.
    pub fn min_length(&self) -> usize {
        self.min_length
    }

    /// How many characters a password has at most.
    pub fn max_length(&self) -> usize {
        self.max_length
    }

    /// Says why `phone`'s owner may not choose `password`.
    ///
    /// # Errors
    ///
    /// The first reason found. The whole password is compared, never a part of it.
    pub fn check(&self, password: &Password, phone: &PhoneNumber) -> Result<(), PasswordRefusal> {
        let (length, text) = (password.length(), password.expose());
        if length < self.min_length {
            Err(PasswordRefusal::TooShort { min: self.min_length })
        } else if length > self.max_length {
            Err(PasswordRefusal::TooLong { max: self.max_length })
        } else if is_the_number(text, phone) {
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

/// The number in any of the ways it is written.
fn is_the_number(password: &str, phone: &PhoneNumber) -> bool {
    let digits = phone.as_e164().trim_start_matches('+');
    let typed = password.trim_start_matches('+');
    typed.trim_start_matches("00") == digits || phone.mainland() == Some(typed)
}

/// `passport`, with digits behind it or without.
fn is_the_service_name(password: &str) -> bool {
    password.trim_end_matches(|c: char| c.is_ascii_digit()).eq_ignore_ascii_case("passport")
}

/// Why a password may not be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PasswordRefusal {
    /// It is shorter than the policy asks for.
    #[error("password has fewer than {min} characters")]
    TooShort {
        /// The least number of code points.
        min: usize,
    },
    /// It is longer than the policy allows.
    #[error("password has more than {max} characters")]
    TooLong {
        /// The greatest number of code points.
        max: usize,
    },
    /// It is among the first that an attacker tries.
    #[error("password is too common")]
    Common,
    /// It is the person's own number.
    #[error("password is the phone number")]
    PhoneNumber,
}

/// A policy that would be weaker than the standards allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PasswordPolicyError {
    /// The least length is out of bounds.
    #[error("the least password length is {} to the greatest", PasswordPolicy::LEAST_MIN)]
    Min,
    /// The greatest length is out of bounds.
    #[error(
        "the greatest password length is {} to {}",
        PasswordPolicy::LEAST_MAX,
        PasswordPolicy::MOST_MAX
    )]
    Max,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(min: usize, password: &str) -> Result<(), PasswordRefusal> {
        let phone = "13800138000".parse().unwrap();
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
    fn pwd_2_long_ones_pass() {
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
    fn pwd_5_refuses_what_is_tried_first() {
        for common in ["password1", "PASSWORD1", "passport", "passport123", "Passport2026"] {
            assert_eq!(check(8, common), Err(PasswordRefusal::Common), "{common}");
        }
        for own in ["13800138000", "+8613800138000", "008613800138000", "8613800138000"] {
            assert_eq!(check(8, own), Err(PasswordRefusal::PhoneNumber), "{own}");
        }
    }

    #[test]
    fn pwd_5_whole_password_only() {
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
