use std::{fmt, num::NonZeroU32, time::Duration};

use thiserror::Error;

/// So many times within any window of that length, wherever the window starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quota {
    limit: NonZeroU32,
    window: Duration,
}

impl Quota {
    /// The highest limit: a store keeps one moment for each of the last `limit` hits.
    pub const MAX_LIMIT: u32 = 100_000;

    /// Allows `limit` hits within any `window`.
    ///
    /// # Errors
    ///
    /// When `limit` is not within 1 and [`MAX_LIMIT`](Self::MAX_LIMIT), or `window` is not within a
    /// millisecond and a year.
    pub fn new(limit: u32, window: Duration) -> Result<Self, QuotaError> {
        if window < Duration::from_millis(1) || window > Duration::from_hours(8784) {
            return Err(QuotaError::Window);
        }
        match NonZeroU32::new(limit) {
            Some(limit) if limit.get() <= Self::MAX_LIMIT => Ok(Self { limit, window }),
            _ => Err(QuotaError::Limit),
        }
    }

    /// How many hits a window holds.
    pub fn limit(self) -> NonZeroU32 {
        self.limit
    }

    /// How long a hit counts.
    pub fn window(self) -> Duration {
        self.window
    }
}

/// A quota that means nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum QuotaError {
    /// The limit is out of bounds.
    #[error("a quota allows 1 to {} hits", Quota::MAX_LIMIT)]
    Limit,
    /// The window is out of bounds.
    #[error("a quota's window is 1 ms to 366 days")]
    Window,
}

/// One count that an act is charged to, such as `sms:phone:hour:<number>` at five an hour.
#[derive(Clone, PartialEq, Eq)]
pub struct Charge {
    /// What is counted. Two quotas on the same thing need two keys.
    pub key: String,
    /// How often it may happen.
    pub quota: Quota,
}

impl Charge {
    /// Charges `key`, which may happen as often as `quota` says.
    pub fn new(key: impl Into<String>, quota: Quota) -> Self {
        Self { key: key.into(), quota }
    }
}

/// Shows the quota only: a key may hold a phone number or an address.
impl fmt::Debug for Charge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Charge").field("quota", &self.quota).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds() {
        let minute = Duration::from_mins(1);
        assert_eq!(Quota::new(0, minute), Err(QuotaError::Limit));
        assert_eq!(Quota::new(100_001, minute), Err(QuotaError::Limit));
        assert_eq!(Quota::new(1, Duration::ZERO), Err(QuotaError::Window));
        assert!(Quota::new(1, minute).is_ok());
    }

    #[test]
    fn debug_hides_the_key() {
        let quota = Quota::new(1, Duration::from_mins(1)).unwrap();
        let shown = format!("{:?}", Charge::new("sms:+8613800138000", quota));
        assert!(!shown.contains("138"), "{shown}");
    }
}
