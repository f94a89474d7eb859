use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};

/// The right to decide over one queued write. The thread takes it to begin the write, the caller to
/// cancel it. Clones share the turn.
#[derive(Debug, Clone, Default)]
pub(super) struct Turn(Arc<AtomicBool>);

impl Turn {
    /// Takes the turn; `true` for the first call only.
    pub(super) fn take(&self) -> bool {
        !self.0.swap(true, Relaxed)
    }
}
