use std::{collections::BTreeSet, path::Path};

use clap::Args;
use passport_webhooks::{
    Backlog, DeliveryRecord, DeliveryState, EndedDeliveries, EndpointName, EndpointState, EventType,
};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{
    super::{
        output::{Outcome, print},
        printable::{json_document, printable},
        table::table,
        times::{shown, shown_minute},
    },
    endpoints::{find, with_store},
};
use crate::settings::Settings;

const EXAMPLES: &str = "\
Examples:
  passport webhook list
  passport webhook list --json | jq '.endpoints[] | select(.waiting > 100) | .name'
  passport webhook list shop
  passport webhook list shop --failed --limit 100

Delivered and failed ones are counted and shown for 7 days after their end.

States of an endpoint:
  on               it gets events
  disabled         it answered 410: passport webhook enable
  changes-only     more than 10,000 deliveries wait, so events that changed nothing are left out
  full             more than 1,000,000 wait, so all new events are left out
  unstarted        the service has not started with this endpoint yet
  not-in-settings  nothing is queued any more, and what waits is deleted after 29 days";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct List {
    /// Endpoint whose newest deliveries are shown
    name: Option<String>,
    /// Only deliveries that failed
    #[arg(long, requires = "name")]
    failed: bool,
    /// Number of deliveries
    #[arg(long, value_name = "COUNT", default_value = "20", requires = "name",
        value_parser = clap::value_parser!(u32).range(1..=1_000))]
    limit: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        match &self.name {
            None => self.endpoints(file),
            Some(name) => self.deliveries(name, file),
        }
    }

    fn endpoints(&self, file: Option<&Path>) -> Outcome {
        let shown = with_store(file, async |control, settings| {
            let (states, ended) = (control.store.overview().await?, control.store.ended().await?);
            Ok(merge(settings, &states, &ended))
        })?;
        Ok(print(&if self.json {
            let endpoints: Vec<_> = shown.iter().map(Shown::as_json).collect();
            json_document(&json!({ "endpoints": endpoints }))?
        } else if shown.is_empty() {
            "No endpoint: the settings have no table [webhooks.<name>].".to_owned()
        } else {
            as_table(&shown)
        })?)
    }

    fn deliveries(&self, name: &str, file: Option<&Path>) -> Outcome {
        let records = with_store(file, async |control, settings| {
            let endpoint = &find(settings, name)?.endpoint.name;
            let state = self.failed.then_some(DeliveryState::Failed);
            Ok(control.store.recent(endpoint, state, self.limit).await?)
        })?;
        Ok(print(&if self.json {
            let records: Vec<_> = records.iter().map(record_as_json).collect();
            json_document(&json!({ "deliveries": records }))?
        } else if records.is_empty() {
            "No delivery.".to_owned()
        } else {
            records_as_table(&records)
        })?)
    }
}

/// An endpoint of the settings, of the store, or of both.
struct Shown {
    name: String,
    url: Option<String>,
    events: BTreeSet<EventType>,
    state: &'static str,
    stored: Option<EndpointState>,
    delivered: u64,
    failed: u64,
}

fn merge(settings: &Settings, stored: &[EndpointState], ended: &[EndedDeliveries]) -> Vec<Shown> {
    let counts = |name: &EndpointName| {
        let own = ended.iter().find(|it| it.endpoint == *name);
        own.map_or((0, 0), |it| (it.delivered, it.failed))
    };
    let configured = settings.webhooks.iter().map(|it| {
        let stored = stored.iter().find(|state| state.name == it.endpoint.name);
        let (delivered, failed) = counts(&it.endpoint.name);
        Shown {
            name: it.endpoint.name.to_string(),
            url: Some(it.endpoint.url.origin().to_owned()),
            events: it.endpoint.events.clone(),
            state: stored.map_or("unstarted", state),
            stored: stored.cloned(),
            delivered,
            failed,
        }
    });
    let is_left = |it: &&EndpointState| {
        let is_configured = settings.webhooks.iter().any(|own| own.endpoint.name == it.name);
        !is_configured && (it.waiting > 0 || counts(&it.name) != (0, 0))
    };
    let left = stored.iter().filter(is_left).map(|it| Shown {
        name: it.name.to_string(),
        url: None,
        events: BTreeSet::new(),
        state: "not-in-settings",
        stored: Some(it.clone()),
        delivered: counts(&it.name).0,
        failed: counts(&it.name).1,
    });
    configured.chain(left).collect()
}

fn state(stored: &EndpointState) -> &'static str {
    match (stored.disabled_at, stored.backlog) {
        (Some(_), _) => "disabled",
        (None, Backlog::Room) => "on",
        (None, backlog) => backlog.as_str(),
    }
}

impl Shown {
    fn as_json(&self) -> Value {
        let stored = self.stored.as_ref();
        let time = |at: Option<OffsetDateTime>| at.map(shown);
        json!({
            "name": self.name,
            "url": self.url,
            "events": self.events.iter().map(|it| it.as_str()).collect::<Vec<_>>(),
            "state": self.state,
            "disabled_at": time(stored.and_then(|it| it.disabled_at)),
            "waiting": stored.map_or(0, |it| it.waiting),
            "oldest_waiting": time(stored.and_then(|it| it.oldest_waiting)),
            "delivered": self.delivered,
            "failed": self.failed,
        })
    }
}

fn as_table(endpoints: &[Shown]) -> String {
    let head = ["endpoint", "state", "waiting", "oldest", "delivered", "failed", "events", "url"];
    let rows = endpoints.iter().map(|it| {
        let stored = it.stored.as_ref();
        let oldest = stored.and_then(|it| it.oldest_waiting);
        let events = match it.events.len() {
            all if all == EventType::ALL.len() => "all".to_owned(),
            count => count.to_string(),
        };
        let state = match stored.and_then(|it| it.disabled_at) {
            Some(at) => format!("{} since {}", it.state, shown_minute(at)),
            None => it.state.to_owned(),
        };
        [
            it.name.clone(),
            state,
            stored.map_or(0, |it| it.waiting).to_string(),
            oldest.map_or_else(|| "-".to_owned(), shown_minute),
            it.delivered.to_string(),
            it.failed.to_string(),
            events,
            it.url.clone().unwrap_or_else(|| "-".to_owned()),
        ]
    });
    table(&[head.map(str::to_owned)].into_iter().chain(rows).collect::<Vec<_>>())
}

fn record_as_json(record: &DeliveryRecord) -> Value {
    json!({
        "id": record.id.webhook_id(),
        "type": record.id.event_type.as_str(),
        "event_at": shown(record.event_at),
        "state": record.state.as_str(),
        "tries": record.tries,
        "next_try_at": (record.state == DeliveryState::Waiting).then(|| shown(record.due_at)),
        "ended_at": record.ended_at.map(shown),
        "reason": record.note,
    })
}

fn records_as_table(records: &[DeliveryRecord]) -> String {
    let head = ["event", "type", "state", "tries", "ended, or next try", "id", "reason"];
    let rows = records.iter().map(|it| {
        [
            shown(it.event_at),
            it.id.event_type.to_string(),
            it.state.as_str().to_owned(),
            it.tries.to_string(),
            shown(it.ended_at.unwrap_or(it.due_at)),
            it.id.webhook_id(),
            it.note.as_deref().map(printable).unwrap_or_default(),
        ]
    });
    table(&[head.map(str::to_owned)].into_iter().chain(rows).collect::<Vec<_>>())
}
