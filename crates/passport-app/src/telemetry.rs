//! The log: one line per event, as text or JSON; and traces, where the settings want them.

use std::io::{self, IsTerminal};

use tracing::{Subscriber, level_filters::LevelFilter, warn};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::Targets,
    fmt::{self, MakeWriter},
    layer::SubscriberExt,
    registry::LookupSpan,
    util::SubscriberInitExt,
};

use crate::{
    settings::{LogFormat, LogSettings, TelemetrySettings},
    traces,
};

pub(crate) use self::writer::Flush;
use self::{otlp::Traces, sources::WithSources};

mod buffer;
mod otlp;
mod panics;
mod sources;
mod writer;

/// Levels that the settings cannot raise. The driver of PostgreSQL would write every statement with its
/// parameters, such as numbers and digests. actix-http would log an error for each malformed request:
/// [`edge`](crate::edge) logs them at `debug`, with the client's address. Spans of traces are no part of
/// the log.
const QUIETED: [&str; 4] = [
    "tokio_postgres=info",
    "tokio_postgres::query=info",
    "actix_http::h1::dispatcher=off",
    "passport_traces=off",
];

/// The log, and the traces if there are any. Dropped, it writes what is left.
#[must_use = "dropped, it ends the log"]
pub(crate) struct Telemetry {
    _traces: Option<Traces>,
    _flush: Flush,
}

/// Starts logging to standard error, through a bounded buffer and a thread of its own: a log that is
/// not read, or cannot be written, delays and fails no request. A second call in one process does
/// nothing.
///
/// # Errors
///
/// When the thread cannot be started.
pub(crate) fn init(settings: &LogSettings) -> io::Result<Flush> {
    let (lines, flush) = writer::start(io::stderr(), warn_of_dropped)?;
    // Fails if a subscriber is already installed, as in tests.
    _ = tracing_subscriber::registry().with(log(settings, lines)).try_init();
    panics::log_panics();
    Ok(flush)
}

/// As [`init`], and sends traces to the receiver of the settings, if there is one.
///
/// # Errors
///
/// When a thread cannot be started, or the receiver's address cannot be used.
pub(crate) fn init_service(
    settings: &LogSettings,
    telemetry: &TelemetrySettings,
) -> io::Result<Telemetry> {
    let Some(endpoint) = &telemetry.otlp_endpoint else {
        return Ok(Telemetry { _traces: None, _flush: init(settings)? });
    };
    let (lines, flush) = writer::start(io::stderr(), warn_of_dropped)?;
    let (sending, tracer) = Traces::start(endpoint, telemetry)?;
    let spans = tracing_opentelemetry::layer()
        .with_tracer(tracer)
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_target(false)
        .with_context_activation(false)
        .with_filter(Targets::new().with_target(traces::TARGET, LevelFilter::TRACE));
    _ = tracing_subscriber::registry().with(spans).with(log(settings, lines)).try_init();
    panics::log_panics();
    Ok(Telemetry { _traces: Some(sending), _flush: flush })
}

/// The log as a layer.
fn log<S, W>(settings: &LogSettings, lines: W) -> impl Layer<S> + Send + Sync
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup> + Send + Sync,
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let wanted = EnvFilter::try_new(&settings.filter).unwrap_or_default();
    let quieted = QUIETED.into_iter().filter_map(|directive| directive.parse().ok());
    let filter = quieted.fold(wanted, EnvFilter::add_directive);
    let layer = fmt::layer().with_writer(lines);
    let layer: Box<dyn Layer<S> + Send + Sync> = match settings.format {
        LogFormat::Json => Box::new(
            layer
                .json()
                .flatten_event(true)
                .with_current_span(true)
                .with_span_list(false)
                .map_event_format(WithSources),
        ),
        LogFormat::Pretty => {
            Box::new(layer.with_ansi(io::stderr().is_terminal()).with_target(false).compact())
        }
    };
    layer.with_filter(filter)
}

fn warn_of_dropped(dropped: u64) {
    warn!(lines = dropped, "log lines were dropped: standard error was full, closed or too slow");
}
