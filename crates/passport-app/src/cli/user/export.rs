use std::path::Path;

use clap::Args;
use passport_auth::UserReference;

use super::super::{
    operator::{self, By, explain, find, user_reference, with_progress},
    output::{Outcome, print},
    printable::json_document,
};
use crate::operations::ExportView;

const EXAMPLES: &str = "\
Examples:
  passport user export 13800138000 > user.json
  passport user export 13800138000 --reason 'request of 2026-11-29' | jq .user

Prints one JSON document: the user with the whole number, the sessions, and the events with the reasons
of operators, newest first, at most 20,000. The export is the event user.exported.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct Export {
    /// Id or phone number
    #[arg(value_name = "USER", value_parser = user_reference)]
    user: UserReference,
    #[command(flatten)]
    by: By,
    /// Print JSON, as without this option
    #[arg(long)]
    json: bool,
}

impl Export {
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        let Self { user, by, json: _ } = self;
        let view = operator::run(file, async |operations, beside| {
            let user = find(operations, &user).await?;
            let operator = by.operator();
            let exporting = operations.export.export(user.id, &operator);
            let data = with_progress("collecting", exporting).await.map_err(explain)?;
            if beside.sessions_are_elsewhere {
                eprintln!(
                    "passport: warning: sessions are in the memory of the service and are not exported"
                );
            }
            Ok(ExportView::from(&data))
        })?;
        Ok(print(&json_document(&view)?)?)
    }
}
