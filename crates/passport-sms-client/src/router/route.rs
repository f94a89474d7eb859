use std::sync::Arc;

use crate::client::Gateway;
use crate::message::Prefix;

/// A gateway, its name, and what it is used for.
#[derive(Debug, Clone)]
pub struct Route {
    pub(super) name: String,
    pub(super) gateway: Arc<dyn Gateway>,
    pub(super) weight: u32,
    pub(super) destinations: Vec<Prefix>,
    pub(super) slots: usize,
}

impl Route {
    /// `gateway` for every number, with weight 1 and 64 slots.
    ///
    /// `name` identifies the gateway in records, logs and statistics: keep it, and give two accounts at
    /// one provider two names.
    pub fn new(name: impl Into<String>, gateway: Arc<dyn Gateway>) -> Self {
        Self { name: name.into(), gateway, weight: 1, destinations: Vec::new(), slots: 64 }
    }

    /// How large this gateway's share of the messages is, beside the others that serve the number.
    /// With 0 it is used when no other one could; several of those are used in their order.
    #[must_use]
    pub fn weight(mut self, weight: u32) -> Self {
        self.weight = weight;
        self
    }

    /// Only for these numbers. A gateway with the longer prefix goes before one with the shorter
    /// one, and that before those for every number.
    #[must_use]
    pub fn only_to(mut self, destinations: impl IntoIterator<Item = Prefix>) -> Self {
        self.destinations = destinations.into_iter().collect();
        self
    }

    /// How many messages it may hold at once; one more goes to another gateway. So a gateway that
    /// hangs holds no more than its own.
    #[must_use]
    pub fn slots(mut self, slots: usize) -> Self {
        self.slots = slots;
        self
    }
}
