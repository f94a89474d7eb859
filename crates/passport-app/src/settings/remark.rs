use std::fmt;

use thiserror::Error;

/// A fault of the settings, which stops the start, or a warning, which does not.
///
/// The text names the key, its value and origin, and says what to do; the fields repeat these for
/// programs. No field shows a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Dotted key, if the remark is about one key.
    pub key: Option<String>,
    /// Value of the key, masked if it is secret.
    pub value: Option<String>,
    /// Origin of the value: an environment variable, a file, or `default`.
    pub origin: Option<String>,
    /// The remark as one sentence.
    pub text: String,
}

impl Remark {
    /// A remark about more than one key, or about a file.
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { key: None, value: None, origin: None, text: text.into() }
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The settings are invalid. The text has one line per fault.
#[derive(Debug, Clone, Error)]
pub struct SettingsError {
    /// Reasons not to start.
    pub faults: Vec<Remark>,
    /// Settings that are allowed and likely a mistake.
    pub warnings: Vec<Remark>,
}

impl SettingsError {
    /// An error before any key was read.
    pub(super) fn unreadable(fault: impl Into<String>) -> Self {
        Self { faults: vec![Remark::new(fault)], warnings: Vec::new() }
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, fault) in self.faults.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}
