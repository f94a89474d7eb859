use std::sync::Arc;

use crate::client::Gateway;
use crate::message::Prefix;

/// A gateway with its name, and the messages that it is used for.
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
    /// `name` identifies the gateway in records, logs and statistics: keep it, and give two
    /// accounts at one provider two names.
    pub fn new(name: impl Into<String>, gateway: Arc<dyn Gateway>) -> Self {
        Self { name: name.into(), gateway, weight: 1, destinations: Vec::new(), slots: 64 }
    }

    /// Share of this gateway in the messages, relative to the other gateways for the number. A
    /// gateway with weight 0 is used when no other one can send; several of those are used in
    /// order.
    #[must_use]
    pub fn weight(mut self, weight: u32) -> Self {
        self.weight = weight;
        self
    }

    /// Restricts the route to these numbers. Gateways with a longer prefix take precedence over
    /// those with a shorter one, and those over gateways for every number.
    #[must_use]
    pub fn only_to(mut self, destinations: impl IntoIterator<Item = Prefix>) -> Self {
        self.destinations = destinations.into_iter().collect();
        self
    }

    /// Maximum number of simultaneous messages; further ones go to another gateway. A gateway that
    /// hangs thus holds only its own messages.
    #[must_use]
    pub fn slots(mut self, slots: usize) -> Self {
        self.slots = slots;
        self
    }
}
