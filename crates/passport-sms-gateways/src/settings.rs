use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use passport_sms_client::{Gateway, SettingsError, Templates};

pub use crate::settings::fields::{Calls, Fields};

use crate::Site;

mod fields;

/// Settings of one account at a gateway.
pub trait Account: fmt::Debug + Send + Sync + 'static {
    /// Reads the settings from `fields`, which record what is missing.
    fn read(fields: &mut dyn Fields) -> Self
    where
        Self: Sized;

    /// Every fault for which [`open`](Self::open) refuses the settings; empty if it accepts them.
    fn faults(&self) -> Vec<SettingsError>;

    /// Time limits and trust of the connections to the gateway.
    fn https(&self) -> &HttpsSettings;

    /// Approved templates; `None` if the gateway takes free text.
    fn templates(&self) -> Option<&Templates> {
        None
    }

    /// The gateway for messages of `site`. Nothing is connected before the first message.
    ///
    /// # Errors
    ///
    /// The first of the [`faults`](Self::faults).
    fn open(&self, site: &Site) -> Result<Arc<dyn Gateway>, SettingsError>;
}

/// Time limits and trust of the connections to a gateway.
///
/// Certificates and host names are always verified, and no setting turns that off.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpsSettings {
    /// Time limit for resolving the name, connecting and the TLS handshake together; 2 s by default.
    pub connect_timeout: Duration,
    /// Time limit from the first step to the last byte of the answer; 5 s by default.
    pub timeout: Duration,
    /// `User-Agent` of every request; `passport-sms/` and the version by default. Some providers refuse
    /// requests without one, and their support asks for it.
    pub user_agent: String,
    /// Certificates in PEM that are trusted as roots, in addition to the public ones: for a proxy that
    /// inspects TLS, or for tests.
    pub extra_root_ca: Option<String>,
}

impl HttpsSettings {
    /// The default `User-Agent`.
    pub const USER_AGENT: &str = concat!("passport-sms/", env!("CARGO_PKG_VERSION"));
}

impl Default for HttpsSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(2),
            timeout: Duration::from_secs(5),
            user_agent: Self::USER_AGENT.to_owned(),
            extra_root_ca: None,
        }
    }
}
