use std::time::Duration;

#[cfg(feature = "_https")]
pub(crate) mod check;
#[cfg(feature = "_https")]
pub(crate) mod faults;

/// How a gateway is spoken to, whichever it is.
///
/// Certificates and host names are always verified; nothing here switches that off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpsSettings {
    /// How long the name, the connection and TLS may take together; 2 s unless told otherwise.
    pub connect_timeout: Duration,
    /// How long the whole of it may take, from the first step to the last byte of the answer; 5 s
    /// unless told otherwise.
    pub timeout: Duration,
    /// Certificates in PEM that are trusted as roots, beside those of the web: for a proxy that
    /// breaks TLS open, or for tests.
    pub extra_root_ca: Option<String>,
}

impl Default for HttpsSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(2),
            timeout: Duration::from_secs(5),
            extra_root_ca: None,
        }
    }
}

/// A setting that cannot be used. It names the setting and what is allowed, and repeats no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{setting} must be {allowed}")]
pub struct SettingsError {
    /// The name of the field.
    pub setting: &'static str,
    /// What it may be.
    pub allowed: &'static str,
}
