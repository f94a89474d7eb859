use std::fmt;
use std::sync::Arc;

use time::OffsetDateTime;

/// Source of the current time.
///
/// This crate never reads the system clock itself, so that tests control the time: the caller
/// passes a clock to each gateway. (The validity of certificates is an exception, because `rustls`
/// checks it against the system clock.)
///
/// ```
/// use passport_sms_client::Clock;
/// use time::OffsetDateTime;
///
/// let system = Clock::new(OffsetDateTime::now_utc);
/// let stopped = Clock::new(|| OffsetDateTime::UNIX_EPOCH);
/// assert!(system.now() > stopped.now());
/// ```
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> OffsetDateTime + Send + Sync>);

impl Clock {
    /// A clock that calls `now`. The offset of the result does not matter.
    pub fn new(now: impl Fn() -> OffsetDateTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The current moment.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}
