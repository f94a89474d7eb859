use std::path::Path;

use actix_web::rt::System;
use clap::Args;
use passport_storage_diesel::{Database, DatabaseOptions};

use super::{Outcome, print};
use crate::{WiringError, settings::Settings, telemetry};

const EXAMPLES: &str = "\
Examples:
  passport migrate --dry-run   name what is pending
  passport migrate             apply it, under a lock: several nodes may do this at once";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Migrate {
    /// Name what is pending, and apply none of it
    #[arg(long)]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Migrate {
    /// `passport migrate`
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        let settings = Settings::load(file)?;
        let _flush = telemetry::init(&settings.log)?;
        let migrations = System::new().block_on(async {
            let options = DatabaseOptions::default();
            let database = Database::connect(&settings.database.url, options).await?;
            if self.dry_run {
                database.pending_migrations().await
            } else {
                database.migrate().await
            }
        });
        Ok(print(&self.text(&migrations.map_err(WiringError::from)?))?)
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
