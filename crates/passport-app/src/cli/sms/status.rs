use std::{collections::BTreeMap, path::Path, time::Duration};

use actix_web::rt::System;
use clap::Args;
use passport_auth::{Clock, SystemClock};
use passport_sms_client::{Cost, Figure, Untried};
use serde_json::{Value, json};

use super::{super::table::table, costs};
use crate::{
    cli::{
        load::load,
        output::{Outcome, print},
    },
    telemetry, upkeep, wiring,
};

const EXAMPLES: &str = "\
Examples:
  passport sms status
  passport sms status --hours 1
  passport sms status --json | jq '.[] | select(.arrived_share < 0.9)'

The statistics come from the database of the service, which all nodes share. `arrived` counts messages
with a receipt of delivery or a redeemed code; it means little while messages are only minutes old.
The gateway `-`, null in JSON, has the messages for which no gateway was asked: none covers them, or all
were paused after recent failures; the log has the reason.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct Status {
    /// Hours to look back: 1 to 168
    #[arg(long, value_name = "HOURS", default_value_t = 24,
          value_parser = clap::value_parser!(u64).range(1..=LONGEST))]
    hours: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Statistics are not kept any longer.
const LONGEST: u64 = upkeep::FIGURES_KEPT.as_secs() / 3_600;

impl Status {
    /// `passport sms status`
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        let settings = load(file)?;
        let _flush = telemetry::init(&settings.log)?;
        let (figures, costs) = System::new().block_on(async {
            let database = wiring::look_at_database(&settings.database).await?;
            let now = SystemClock.now();
            let from = now - Duration::from_hours(self.hours);
            let outbox = database.outbox();
            let mut figures = outbox.figures(from, now).await?;
            figures.extend(outbox.untried(from, now).await?.iter().map(nowhere));
            let costs = outbox.costs(from, now).await?;
            Ok::<_, Box<dyn std::error::Error>>((figures, costs))
        })?;
        let figures = with_countries(figures);
        Ok(print(&if self.json {
            format!("{:#}", figures.iter().map(|it| as_json(it, &costs)).collect::<Value>())
        } else if figures.is_empty() {
            format!("No message in the last {} hours.", self.hours)
        } else {
            let charged = costs::as_table(&costs);
            [Some(as_table(&figures)), charged]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join("\n\n")
        })?)
    }
}

/// Stands for a gateway if none was asked.
const NOWHERE: &str = "-";

fn nowhere(untried: &Untried) -> Figure {
    let mut figure = Figure::new(NOWHERE, untried.country, untried.carrier);
    figure.not_sent = untried.count;
    figure
}

/// A line per country above those of its carriers.
fn with_countries(figures: Vec<Figure>) -> Vec<Figure> {
    let mut countries = BTreeMap::new();
    for figure in &figures {
        let key = (figure.gateway.clone(), figure.country);
        let sum = countries.entry(key).or_insert_with(|| {
            Figure::new(figure.gateway.as_str(), figure.country, figure.country)
        });
        sum.accepted += figure.accepted;
        sum.converted += figure.converted;
        sum.delivered += figure.delivered;
        sum.undelivered += figure.undelivered;
        sum.refused += figure.refused;
        sum.not_sent += figure.not_sent;
        sum.in_doubt += figure.in_doubt;
        sum.redeemed += figure.redeemed;
    }
    let mut all: Vec<_> = countries.into_values().chain(figures).collect();
    all.sort_by(|one, other| {
        let key = |it: &Figure| (it.country, it.country != it.carrier, it.carrier);
        one.gateway.cmp(&other.gateway).then_with(|| key(one).cmp(&key(other)))
    });
    all.dedup_by(|one, other| one == other);
    all
}

fn as_table(figures: &[Figure]) -> String {
    let head = [
        "gateway",
        "prefix",
        "accepted",
        "arrived",
        "delivered",
        "redeemed",
        "undelivered",
        "refused",
        "not sent",
        "in doubt",
    ];
    let rows = figures.iter().map(|it| {
        [
            it.gateway.clone(),
            it.carrier.to_string(),
            it.accepted.to_string(),
            percent(it.converted, it.accepted),
            percent(it.delivered, it.accepted),
            percent(it.redeemed, it.accepted + it.in_doubt),
            it.undelivered.to_string(),
            it.refused.to_string(),
            it.not_sent.to_string(),
            it.in_doubt.to_string(),
        ]
    });
    table(&[head.map(str::to_owned)].into_iter().chain(rows).collect::<Vec<_>>())
}

fn as_json(it: &Figure, costs: &[Cost]) -> Value {
    json!({
        "gateway": (it.gateway != NOWHERE).then_some(&it.gateway),
        "country": it.country.to_string(),
        "prefix": it.carrier.to_string(),
        "accepted": it.accepted,
        "arrived": it.converted,
        "arrived_share": share(it.converted, it.accepted),
        "delivered": it.delivered,
        "redeemed": it.redeemed,
        "undelivered": it.undelivered,
        "refused": it.refused,
        "not_sent": it.not_sent,
        "in_doubt": it.in_doubt,
        "charged": costs::of(costs, it).map(costs::as_json).collect::<Vec<_>>(),
    })
}

/// From 0 to 1; none if there is no message.
#[expect(clippy::cast_precision_loss, reason = "no figure of a week has more than 52 bits")]
fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| (part as f64 / whole as f64 * 1_000.0).round() / 1_000.0)
}

fn percent(part: u64, whole: u64) -> String {
    share(part, whole).map_or_else(|| "-".to_owned(), |share| format!("{:.1} %", share * 100.0))
}
