use std::{num::NonZeroU32, time::Duration};

use thiserror::Error;

/// Limit on the hits within any window of a given length, wherever the window starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quota {
    limit: NonZeroU32,
    window: Duration,
}

impl Quota {
    /// Highest limit. Stores keep the moments of the last `limit` hits, so the limit bounds memory.
    pub const MAX_LIMIT: u32 = 100_000;

    /// Allows `limit` hits within any `window`.
    ///
    /// # Errors
    ///
    /// If `limit` is not within 1 and [`MAX_LIMIT`](Self::MAX_LIMIT), or `window` is not within 1 ms
    /// and 366 days.
    pub const fn new(limit: u32, window: Duration) -> Result<Self, QuotaError> {
        const LONGEST: Duration = Duration::from_hours(8784);
        if window.as_millis() < 1 || window.as_nanos() > LONGEST.as_nanos() {
            return Err(QuotaError::Window);
        }
        match NonZeroU32::new(limit) {
            Some(limit) if limit.get() <= Self::MAX_LIMIT => Ok(Self { limit, window }),
            _ => Err(QuotaError::Limit),
        }
    }

    /// Number of hits that a window holds.
    pub fn limit(self) -> NonZeroU32 {
        self.limit
    }

    /// Length of the window.
    pub fn window(self) -> Duration {
        self.window
    }

    /// The quota of `times` subjects together, with at most [`MAX_LIMIT`](Self::MAX_LIMIT) hits.
    #[must_use]
    pub fn widened(self, times: u32) -> Self {
        let limit = self.limit.get().saturating_mul(times).min(Self::MAX_LIMIT);
        Self { limit: NonZeroU32::new(limit).unwrap_or(self.limit), ..self }
    }
}

/// Bound that a quota violates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum QuotaError {
    /// The limit is out of bounds.
    #[error("limit of a quota is not within 1 and {}", Quota::MAX_LIMIT)]
    Limit,
    /// The window is out of bounds.
    #[error("window of a quota is not within 1 ms and 366 days")]
    Window,
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
        assert_eq!(Quota::new(1, Duration::from_hours(8785)), Err(QuotaError::Window));
        assert!(Quota::new(1, minute).is_ok());
    }

    #[test]
    fn a_widened_quota_stays_within_the_bounds() {
        let minute = Duration::from_mins(1);
        let widened = |limit, times| {
            let quota = Quota::new(limit, minute).unwrap();
            quota.widened(times)
        };
        assert_eq!(widened(240, 16), Quota::new(3_840, minute).unwrap());
        assert_eq!(widened(100_000, 2), Quota::new(100_000, minute).unwrap());
        assert_eq!(widened(2, u32::MAX), Quota::new(100_000, minute).unwrap());
        assert_eq!(widened(2, 0), Quota::new(2, minute).unwrap());
    }
}
