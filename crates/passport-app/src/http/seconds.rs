use std::time::Duration;

/// Whole seconds, rounded up: a client that waits exactly this long does not come too early.
pub(in crate::http) fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}
