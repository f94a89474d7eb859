//! What gateways charged, for `passport sms status`.

use passport_sms_client::{Cost, Figure, Price};
use serde_json::{Value, json};

use super::super::table::table;

/// The costs of the row for a whole country; rows of carriers have none.
pub(super) fn of<'a>(costs: &'a [Cost], figure: &'a Figure) -> impl Iterator<Item = &'a Cost> {
    costs.iter().filter(move |cost| {
        figure.country == figure.carrier
            && figure.gateway == cost.gateway
            && figure.country == cost.country
    })
}

/// A table, or nothing if no gateway told a price or parts.
pub(super) fn as_table(costs: &[Cost]) -> Option<String> {
    let head = ["gateway", "country", "messages", "parts", "price"].map(str::to_owned);
    let rows = costs.iter().map(|cost| {
        [
            cost.gateway.clone(),
            cost.country.to_string(),
            cost.messages.to_string(),
            parts(cost).map_or_else(|| "-".to_owned(), |parts| parts.to_string()),
            price(cost).unwrap_or_else(|| "-".to_owned()),
        ]
    });
    let rows: Vec<_> = [head].into_iter().chain(rows).collect();
    (!costs.is_empty()).then(|| format!("Charged, as far as gateways told:\n{}", table(&rows)))
}

pub(super) fn as_json(cost: &Cost) -> Value {
    json!({
        "messages": cost.messages,
        "parts": parts(cost),
        "price": price(cost),
        "currency": cost.currency.map(|currency| currency.to_string()),
        "thousandths": cost.currency.map(|_| cost.thousandths),
    })
}

fn parts(cost: &Cost) -> Option<u64> {
    (cost.parts > 0).then_some(cost.parts)
}

fn price(cost: &Cost) -> Option<String> {
    Some(Price::new(cost.thousandths, cost.currency?)?.to_string())
}
