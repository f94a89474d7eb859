use crate::settings::{HttpsSettings, SettingsError};
use crate::transport::Transport;

/// Gathers what is wrong with settings, so that all of it is said at once.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<SettingsError>);

impl Faults {
    pub(crate) fn refuse_if(
        &mut self,
        is_unfit: bool,
        setting: &'static str,
        allowed: &'static str,
    ) {
        if is_unfit {
            self.0.push(SettingsError { setting, allowed });
        }
    }

    /// Takes note of the error, if it is one.
    pub(crate) fn refuse_unless_ok<T>(&mut self, checked: Result<T, SettingsError>) {
        self.0.extend(checked.err());
    }

    /// All of them, with what is wrong about the way to the gateway.
    pub(crate) fn with_transport(
        mut self,
        endpoint: &str,
        https: &HttpsSettings,
    ) -> Vec<SettingsError> {
        self.0.extend(Transport::faults(endpoint, https));
        self.0
    }
}

/// For whoever cannot go on with any.
pub(crate) fn first(faults: Vec<SettingsError>) -> Result<(), SettingsError> {
    faults.into_iter().next().map_or(Ok(()), Err)
}
