use std::{num::NonZeroU32, time::Duration};

use thiserror::Error;

/// Lifetime and number of tries of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodePolicy {
    ttl: Duration,
    tries: NonZeroU32,
}

impl CodePolicy {
    /// Maximum lifetime of a code (OWASP ASVS 6.5.5).
    pub const MAX_TTL: Duration = Duration::from_mins(10);
    /// Maximum number of tries.
    pub const MAX_TRIES: u32 = 10;

    /// Creates a policy.
    ///
    /// # Errors
    ///
    /// `ttl` is not between one second and [`MAX_TTL`](Self::MAX_TTL), or `tries` is not between 1
    /// and [`MAX_TRIES`](Self::MAX_TRIES).
    pub fn new(ttl: Duration, tries: u32) -> Result<Self, CodePolicyError> {
        if ttl < Duration::from_secs(1) || ttl > Self::MAX_TTL {
            return Err(CodePolicyError::Ttl);
        }
        match NonZeroU32::new(tries) {
            Some(tries) if tries.get() <= Self::MAX_TRIES => Ok(Self { ttl, tries }),
            _ => Err(CodePolicyError::Tries),
        }
    }

    /// Lifetime of a code.
    pub fn ttl(self) -> Duration {
        self.ttl
    }

    /// Number of wrong guesses after which a code is invalid.
    pub fn tries(self) -> NonZeroU32 {
        self.tries
    }
}

/// Reason why a policy was rejected: it would make codes easy to guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CodePolicyError {
    /// The lifetime is out of bounds.
    #[error("lifetime of a code must be 1 to {} seconds", CodePolicy::MAX_TTL.as_secs())]
    Ttl,
    /// The number of tries is out of bounds.
    #[error("number of tries of a code must be 1 to {}", CodePolicy::MAX_TRIES)]
    Tries,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn otp_2_ttl_is_bounded() {
        let ttl = |seconds| CodePolicy::new(Duration::from_secs(seconds), 5);
        assert_eq!(ttl(0), Err(CodePolicyError::Ttl));
        assert!(ttl(600).is_ok());
        assert_eq!(ttl(601), Err(CodePolicyError::Ttl));
    }

    #[test]
    fn otp_4_tries_are_bounded() {
        let tries = |tries| CodePolicy::new(Duration::from_mins(5), tries);
        assert_eq!(tries(0), Err(CodePolicyError::Tries));
        assert!(tries(10).is_ok());
        assert_eq!(tries(11), Err(CodePolicyError::Tries));
    }
}
