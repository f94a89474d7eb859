use super::reader::Reader;

/// Where the service runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// On somebody's own machine: defaults that work, and an inbox in place of telephones.
    Development,
    /// For people: sample secrets, the console gateway and test answers are refused.
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
}
