use std::{error::Error, fmt, time::Duration};

use async_trait::async_trait;
use thiserror::Error;
use time::OffsetDateTime;

use crate::Tally;

/// Counts failures in a row, delays the attempts that follow them, and stops attempts at a limit.
///
/// Unlike the windows of a [`ThrottleStore`](crate::ThrottleStore), a series has no end by time but one
/// long after its last failure: it ends with a success (NIST SP 800-63B-4 §3.2.2). Implementations must
/// pass [`failure_store_contract!`](crate::failure_store_contract).
#[async_trait]
pub trait FailureStore: fmt::Debug + Send + Sync + 'static {
    /// Begins an attempt: counts a failure in every series beforehand, if all of them allow it, else in
    /// none. The keys differ.
    ///
    /// The failure is counted before the outcome is known, so parallel attempts cannot outrun the
    /// count. Must be atomic for each series. A store that spreads series over servers may count them
    /// one after the other, and undo the earlier ones if a later one does not allow the attempt.
    async fn begin(
        &self,
        series: &[Series],
        now: OffsetDateTime,
    ) -> Result<Permission, FailureStoreError>;

    /// Returns the block that an attempt would meet now, and counts nothing. A hint for refusing early:
    /// only [`begin`](Self::begin) decides.
    async fn check(
        &self,
        series: &[Series],
        now: OffsetDateTime,
    ) -> Result<Option<Block>, FailureStoreError>;

    /// Records that the attempt succeeded: its series begin anew.
    async fn succeed(&self, attempt: &Attempt) -> Result<(), FailureStoreError>;

    /// Records that the attempt did not fail by the fault of its client: the failure that it counted is
    /// subtracted again. If no other attempt has begun since, the series is as it was before; else the
    /// delay runs from the latest attempt. Call it once for an attempt; a count never falls below zero.
    async fn forgive(&self, attempt: &Attempt) -> Result<(), FailureStoreError>;

    /// Ends the series `key`, after a success by other means.
    async fn clear(&self, key: &SeriesKey) -> Result<(), FailureStoreError>;

    /// State of each series at `now`, in the order of `keys`; `None` without failures. Counts nothing.
    async fn read(
        &self,
        keys: &[SeriesKey],
        now: OffsetDateTime,
    ) -> Result<Vec<Option<Tally>>, FailureStoreError>;
}

/// Failures in a row of one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Series {
    /// Key of the series.
    pub key: SeriesKey,
    /// Delays and limit.
    pub backoff: Backoff,
}

/// Key of a [`Series`]: a keyed digest, because stores end up in backups and a plain hash of a phone
/// number is reversed by trying all numbers. `Debug` shows a short tag only.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SeriesKey([u8; 32]);

impl SeriesKey {
    /// Takes the digest.
    pub const fn new(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// Bytes of the digest.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SeriesKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, ..] = self.0;
        write!(f, "SeriesKey({a:02x}{b:02x}…)")
    }
}

/// Growing delays between failures, and the number of failures that stops a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    free: u32,
    first: Duration,
    longest: Duration,
    stop: u32,
}

impl Backoff {
    /// Time after its last failure at which a series is forgotten. Not before, so that slow guessing
    /// reaches the limit too.
    pub const REMEMBERED: Duration = Duration::from_hours(30 * 24);

    /// Creates a backoff: the first `free` failures cause no delay, the next one delays the following
    /// attempt by `first`, and each further one by twice as long, up to `longest`. After `stop`
    /// failures no attempt is allowed.
    ///
    /// # Errors
    ///
    /// `stop` is 0 or over 100 (NIST SP 800-63B-4 §3.2.2), `first` is longer than `longest`, or
    /// `longest` is longer than a day.
    pub const fn new(
        free: u32,
        first: Duration,
        longest: Duration,
        stop: u32,
    ) -> Result<Self, BackoffError> {
        if stop == 0 || stop > 100 {
            return Err(BackoffError::Stop);
        }
        if first.as_micros() > longest.as_micros() || longest.as_secs() > 24 * 60 * 60 {
            return Err(BackoffError::Delay);
        }
        Ok(Self { free, first, longest, stop })
    }

    /// Number of failures without a delay.
    pub const fn free(&self) -> u32 {
        self.free
    }

    /// First delay.
    pub const fn first(&self) -> Duration {
        self.first
    }

