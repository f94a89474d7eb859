use std::fmt;
#[cfg(any(test, feature = "testing"))]
use std::{sync::Mutex, time::Duration};

use time::OffsetDateTime;

/// Tells the time. It enters the use cases here, and whatever is below them as a value.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The present moment, in UTC.
    fn now(&self) -> OffsetDateTime;
}

/// The clock of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the time is read")]
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }
}

/// A clock that stands still until it is told to advance.
#[cfg(any(test, feature = "testing"))]
#[derive(Debug)]
pub struct ManualClock(Mutex<OffsetDateTime>);

#[cfg(any(test, feature = "testing"))]
impl ManualClock {
    /// Stands at `now`.
    pub fn new(now: OffsetDateTime) -> Self {
        Self(Mutex::new(now))
    }

    /// Moves on by `time`.
    ///
    /// # Panics
    ///
    /// When another thread panicked while it read the clock.
    pub fn advance(&self, time: Duration) {
        *self.0.lock().expect("nobody panics while reading a clock") += time;
    }
}

#[cfg(any(test, feature = "testing"))]
impl Clock for ManualClock {
    fn now(&self) -> OffsetDateTime {
        *self.0.lock().expect("nobody panics while reading a clock")
    }
}
