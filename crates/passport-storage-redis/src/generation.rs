use std::sync::atomic::{AtomicU64, Ordering};

/// Number of the present generation of connections, which ends with the first loss of one of them.
///
/// What ended one connection has most likely ended the others, or they lead to a server that is a
/// replica now: the others are replaced before their next request. So a restart or a failover of Redis
/// fails the requests that were begun before the first of them failed, however many connections there
/// are. The loss of a connection of a former generation ends none, so each loss replaces a connection at
/// most once.
#[derive(Default)]
pub(crate) struct Generation(AtomicU64);

impl Generation {
    pub(crate) fn current(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// Ends `generation`, unless it has ended.
    pub(crate) fn end(&self, generation: u64) {
        let next = generation.wrapping_add(1);
        // An error means that it has ended.
        let _ = self.0.compare_exchange(generation, next, Ordering::AcqRel, Ordering::Acquire);
    }
}
