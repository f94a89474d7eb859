use std::{num::NonZeroU32, time::Duration};

use thiserror::Error;

/// How long a code lives and how many guesses it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodePolicy {
    ttl: Duration,
    tries: NonZeroU32,
}

impl CodePolicy {
    /// The longest a code may live (OWASP ASVS 6.5.5).
    pub const MAX_TTL: Duration = Duration::from_mins(10);
    /// The most guesses a code may stand.
    pub const MAX_TRIES: u32 = 10;

    /// # Errors
    ///
    /// When `ttl` is not within one second and [`MAX_TTL`](Self::MAX_TTL), or `tries` not within 1
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

    /// How long a code lives.
    pub fn ttl(self) -> Duration {
        self.ttl
    }

    /// How many guesses a code stands; with the last wrong one it dies.
    pub fn tries(self) -> NonZeroU32 {
        self.tries
    }
}

/// A policy that would make codes easy to guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CodePolicyError {
    /// The life time is out of bounds.
    #[error("a code lives 1 to {} seconds", CodePolicy::MAX_TTL.as_secs())]
    Ttl,
    /// The number of tries is out of bounds.
    #[error("a code stands 1 to {} tries", CodePolicy::MAX_TRIES)]
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
