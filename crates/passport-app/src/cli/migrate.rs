use std::path::Path;

use actix_web::rt::System;
use clap::Args;
use passport_storage_diesel::{Database, DatabaseOptions};

use super::Outcome;
use crate::{WiringError, settings::Settings, telemetry};

#[derive(Debug, Args)]
pub(super) struct Migrate {
    /// Say what would be done, and do nothing
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
        telemetry::init(&settings.log);
        let migrations = System::new().block_on(async {
            let options = DatabaseOptions::default();
            let database = Database::connect(&settings.database.url, options).await?;
            if self.dry_run {
                database.pending_migrations().await
            } else {
                database.migrate().await
            }
        });
        self.print(&migrations.map_err(WiringError::from)?);
        Ok(())
    }

    fn print(&self, migrations: &[String]) {
        if self.json {
            let key = if self.dry_run { "pending" } else { "applied" };
            println!("{}", serde_json::json!({ key: migrations }));
        } else if migrations.is_empty() {
            println!("The database is up to date.");
        } else {
            let verb = if self.dry_run { "pending" } else { "applied" };
            for migration in migrations {
                println!("{verb}: {migration}");
            }
        }
    }
}
