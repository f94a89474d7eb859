//! The log: one line an event, for people or for machines.

use std::io::{self, IsTerminal};

use tracing_subscriber::{EnvFilter, fmt};

use crate::settings::{LogFormat, LogSettings};

use self::sources::WithSources;

mod sources;

/// What the driver of PostgreSQL would write at `debug`: every statement with its parameters, such as
/// numbers and digests.
const TALKATIVE: [&str; 2] = ["tokio_postgres=info", "tokio_postgres::query=info"];

/// Begins to log to standard error. A second call in one process does nothing.
pub(crate) fn init(settings: &LogSettings) {
    let wanted = EnvFilter::try_new(&settings.filter).unwrap_or_default();
    let silenced = TALKATIVE.into_iter().filter_map(|directive| directive.parse().ok());
    let filter = silenced.fold(wanted, EnvFilter::add_directive);
    let builder = fmt().with_env_filter(filter).with_writer(io::stderr);
    // An error means that somebody else logs already, as in tests.
    let _ = match settings.format {
        LogFormat::Json => builder
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .map_event_format(WithSources)
            .try_init(),
        LogFormat::Pretty => {
            builder.with_ansi(io::stderr().is_terminal()).with_target(false).compact().try_init()
        }
    };
}
