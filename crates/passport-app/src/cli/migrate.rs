use std::path::Path;

use actix_web::rt::System;
use clap::Args;

use super::{
    load::load,
    output::{Outcome, print},
};
use crate::{telemetry, wiring};

const EXAMPLES: &str = "\
Examples:
  passport migrate --dry-run   list pending migrations
  passport migrate             apply them; a lock makes it safe on several nodes at once";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Migrate {
    /// List pending migrations without applying them
    #[arg(long)]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Migrate {
    /// `passport migrate`
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        let settings = load(file)?;
        let _flush = telemetry::init(&settings.log)?;
        let migrations = System::new().block_on(async {
            if self.dry_run {
                wiring::pending_migrations(&settings.database).await
            } else {
                wiring::migrate(&settings.database).await
            }
        });
        Ok(print(&self.text(&migrations?))?)
    }

    fn text(&self, migrations: &[String]) -> String {
        if self.json {
            let key = if self.dry_run { "pending" } else { "applied" };
            serde_json::json!({ key: migrations }).to_string()
        } else if migrations.is_empty() {
            "The database is up to date.".to_owned()
        } else {
            let verb = if self.dry_run { "pending" } else { "applied" };
            let lines = migrations.iter().map(|migration| format!("{verb}: {migration}"));
            lines.collect::<Vec<_>>().join("\n")
        }
    }
}
