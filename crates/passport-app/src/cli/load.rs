use std::path::Path;

use crate::{
    settings::{Settings, SettingsError},
    wiring::URL_CHECKS,
};

/// The settings of `file` (or `passport.toml`, if it exists) and of the environment.
pub(super) fn load(file: Option<&Path>) -> Result<Settings, SettingsError> {
    Settings::load(file, &URL_CHECKS)
}
