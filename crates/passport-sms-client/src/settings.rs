/// A setting that cannot be used. It names the setting and what is allowed, and repeats no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{setting} must be {allowed}")]
#[non_exhaustive]
pub struct SettingsError {
    /// Name of the setting.
    pub setting: &'static str,
    /// Values that it may have.
    pub allowed: &'static str,
}

impl SettingsError {
    /// An error that says that `setting` must be `allowed`.
    pub const fn new(setting: &'static str, allowed: &'static str) -> Self {
        Self { setting, allowed }
    }
}
