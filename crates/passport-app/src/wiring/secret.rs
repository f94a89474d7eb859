use super::error::WiringError;
use crate::settings::{MasterSecret, Settings};

/// The secret of the settings, or that of development.
pub(crate) fn secret(settings: &Settings) -> Result<MasterSecret, WiringError> {
    match &settings.secret {
        Some(secret) => Ok(secret.clone()),
        None => MasterSecret::beside_database(&settings.database.url).map_err(WiringError::Secret),
    }
}
