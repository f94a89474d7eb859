use std::fmt;
#[cfg(any(test, feature = "testing"))]
use std::{sync::Mutex, time::Duration};

use time::OffsetDateTime;

/// Source of the present time for the use cases, which pass it to stores as a value.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// Present time, in UTC.
    fn now(&self) -> OffsetDateTime;
}

/// System clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the time is read")]
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }
}

/// A clock for tests, which stands still until it is [advanced](Self::advance) or
/// [set back](Self::set_back).
#[cfg(any(test, feature = "testing"))]
#[derive(Debug)]
pub struct ManualClock(Mutex<OffsetDateTime>);

#[cfg(any(test, feature = "testing"))]
impl ManualClock {
    /// A clock that shows `now`.
    pub fn new(now: OffsetDateTime) -> Self {
        Self(Mutex::new(now))
    }

    /// Advances by `time`.
    ///
    /// # Panics
    ///
    /// If another thread panicked while it read the clock.
    pub fn advance(&self, time: Duration) {
        *self.0.lock().expect("no thread panics while it reads the clock") += time;
    }

    /// Sets the clock back by `time`, as when the clock of a machine is corrected.
    ///
    /// # Panics
    ///
    /// If another thread panicked while it read the clock.
    pub fn set_back(&self, time: Duration) {
        *self.0.lock().expect("no thread panics while it reads the clock") -= time;
    }
}

#[cfg(any(test, feature = "testing"))]
impl Clock for ManualClock {
    fn now(&self) -> OffsetDateTime {
        *self.0.lock().expect("no thread panics while it reads the clock")
    }
}
