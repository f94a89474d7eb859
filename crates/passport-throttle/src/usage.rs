use std::time::Duration;

use time::OffsetDateTime;

use crate::Quota;

/// How much of a quota is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Number of hits that count now. It is greater than the limit if the quota was narrowed.
    pub used: u32,
    /// Time until the oldest of them no longer counts; zero without hits.
    pub first_free: Duration,
    /// Time until none of them counts; zero without hits.
    pub all_free: Duration,
}

impl Usage {
    /// No hits.
    pub const NONE: Self = Self { used: 0, first_free: Duration::ZERO, all_free: Duration::ZERO };

    /// Usage by `used` hits in the window of `quota`, which were counted from `oldest` to `newest`.
    pub fn of(
        used: u32,
        oldest: OffsetDateTime,
        newest: OffsetDateTime,
        quota: Quota,
        now: OffsetDateTime,
    ) -> Self {
        if used == 0 {
            return Self::NONE;
        }
        let window = quota.window();
        // A hit is in the future if the clock was set back. Its wait is the window at most.
        let until_free = |at: OffsetDateTime| {
            Duration::try_from(at + window - now).unwrap_or_default().min(window)
        };
        Self { used, first_free: until_free(oldest), all_free: until_free(newest) }
    }
}
