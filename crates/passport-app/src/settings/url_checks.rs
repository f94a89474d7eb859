/// Checks of URLs that only an adapter can make. They are handed to [`Settings`](super::Settings),
/// so that reading settings names all faults at once without naming an adapter. None connects.
#[derive(Debug, Clone, Copy)]
pub struct UrlChecks {
    /// Check of `database.url`. An error shows no password.
    pub database: UrlCheck,
    /// Check of a `store.url` that names Redis. An error shows no password.
    pub redis: UrlCheck,
}

/// Check of one URL; the error says what is wrong with it.
pub type UrlCheck = fn(&str) -> Result<(), String>;

impl UrlChecks {
    /// Checks that accept every URL of a known scheme.
    pub const NONE: Self = Self { database: accept, redis: accept };
}

#[expect(clippy::unnecessary_wraps, reason = "other checks fail")]
fn accept(_: &str) -> Result<(), String> {
    Ok(())
}
