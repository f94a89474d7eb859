use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A pass over idle messages, and the gateways that did not answer in it. Asking each of those
/// about each message would take a time limit each time, during which messages of other gateways
/// wait.
#[derive(Debug, Default)]
pub(super) struct Pass {
    silent: Mutex<BTreeSet<String>>,
}

impl Pass {
    /// Number of messages that are handled at the same time.
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
