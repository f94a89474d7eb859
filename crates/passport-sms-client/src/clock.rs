use std::fmt;
use std::sync::Arc;

use time::OffsetDateTime;

/// Says what time it is.
///
/// This crate never reads the clock of the system itself: whoever builds a gateway hands one in, so
/// tests own the time. (The life of a certificate is the exception: `rustls` checks it by the
/// system's clock.)
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
    /// A clock that asks `now`. The offset of the answer does not matter.
    pub fn new(now: impl Fn() -> OffsetDateTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The present moment.
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
