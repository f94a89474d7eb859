use std::time::Duration;

use thiserror::Error;

/// How long a session lasts: without use, and at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    idle: Duration,
    absolute: Duration,
}

impl Lifetime {
    /// The longest that any session lasts (NIST SP 800-63B-4 §2.1.3).
    pub const MAX: Duration = Duration::from_hours(720);

    /// Ends a session after `idle` without use, and after `absolute` however much it is used.
    ///
    /// # Errors
    ///
    /// When `idle` is under a second or over `absolute`, or `absolute` is over
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

    /// How long a session lasts without use.
    pub fn idle(self) -> Duration {
        self.idle
    }

    /// How long a session lasts at most.
    pub fn absolute(self) -> Duration {
        self.absolute
    }
}

/// A life time that contradicts itself or is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LifetimeError {
    /// The idle time is out of bounds.
    #[error("a session's idle time is at least one second and at most its absolute life time")]
    Idle,
    /// The absolute life time is out of bounds.
    #[error("a session lasts at most 30 days")]
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
