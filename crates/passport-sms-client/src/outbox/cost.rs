use std::collections::BTreeMap;

use uuid::Uuid;

use crate::bill::{Bill, Currency};
use crate::message::Prefix;

/// An accepted attempt whose bill became known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Billed<'a> {
    /// By the id of the message.
    Message(Uuid),
    /// By the gateway's own id of the message.
    ProviderId(&'a str),
}

/// What a gateway charged for its messages to a country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost {
    /// Name of the gateway.
    pub gateway: String,
    /// Country of the numbers.
    pub country: Prefix,
    /// Currency of the prices; none for messages with parts only.
    pub currency: Option<Currency>,
    /// Sum of the prices, in thousandths of the smallest unit.
    pub thousandths: i64,
    /// Number of messages.
    pub messages: u64,
    /// Number of charged parts, where the gateway tells it.
    pub parts: u64,
}

/// Sums of bills by gateway, country and currency.
#[derive(Debug, Default)]
pub struct Costs(BTreeMap<(String, Prefix, Option<Currency>), Cost>);

impl Costs {
    /// Adds `count` accepted messages with this bill. Messages without one cost nothing that is known.
    pub fn add(&mut self, gateway: &str, country: Prefix, bill: Bill, count: u64) {
        if bill.is_unknown() {
            return;
        }
        let currency = bill.price.map(crate::bill::Price::currency);
        let cost = self.0.entry((gateway.to_owned(), country, currency)).or_insert_with(|| Cost {
            gateway: gateway.to_owned(),
            country,
            currency,
            thousandths: 0,
            messages: 0,
            parts: 0,
        });
        let price = bill.price.map_or(0, crate::bill::Price::thousandths);
        let sum = price.saturating_mul(i64::try_from(count).unwrap_or(i64::MAX));
        cost.thousandths = cost.thousandths.saturating_add(sum);
        cost.messages += count;
        cost.parts += u64::from(bill.parts.unwrap_or(0)) * count;
    }

    /// The sums, sorted by gateway, country and currency.
    #[must_use]
    pub fn into_sorted(self) -> Vec<Cost> {
        self.0.into_values().collect()
    }
}
