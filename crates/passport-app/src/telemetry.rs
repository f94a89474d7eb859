//! The log: one line per event, as text or JSON.

use std::io::{self, IsTerminal};

use tracing_subscriber::{EnvFilter, fmt};

use crate::settings::{LogFormat, LogSettings};

use self::sources::WithSources;

mod sources;

/// Directives that silence the PostgreSQL driver at `debug`, because it logs every statement with its
/// parameters, such as phone numbers and digests.
const SILENCED: [&str; 2] = ["tokio_postgres=info", "tokio_postgres::query=info"];

/// Starts logging to standard error. A second call in one process has no effect.
pub(crate) fn init(settings: &LogSettings) {
    let wanted = EnvFilter::try_new(&settings.filter).unwrap_or_default();
    let silenced = SILENCED.into_iter().filter_map(|directive| directive.parse().ok());
    let filter = silenced.fold(wanted, EnvFilter::add_directive);
    let builder = fmt().with_env_filter(filter).with_writer(io::stderr);
    // Fails if a subscriber is already installed, as in tests.
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
