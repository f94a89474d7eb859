use std::path::PathBuf;

use clap::Parser;

/// Loads the release server and prints one table.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// Seconds that each row is measured
    #[arg(long, default_value_t = 5)]
    pub(crate) seconds: u64,
    /// Binary of the service
    #[arg(long, default_value = "target/release/passport")]
    pub(crate) binary: PathBuf,
    /// `database.url` [default: a fresh SQLite file]
    #[arg(long)]
    pub(crate) database: Option<String>,
    /// `store.url`
    #[arg(long, default_value = "database")]
    pub(crate) store: String,
    /// `session.store`
    #[arg(long, default_value = "database")]
    pub(crate) session_store: String,
    /// Serve only a constant answer: the limit of the framework
    #[arg(long, hide = true)]
    pub(crate) bare: bool,
    /// Draw challenges without serving: the limit of `image_code`
    #[arg(long, hide = true)]
    pub(crate) draw: bool,
}

impl Arguments {
    /// The database, as the head of the table names it.
    pub(crate) fn database(&self) -> &str {
        self.database.as_deref().unwrap_or("a fresh SQLite file")
    }
}
