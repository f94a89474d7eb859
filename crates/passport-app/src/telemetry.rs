//! The log: one line per event, as text or JSON.

use std::io::{self, IsTerminal};

use tracing::warn;
use tracing_subscriber::{EnvFilter, fmt};

use crate::settings::{LogFormat, LogSettings};

use self::sources::WithSources;
pub(crate) use self::writer::Flush;

mod buffer;
mod panics;
mod sources;
mod writer;

/// Levels that the settings cannot raise. The driver of PostgreSQL would write every statement with its
/// parameters, such as numbers and digests. actix-http would log an error for each malformed request:
/// [`edge`](crate::edge) logs them at `debug`, with the client's address.
const QUIETED: [&str; 3] =
    ["tokio_postgres=info", "tokio_postgres::query=info", "actix_http::h1::dispatcher=off"];

/// Starts logging to standard error, through a bounded buffer and a thread of its own: a log that is
/// not read, or cannot be written, delays and fails no request. A second call in one process does
/// nothing.
///
/// # Errors
///
/// When the thread cannot be started.
pub(crate) fn init(settings: &LogSettings) -> io::Result<Flush> {
    let wanted = EnvFilter::try_new(&settings.filter).unwrap_or_default();
    let quieted = QUIETED.into_iter().filter_map(|directive| directive.parse().ok());
    let filter = quieted.fold(wanted, EnvFilter::add_directive);
    let (lines, flush) = writer::start(io::stderr(), |dropped| {
        warn!(
            lines = dropped,
            "log lines were dropped: standard error was full, closed or too slow"
        );
    })?;
    let builder = fmt().with_env_filter(filter).with_writer(lines);
    // Fails if a subscriber is already installed, as in tests.
    let _ = match settings.format {
        LogFormat::Json => builder
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .map_event_format(WithSources)
            .try_init(),
        LogFormat::Pretty => {
            builder.with_ansi(io::stderr().is_terminal()).with_target(false).compact().try_init()
        }
    };
    panics::log_panics();
    Ok(flush)
}
