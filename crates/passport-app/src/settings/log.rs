use tracing_subscriber::EnvFilter;

use super::{Environment, reader::Reader};

/// What is logged, and how.
#[derive(Debug, Clone)]
pub struct LogSettings {
    /// `log.filter`: a level, or levels by module as in `RUST_LOG`.
    pub filter: String,
    /// `log.format`
    pub format: LogFormat,
}

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// For machines: a JSON object a line.
    Json,
}

impl LogSettings {
    pub(super) fn read(reader: &mut Reader, environment: Environment) -> Self {
        let format = if environment.is_production() { "json" } else { "pretty" };
        Self {
            filter: reader.read(
                "log.filter",
                "info",
                "error, warn, info, debug, trace, or levels by module as in RUST_LOG",
                |text| EnvFilter::try_new(text).ok().map(|_| text.to_owned()),
            ),
            format: reader.read("log.format", format, "pretty or json", |text| match text {
                "pretty" => Some(LogFormat::Pretty),
                "json" => Some(LogFormat::Json),
                _ => None,
            }),
        }
    }
}
