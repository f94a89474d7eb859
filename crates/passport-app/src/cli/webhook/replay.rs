use std::path::Path;

use clap::Args;
use passport_auth::{Clock, SystemClock};
use passport_user::EventId;
use passport_webhooks::{DeliveryId, Replay as What, Subscription};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    super::{
        operator::with_progress,
        output::{Outcome, print},
        printable::json_document,
        times::moment,
    },
    endpoints::{find, with_store},
};

const EXAMPLES: &str = "\
Examples:
  passport webhook replay shop --failed
  passport webhook replay shop --since 12h
  passport webhook replay shop --since 2026-11-29T00:00:00Z --until 2026-11-29T06:00:00Z
  passport webhook replay shop --id evt_0193a5c79f0e7c3d8a513f1b2c4d5e6f_user_created

The service posts them, also those that were delivered before. Each has the webhook-id that it had, so a
receiver that remembers ids handles none twice. Events are there as long as the audit log (audit.keep);
failed deliveries are kept for 7 days.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct Replay {
    /// Name of the endpoint
    name: String,
    #[command(flatten)]
    which: Which,
    /// End of the period that --since begins: a time, or a duration before now
    #[arg(long, value_name = "TIME", value_parser = moment, requires = "since")]
    until: Option<OffsetDateTime>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// Deliveries that failed
    #[arg(long)]
    failed: bool,
    /// Events since a time, or a duration before now
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<OffsetDateTime>,
    /// One event: a webhook-id, or the id in the audit log
    #[arg(long, value_name = "ID", value_parser = event)]
    id: Option<EventId>,
}

fn event(text: &str) -> Result<EventId, String> {
    if let Some((event, _)) = DeliveryId::parse_webhook_id(text) {
        return Ok(event);
    }
    let id = Uuid::parse_str(text);
    id.map(EventId::from_uuid).map_err(|_| {
        "neither a webhook-id such as evt_0193a5c7…_user_created, nor the id of an event".to_owned()
    })
}

impl Replay {
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        let Self { name, which, until, json } = self;
        let what = match which {
            Which { id: Some(id), .. } => What::Event(id),
            Which { since: Some(since), .. } => What::Since(since, until),
            Which { .. } => What::Failed,
        };
        let queued = with_store(file, async |control, settings| {
            let endpoint = &find(settings, &name)?.endpoint;
            let to =
                Subscription { endpoint: endpoint.name.clone(), events: endpoint.events.clone() };
            let replaying = control.replay(&to, what, SystemClock.now());
            Ok(with_progress("queueing", replaying).await?)
        })?;
        if queued == 0 && matches!(what, What::Event(_)) {
            return Err(format!(
                "there is no such event, or {name} does not get events of its type; nothing was queued"
            )
            .into());
        }
        Ok(print(&match (json, queued) {
            (true, _) => json_document(&json!({ "queued": queued }))?,
            (false, 1) => format!("1 delivery is queued for {name}"),
            (false, count) => format!("{count} deliveries are queued for {name}"),
        })?)
    }
}
