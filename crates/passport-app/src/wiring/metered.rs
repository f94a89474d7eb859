//! Stores whose calls are timed.

mod calls;
mod database;

use std::{fmt, sync::Arc};

use crate::metrics::StoreMeter;

pub(super) use database::MeteredDatabase;

/// A store of a port whose calls are timed.
pub(super) struct Metered<Port: ?Sized> {
    store: Arc<Port>,
    meter: StoreMeter,
}

impl<Port: ?Sized> Metered<Port> {
    /// Times the calls of `store` with `meter`.
    pub(super) fn new(store: Arc<Port>, meter: StoreMeter) -> Arc<Self> {
        Arc::new(Self { store, meter })
    }
}

impl<Port: fmt::Debug + ?Sized> fmt::Debug for Metered<Port> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Metered").field(&self.store).finish()
    }
}
