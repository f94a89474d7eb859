use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A pass over idle messages, with the gateways that did not answer in it. Those are not queried
/// again, because each query would take a time limit, during which messages of other gateways wait.
#[derive(Debug, Default)]
pub(super) struct Pass {
    unresponsive: Mutex<BTreeSet<String>>,
}

impl Pass {
    /// Number of messages that are handled at the same time.
    pub(super) const AT_ONCE: usize = 8;

    pub(super) fn is_unresponsive(&self, gateway: &str) -> bool {
        self.unresponsive().contains(gateway)
    }

    pub(super) fn mark_unresponsive(&self, gateway: &str) {
        self.unresponsive().insert(gateway.to_owned());
    }

    fn unresponsive(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.unresponsive.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
