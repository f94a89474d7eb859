use std::sync::Arc;

use crate::client::SmsClient;
use crate::message::Prefix;

/// A gateway and what it is used for.
#[derive(Debug, Clone)]
pub struct Route {
    pub(super) gateway: Arc<dyn SmsClient>,
    pub(super) weight: u32,
    pub(super) destinations: Vec<Prefix>,
    pub(super) slots: usize,
}

impl Route {
    /// `gateway` for every number, with weight 1 and 64 slots.
    pub fn new(gateway: Arc<dyn SmsClient>) -> Self {
        Self { gateway, weight: 1, destinations: Vec::new(), slots: 64 }
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
