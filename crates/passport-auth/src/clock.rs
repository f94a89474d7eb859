use std::fmt;
#[cfg(any(test, feature = "testing"))]
use std::{sync::Mutex, time::Duration};

use time::OffsetDateTime;

/// Source of the time for use cases. Code below them gets the time as an argument.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// Current time in UTC.
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

/// A clock that stands still until [`advance`](Self::advance) is called.
#[cfg(any(test, feature = "testing"))]
#[derive(Debug)]
pub struct ManualClock(Mutex<OffsetDateTime>);

#[cfg(any(test, feature = "testing"))]
impl ManualClock {
    /// A clock that shows `now`.
    pub fn new(now: OffsetDateTime) -> Self {
        Self(Mutex::new(now))
    }

    /// Advances the clock by `time`.
    ///
    /// # Panics
    ///
    /// If another thread panicked while it read the clock.
    pub fn advance(&self, time: Duration) {
        *self.0.lock().expect("reading the clock does not panic") += time;
    }
}

#[cfg(any(test, feature = "testing"))]
impl Clock for ManualClock {
    fn now(&self) -> OffsetDateTime {
        *self.0.lock().expect("reading the clock does not panic")
    }
}
