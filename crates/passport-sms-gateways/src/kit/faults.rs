//! The faults of settings.

use passport_sms_client::SettingsError;

use crate::kit::transport::Transport;
use crate::settings::HttpsSettings;

/// Collects the faults of settings, so that all of them are reported at once.
#[derive(Debug, Default)]
pub struct Faults(Vec<SettingsError>);

impl Faults {
    /// Records that `setting` must be `allowed`, if it `is_unfit`.
    pub fn refuse_if(&mut self, is_unfit: bool, setting: &'static str, allowed: &'static str) {
        if is_unfit {
            self.0.push(SettingsError::new(setting, allowed));
        }
    }

    /// Records the error, if any.
    pub fn refuse_unless_ok<T>(&mut self, checked: Result<T, SettingsError>) {
        self.0.extend(checked.err());
    }

    /// Every recorded fault, and the faults of time limits and trust.
    pub fn with_trust(self, https: &HttpsSettings) -> Vec<SettingsError> {
        // Any endpoint will do.
        self.with_transport("https://localhost", https)
    }

    /// Every recorded fault, and the faults of the connection to the gateway.
    pub fn with_transport(mut self, endpoint: &str, https: &HttpsSettings) -> Vec<SettingsError> {
        self.0.extend(Transport::faults(endpoint, https));
        self.0
    }
}
