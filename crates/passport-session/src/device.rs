/// The device of a session, as its owner sees it in a list.
///
/// The texts are from closed tables, never the user agent that a client sent, so that a list cannot be
/// made to show foreign text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Device {
    browser: String,
    system: String,
    kind: DeviceKind,
}

/// Kind of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DeviceKind {
    /// Not known.
    #[default]
    Unknown,
    /// A phone.
    Phone,
    /// A tablet.
    Tablet,
    /// A computer.
    Computer,
    /// An application instead of a browser.
    App,
}

impl Device {
    /// Most characters of each name.
    pub const MAX_LENGTH: usize = 40;

    /// A device with the names of its browser and operating system, empty if not known. Longer names
    /// are cut to [`MAX_LENGTH`](Self::MAX_LENGTH).
    pub fn new(browser: &str, system: &str, kind: DeviceKind) -> Self {
        let cut = |name: &str| name.chars().take(Self::MAX_LENGTH).collect();
        Self { browser: cut(browser), system: cut(system), kind }
    }

    /// Name of the browser, empty if not known.
    pub fn browser(&self) -> &str {
        &self.browser
    }

    /// Name of the operating system, empty if not known.
    pub fn system(&self) -> &str {
        &self.system
    }

    /// Kind of the device.
    pub fn kind(&self) -> DeviceKind {
        self.kind
    }
}

impl DeviceKind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Unknown, Self::Phone, Self::Tablet, Self::Computer, Self::App];

    /// Name of the kind.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Phone => "phone",
            Self::Tablet => "tablet",
            Self::Computer => "computer",
            Self::App => "app",
        }
    }

    /// The number to store.
    pub const fn number(self) -> u8 {
        match self {
            Self::Unknown => 0,
            Self::Phone => 1,
            Self::Tablet => 2,
            Self::Computer => 3,
            Self::App => 4,
        }
    }

    /// The kind that is stored as `number`; unknown numbers are of newer versions.
    pub fn from_number(number: u8) -> Self {
        Self::ALL.into_iter().find(|kind| kind.number() == number).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut() {
        let device = Device::new(&"浏".repeat(100), "Android", DeviceKind::Phone);
        assert_eq!(device.browser().chars().count(), 40);
        assert_eq!(device.system(), "Android");
    }

    #[test]
    fn kinds_are_stored_as_numbers() {
        for kind in DeviceKind::ALL {
            assert_eq!(DeviceKind::from_number(kind.number()), kind);
        }
        assert_eq!(DeviceKind::from_number(200), DeviceKind::Unknown);
    }
}
