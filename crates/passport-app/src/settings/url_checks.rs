use super::{Environment, reader::Reader};

/// Checks of URLs that only an adapter can make. They are handed to [`Settings`](super::Settings),
/// so that reading settings names all faults at once without naming an adapter. None connects.
#[derive(Debug, Clone, Copy)]
pub struct UrlChecks {
    /// Check of `database.url`. An error shows no password.
    pub database: UrlCheck,
    /// Check of a `store.url` that names Redis. An error shows no password.
    pub redis: UrlCheck,
}

/// Check of one URL. Returns the other machine to which the connection would not be encrypted, if
/// there is one; the error says what is wrong with the URL.
pub type UrlCheck = fn(&str) -> Result<Option<String>, String>;

impl UrlChecks {
    /// Checks that accept every URL of a known scheme.
    pub const NONE: Self = Self { database: accept, redis: accept };
}

/// Makes one of the checks of `url`, which is the value of `key`. Production warns of a connection in
/// clear.
pub(super) fn check_url(
    check: UrlCheck,
    url: &str,
    key: &str,
    reader: &mut Reader,
    environment: Environment,
) {
    match check(url) {
        Err(error) => reader.fault(format!("{key}: {error}")),
        Ok(Some(host)) if environment.is_production() => reader.warn(
            key,
            format!(
                "so the connection to {host} is not encrypted: use TLS, unless the network between \
                 the two machines is yours alone"
            ),
        ),
        Ok(_) => {}
    }
}

#[expect(clippy::unnecessary_wraps, reason = "other checks fail")]
fn accept(_: &str) -> Result<Option<String>, String> {
    Ok(None)
}
