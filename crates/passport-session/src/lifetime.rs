use std::time::Duration;

use thiserror::Error;

/// Idle time and absolute lifetime of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    idle: Duration,
    absolute: Duration,
}

impl Lifetime {
    /// Maximum absolute lifetime (NIST SP 800-63B-4 §2.1.3).
    pub const MAX: Duration = Duration::from_hours(720);

    /// Creates a lifetime: a session ends after `idle` without use, and after `absolute` in any
    /// case.
    ///
    /// # Errors
    ///
    /// `idle` is shorter than a second or longer than `absolute`, or `absolute` is longer than
    /// [`MAX`](Self::MAX).
    pub fn new(idle: Duration, absolute: Duration) -> Result<Self, LifetimeError> {
        if idle < Duration::from_secs(1) || idle > absolute {
            Err(LifetimeError::Idle)
        } else if absolute > Self::MAX {
            Err(LifetimeError::Absolute)
        } else {
            Ok(Self { idle, absolute })
        }
    }

    /// Time without use after which a session ends.
    pub fn idle(self) -> Duration {
        self.idle
    }

    /// Time after which a session ends in any case.
    pub fn absolute(self) -> Duration {
        self.absolute
    }
}

/// Reason why a lifetime was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LifetimeError {
    /// The idle time is out of bounds.
    #[error("idle time of a session must be at least one second and at most its absolute lifetime")]
    Idle,
    /// The absolute lifetime is out of bounds.
    #[error("absolute lifetime of a session must be at most 30 days")]
    Absolute,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ses_4_bounds() {
        let of = |idle, absolute| {
            Lifetime::new(Duration::from_secs(idle), Duration::from_secs(absolute))
        };
        assert!(of(3_600, 86_400).is_ok());
        assert_eq!(of(0, 1), Err(LifetimeError::Idle));
        assert_eq!(of(61, 60), Err(LifetimeError::Idle));
        assert_eq!(of(60, 30 * 86_400 + 1), Err(LifetimeError::Absolute));
    }
}
