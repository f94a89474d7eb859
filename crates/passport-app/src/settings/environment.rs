use std::fmt::Display;

use super::reader::Reader;

/// Kind of deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// A developer's machine: every setting has a working default, and messages appear in an inbox.
    Development,
    /// Real users: sample secrets, the console gateway and test answers are refused.
    Production,
}

impl Environment {
    /// `environment`
    pub(super) fn read(reader: &mut Reader) -> Self {
        reader.read("environment", "development", "development or production", |text| match text {
            "development" => Some(Self::Development),
            "production" => Some(Self::Production),
            _ => None,
        })
    }

    pub(super) fn is_production(self) -> bool {
        self == Self::Production
    }

    /// Records a fault in production, a warning in development.
    pub(super) fn refuse_in_production(self, reader: &mut Reader, key: &str, text: impl Display) {
        match self {
            Self::Production => reader.fault_in(key, text),
            Self::Development => reader.warn(key, text),
        }
    }
}
