use super::error::WiringError;
use crate::settings::{MasterSecret, Secrets, Settings};

/// The secrets of the settings, or that of development.
pub(crate) fn secrets(settings: &Settings) -> Result<Secrets, WiringError> {
    match &settings.secrets {
        Some(secrets) => Ok(secrets.clone()),
        None => MasterSecret::beside_database(&settings.database.url)
            .map(Secrets::from)
            .map_err(WiringError::Secret),
    }
}
