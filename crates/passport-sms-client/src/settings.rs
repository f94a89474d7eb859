/// A setting with an unusable value. The error names the setting and the allowed values, and does
/// not repeat the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{setting} must be {allowed}")]
#[non_exhaustive]
pub struct SettingsError {
    /// Name of the setting.
    pub setting: &'static str,
    /// Allowed values.
    pub allowed: &'static str,
}

impl SettingsError {
    /// The error "`setting` must be `allowed`".
    pub const fn new(setting: &'static str, allowed: &'static str) -> Self {
        Self { setting, allowed }
    }
}
