use std::fmt;

/// Name of a limit, such as `sms-per-phone-hour`.
///
/// A policy and a [`Subject`](crate::Subject) together are one count. The quota is no part of the
/// count's name, so counts survive a change of the quota. Two quotas on one subject are therefore
/// two policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Policy(&'static str);

impl Policy {
    /// Longest name, in bytes.
    pub const MAX_LENGTH: usize = 48;

    /// Names a policy.
    ///
    /// Declare policies as constants: then the compiler checks the name.
    ///
    /// ```
    /// # use passport_throttle::Policy;
    /// const SMS_PER_PHONE_HOUR: Policy = Policy::new("sms-per-phone-hour");
    /// ```
    ///
    /// ```compile_fail
    /// # use passport_throttle::Policy;
    /// const SHOUTED: Policy = Policy::new("SMS");
    /// ```
    ///
    /// # Panics
    ///
    /// If the name is not 1 to [`MAX_LENGTH`](Self::MAX_LENGTH) lower-case ASCII letters, digits
    /// and hyphens, or does not begin with a letter, or ends with a hyphen. In a constant the panic
    /// is a compile error.
    pub const fn new(name: &'static str) -> Self {
        let bytes = name.as_bytes();
        assert!(!bytes.is_empty(), "a policy's name is empty");
        assert!(bytes.len() <= Self::MAX_LENGTH, "a policy's name is longer than 48 bytes");
        assert!(bytes[0].is_ascii_lowercase(), "a policy's name begins with a lower-case letter");
        assert!(bytes[bytes.len() - 1] != b'-', "a policy's name ends with a letter or digit");
        let mut at = 0;
        while at < bytes.len() {
            assert!(
                matches!(bytes[at], b'a'..=b'z' | b'0'..=b'9' | b'-'),
                "a policy's name consists of lower-case letters, digits and hyphens"
            );
            at += 1;
        }
        Self(name)
    }

    /// Name of the policy.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    #[test]
    fn names_are_letters_digits_and_hyphens() {
        const LONGEST: &str = "a23456789-123456789-123456789-123456789-12345678";
        for name in ["a", "sms-per-phone-24h", LONGEST] {
            assert_eq!(Policy::new(name).as_str(), name);
        }
    }

    #[test]
    fn other_names_are_refused() {
        const TOO_LONG: &str = "a23456789-123456789-123456789-123456789-123456789";
        for name in ["", "SMS", "a_b", "a b", "a:b", "码", "-a", "1a", "a-", TOO_LONG] {
            assert!(catch_unwind(|| Policy::new(name)).is_err(), "{name:?} must be refused");
        }
    }
}