    /// Longest delay.
    pub const fn longest(&self) -> Duration {
        self.longest
    }

    /// Number of failures that stops the series.
    pub const fn stop(&self) -> u32 {
        self.stop
    }

    /// Delay of the attempt that follows failure number `failures`.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use passport_throttle::Backoff;
    /// let second = Duration::from_secs(1);
    /// let backoff = Backoff::new(4, second, 900 * second, 100)?;
    /// assert_eq!(backoff.delay(4), Duration::ZERO);
    /// assert_eq!(backoff.delay(5), second);
    /// assert_eq!(backoff.delay(6), 2 * second);
    /// assert_eq!(backoff.delay(15), 900 * second);
    /// # Ok::<(), passport_throttle::BackoffError>(())
    /// ```
    pub fn delay(&self, failures: u32) -> Duration {
        match failures.checked_sub(self.free) {
            None | Some(0) => Duration::ZERO,
            Some(beyond) => {
                // A day has 47 bits of nanoseconds, so this does not overflow.
                let doubled = self.first.as_nanos() << (beyond - 1).min(80);
                u64::try_from(doubled)
                    .map_or(self.longest, |nanos| Duration::from_nanos(nanos).min(self.longest))
            }
        }
    }
}

/// Reason why a backoff was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BackoffError {
    /// The number of failures is out of bounds.
    #[error("attempts must stop after 1 to 100 failures")]
    Stop,
    /// A delay is out of bounds.
    #[error("the first delay must be at most the longest, and that at most a day")]
    Delay,
}

/// Result of [`FailureStore::begin`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Permission {
    /// The attempt may go on; its outcome must be recorded, else it stays counted as a failure.
    Go(Attempt),
    /// A series does not allow it. Nothing was counted.
    Blocked(Block),
}

/// Why a series does not allow an attempt. Of several series, the longest wait counts, and a stop more
/// than a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Block {
    /// The delay has not passed; it ends after this time.
    Wait(Duration),
    /// The series has reached its limit.
    Stopped,
}

/// An attempt that was allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// State of each series, as [`FailureStore::begin`] has left it.
    pub counted: Vec<Counted>,
}

/// A series in which a failure was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Key of the series.
    pub key: SeriesKey,
    /// Number of failures, with this one.
    pub failures: u32,
    /// Time of this failure, in microseconds.
    pub at: OffsetDateTime,
    /// Time before which the next attempt is refused.
    pub not_before: OffsetDateTime,
    /// Time of the failure before this one, if the series had failures.
    pub formerly: Option<OffsetDateTime>,
}

/// The store could not answer. Treat it as a refusal.
#[derive(Debug, Error)]
#[error("failure store is unavailable")]
pub struct FailureStoreError(#[source] Box<dyn Error + Send + Sync>);

impl FailureStoreError {
    /// Wraps the failure of a driver.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn rl_8_delays_double_from_the_fifth_failure() {
        let backoff = Backoff::new(4, SECOND, 900 * SECOND, 100).unwrap();
        let delays: Vec<_> = (1..=16).map(|failures| backoff.delay(failures).as_secs()).collect();
        assert_eq!(delays, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        assert_eq!(backoff.delay(u32::MAX), 900 * SECOND);
        let day = Duration::from_hours(24);
        let tiny = Backoff::new(0, Duration::from_micros(1), day, 100).unwrap();
        assert_eq!(tiny.delay(34), Duration::from_micros(1 << 33));
        assert_eq!([tiny.delay(100), tiny.delay(u32::MAX)], [day, day]);
        assert_eq!(Backoff::new(0, day, day, 100).unwrap().delay(u32::MAX), day);
        let none = Backoff::new(0, Duration::ZERO, day, 100).unwrap();
        assert_eq!(none.delay(100), Duration::ZERO);
    }

    #[test]
    fn bounds_are_those_of_the_standard() {
        assert_eq!(Backoff::new(4, SECOND, SECOND, 101), Err(BackoffError::Stop));
        assert_eq!(Backoff::new(4, SECOND, SECOND, 0), Err(BackoffError::Stop));
        assert_eq!(Backoff::new(4, 2 * SECOND, SECOND, 100), Err(BackoffError::Delay));
        assert_eq!(Backoff::new(0, SECOND, 86_401 * SECOND, 100), Err(BackoffError::Delay));
    }
}
