use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};

/// The turn of one write, for two to take: the thread, which begins the write then, and its caller,
/// who gives it up. A clone is the same turn.
#[derive(Debug, Clone, Default)]
pub(super) struct Turn(Arc<AtomicBool>);

impl Turn {
    /// Whether it was there to take: of two that take it, one gets it.
    pub(super) fn take(&self) -> bool {
        !self.0.swap(true, Relaxed)
    }
}
