//! The log: one line an event, for people or for machines.

use std::io::{self, IsTerminal};

use tracing_subscriber::{EnvFilter, fmt};

use crate::settings::{LogFormat, LogSettings};

/// Begins to log to standard error. A second call in one process does nothing.
pub(crate) fn init(settings: &LogSettings) {
    let filter = EnvFilter::try_new(&settings.filter).unwrap_or_default();
    let builder = fmt().with_env_filter(filter).with_writer(io::stderr);
    // An error means that somebody else logs already, as in tests.
    let _ = match settings.format {
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(true).try_init(),
        LogFormat::Pretty => {
            builder.with_ansi(io::stderr().is_terminal()).with_target(false).compact().try_init()
        }
    };
}
