use tracing_subscriber::{EnvFilter, filter::LevelFilter};

use super::{Environment, reader::Reader};

/// Filter and format of the log.
#[derive(Debug, Clone)]
pub struct LogSettings {
    /// `log.filter`: a level, or levels by module as in `RUST_LOG`.
    pub filter: String,
    /// `log.format`
    pub format: LogFormat,
}

/// Format of the log's lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Text, with colours on a terminal.
    Pretty,
    /// One JSON object per line.
    Json,
}

impl LogSettings {
    pub(super) fn read(reader: &mut Reader, environment: Environment) -> Self {
        let format = if environment.is_production() { "json" } else { "pretty" };
        Self {
            filter: reader.read(
                "log.filter",
                "info,actix_server=warn",
                "error, warn, info, debug, trace, or levels by module as in RUST_LOG",
                |text| is_filter(text).then(|| text.to_owned()),
            ),
            format: reader.read("log.format", format, "pretty or json", |text| match text {
                "pretty" => Some(LogFormat::Pretty),
                "json" => Some(LogFormat::Json),
                _ => None,
            }),
        }
    }
}

/// Whether `text` is a filter. A bare word must be a level, because the parser accepts a misspelt level
/// as the name of a module.
fn is_filter(text: &str) -> bool {
    let is_level = |item: &str| !item.is_empty() && item.parse::<LevelFilter>().is_ok();
    text.split(',').map(str::trim).all(|item| item.contains(['=', '[']) || is_level(item))
        && EnvFilter::try_new(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::is_filter;

    #[test]
    fn a_level_is_a_level() {
        for good in ["info", "off", "info,passport_auth=debug", "warn,actix_server[x]=info"] {
            assert!(is_filter(good), "{good}");
        }
        for bad in ["", "loud", "info,loud", "info,passport=loud"] {
            assert!(!is_filter(bad), "{bad}");
        }
    }
}
