use std::time::Duration;

use time::OffsetDateTime;

use crate::{Attempt, Backoff, Block, Counted, Permission, Series};

/// State of a [`Series`]: all that a [`FailureStore`](crate::FailureStore) keeps under its key.
///
/// Delays follow from the state and the backoff of the call, so a changed backoff takes effect at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Number of failures in a row.
    pub failures: u32,
    /// Time of the last one, in microseconds.
    pub last: OffsetDateTime,
}

impl Tally {
    /// Whether the series is over at `now`, because its last failure is [long ago](Backoff::REMEMBERED).
    /// Equally far in the future, it was counted by a clock that was wrong.
    pub fn is_forgotten(&self, now: OffsetDateTime) -> bool {
        (now - self.last).unsigned_abs() >= Backoff::REMEMBERED
    }

    /// The tally, if it has failures that are not forgotten at `now`.
    pub fn live(self, now: OffsetDateTime) -> Option<Self> {
        (self.failures > 0 && !self.is_forgotten(now)).then_some(self)
    }

    /// Time until the next attempt is allowed, which is never longer than the delay.
    ///
    /// If the clock was set back, the last failure lies in the future. If it does by the longest delay
    /// or more, it delays nothing.
    pub fn wait(&self, backoff: &Backoff, now: OffsetDateTime) -> Duration {
        if self.last - now >= backoff.longest() {
            return Duration::ZERO;
        }
        let delay = backoff.delay(self.failures);
        Duration::try_from(self.last + delay - now).unwrap_or_default().min(delay)
    }
}

impl Permission {
    /// Decides about an attempt, by the tally of each series if there is one. If the attempt may go on,
    /// the store writes what it has counted, and nothing may come between that and reading the tallies.
    pub fn decide(series: &[(Series, Option<Tally>)], now: OffsetDateTime) -> Self {
        let now = now.truncate_to_microsecond();
        let (mut wait, mut counted) = (Duration::ZERO, Vec::with_capacity(series.len()));
        let mut is_stopped = false;
        for (Series { key, backoff }, tally) in series {
            let tally = tally.and_then(|tally| tally.live(now));
            let failures = tally.map_or(0, |tally| tally.failures);
            is_stopped |= failures >= backoff.stop();
            wait = wait.max(tally.map_or(Duration::ZERO, |tally| tally.wait(backoff, now)));
            let failures = failures.saturating_add(1);
            counted.push(Counted {
                key: *key,
                failures,
                at: now,
                not_before: now + backoff.delay(failures),
                formerly: tally.map(|tally| tally.last),
            });
        }
        if is_stopped {
            Self::Blocked(Block::Stopped)
        } else if wait.is_zero() {
            Self::Go(Attempt { counted })
        } else {
            Self::Blocked(Block::Wait(wait))
        }
    }

    /// The block, if the attempt may not go on.
    pub fn block(&self) -> Option<Block> {
        match self {
            Self::Go(_) => None,
            Self::Blocked(block) => Some(*block),
        }
    }
}
