use std::{path::Path, time::Duration};

use clap::Args;
use passport_auth::{AuditError, Clock, SystemClock};
use serde_json::json;

use super::super::{
    operator::{self, By, Sure, Usage, with_progress},
    output::{Outcome, print},
    printable::json_document,
    times::{ago, shown},
};

const EXAMPLES: &str = "\
Examples:
  passport audit purge --before 184d
  passport audit purge --before 365d --yes --reason 'retention of a year'

The service deletes events by itself when they are older than audit.keep. Events of the last 30 days cannot
be deleted. The purge is the event audit.purged.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct Purge {
    /// Age of the events that are deleted, at least 30d
    #[arg(long, value_name = "DURATION", value_parser = ago)]
    before: Duration,
    #[command(flatten)]
    by: By,
    #[command(flatten)]
    sure: Sure,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Purge {
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        let before = SystemClock.now() - self.before;
        self.sure.ask(&format!("Delete the events before {}?", shown(before)))?;
        let count = operator::run(file, async |operations, _| {
            let operator = self.by.operator();
            let purging = operations.audit.purge(before, &operator);
            let purged = with_progress("deleting events", purging).await;
            purged.map_err(|error| match error {
                AuditError::TooYoung { .. } => {
                    Usage(format!("{error}: --before must be at least 30d")).into()
                }
                AuditError::Denied(denied) => denied.into(),
            })
        })?;
        Ok(print(&if self.json {
            json_document(&json!({ "deleted": count }))?
        } else {
            format!("{count} events before {} are deleted", shown(before))
        })?)
    }
}
