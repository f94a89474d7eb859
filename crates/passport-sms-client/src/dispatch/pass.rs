use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// One pass over messages that nobody has in hand, with what its turns know of each other: the
/// gateways that did not answer. Whoever asked each of them about each message would wait a time
/// limit each time, and messages of other gateways with it.
#[derive(Debug, Default)]
pub(super) struct Pass {
    silent: Mutex<BTreeSet<String>>,
}

impl Pass {
    /// How many messages are in hand at once.
    pub(super) const AT_ONCE: usize = 8;

    pub(super) fn is_silent(&self, gateway: &str) -> bool {
        self.silent().contains(gateway)
    }

    pub(super) fn fell_silent(&self, gateway: &str) {
        self.silent().insert(gateway.to_owned());
    }

    fn silent(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.silent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
