use std::collections::BTreeMap;

use passport_sms_client::{Bill, Cost, Costs, Currency, Figure, Prefix, Price, Untried};

use super::{delivery, standing};
use crate::failure::Failure;

/// Gateway, country, carrier, status, delivery status and whether the code was redeemed.
type Group = (String, String, String, String, i16, bool);

/// Sums up the attempts of each group.
pub(super) fn fold(rows: Vec<(Group, i64)>) -> Result<Vec<Figure>, Failure> {
    let mut figures = BTreeMap::new();
    for ((gateway, country, carrier, stood, came, redeemed), count) in rows {
        let (country, carrier) = (prefix(&country)?, prefix(&carrier)?);
        let count = u64::try_from(count).map_err(|error| Failure::Row(error.into()))?;
        figures
            .entry((gateway.clone(), country, carrier))
            .or_insert_with(|| Figure::new(gateway, country, carrier))
            .add(standing(&stood)?, delivery(came)?, redeemed, count);
    }
    Ok(figures.into_values().collect())
}

/// Gateway, country, price, currency and parts.
pub(super) type Charged = (String, String, Option<i64>, Option<String>, Option<i64>);

/// Sums up the bills of each group.
pub(super) fn fold_costs(rows: Vec<(Charged, i64)>) -> Result<Vec<Cost>, Failure> {
    let mut costs = Costs::default();
    for ((gateway, country, price, currency, parts), count) in rows {
        let count = u64::try_from(count).map_err(|error| Failure::Row(error.into()))?;
        let currency = currency.as_deref().map(str::parse::<Currency>).transpose();
        let currency = currency.map_err(|error| Failure::Row(error.into()))?;
        let price = price.zip(currency).and_then(|(price, currency)| Price::new(price, currency));
        let parts = parts.and_then(|parts| u32::try_from(parts).ok());
        let bill = Bill::UNKNOWN.with_price(price).with_parts(parts);
        costs.add(&gateway, prefix(&country)?, bill, count);
    }
    Ok(costs.into_sorted())
}

/// Sorts the counts of each country and carrier in the order of the port.
pub(super) fn fold_untried(rows: Vec<((String, String), i64)>) -> Result<Vec<Untried>, Failure> {
    let mut counts = BTreeMap::new();
    for ((country, carrier), count) in rows {
        let count = u64::try_from(count).map_err(|error| Failure::Row(error.into()))?;
        counts.insert((prefix(&country)?, prefix(&carrier)?), count);
    }
    let untried = |((country, carrier), count)| Untried { country, carrier, count };
    Ok(counts.into_iter().map(untried).collect())
}

pub(super) fn prefix(stored: &str) -> Result<Prefix, Failure> {
    stored
        .parse()
        .map_err(|error: passport_sms_client::ParsePrefixError| Failure::Row(error.into()))
}
