//! docs/metrics.md and the page name the same metrics.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use super::{Metrics, observed, use_everything};
use crate::support::ROOMY;

/// Need receipts or bills of a gateway, or an endpoint of webhooks; the tests of those see them.
const OF_OTHERS: [&str; 5] = [
    "passport_sms_delivered_total",
    "passport_sms_undelivered_total",
    "passport_sms_cost_day",
    "passport_webhooks_waiting",
    "passport_webhook_endpoint_disabled",
];

/// Type and labels.
type Described = (String, BTreeSet<String>);

/// Each metric of the table in docs/metrics.md.
pub(super) fn documented() -> BTreeMap<String, Described> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/metrics.md");
    let text = fs::read_to_string(path).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    let row = |line: &str| {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let labels = cells[3].split(',').map(|label| label.trim().trim_matches('`').to_owned());
        let labels = labels.filter(|label| !label.is_empty()).collect();
        (cells[1].trim_matches('`').to_owned(), (cells[2].to_owned(), labels))
    };
    rows.map(row).collect()
}

#[tokio::test]
async fn the_documentation_lists_every_metric_as_it_is_served() {
    let service = observed(&ROOMY).await;
    use_everything(&service).await;
    let metrics = Metrics::of(&service).await;
    let labels = metrics.labels();
    let served: BTreeMap<String, Described> = metrics
        .types
        .iter()
        .map(|(name, kind)| {
            (name.clone(), (kind.clone(), labels.get(name).cloned().unwrap_or_default()))
        })
        .collect();
    let mut documented = documented();
    for name in OF_OTHERS {
        assert!(!served.contains_key(name), "{name} is served without gateway and endpoint");
        documented.remove(name).unwrap_or_else(|| panic!("{name} is not in docs/metrics.md"));
    }
    assert_eq!(served, documented);
}
