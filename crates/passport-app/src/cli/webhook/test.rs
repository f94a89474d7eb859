use std::{path::Path, time::Instant};

use actix_web::rt::System;
use clap::Args;
use passport_auth::{Clock, SystemClock};
use passport_webhooks::Attempt;
use serde_json::json;
use uuid::Uuid;

use super::{
    super::{
        load::load,
        output::{Outcome, print},
        printable::json_document,
        times::shown,
    },
    endpoints::find,
};

const EXAMPLES: &str = "\
Examples:
  passport webhook test shop
  passport webhook test shop --json

Posts one event of type webhook.test, signed as all others, and does not retry it. The exit status is 0 if
the endpoint answered 2xx, otherwise 1. The database is not needed.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct Test {
    /// Name of the endpoint
    name: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Test {
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        let settings = load(file)?;
        let it = find(&settings, &self.name)?;
        let now = SystemClock.now();
        let id = format!("evt_{}_webhook_test", Uuid::new_v4().simple());
        let body = json!({ "type": "webhook.test", "timestamp": shown(now), "data": {} });
        let body = body.to_string();
        let attempt = Attempt { id: &id, timestamp: now.unix_timestamp(), body: body.as_bytes() };
        let started = Instant::now();
        let posting = it.sender.post(&it.endpoint, attempt);
        let answer = System::new()
            .block_on(posting)
            .map_err(|unsent| format!("{} did not answer: {unsent}", it.endpoint.url.origin()))?;
        let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (origin, status) = (it.endpoint.url.origin(), answer.status);
        if !(200..300).contains(&status) {
            let what = match status {
                300..=399 => "; redirects are not followed",
                410 => "; at an event this would disable the endpoint",
                _ => "; an event would be tried again",
            };
            return Err(format!("{origin} answered {status} to {id}{what}").into());
        }
        let told = if self.json {
            json_document(&json!({ "id": id, "status": status, "milliseconds": milliseconds }))?
        } else {
            format!("{origin} answered {status} to {id} in {milliseconds} ms")
        };
        Ok(print(&told)?)
    }
}
