use std::time::Duration;

use super::reader::Reader;

/// The record of what happened to accounts.
#[derive(Debug, Clone)]
pub struct AuditSettings {
    /// `audit.keep`: age at which entries are deleted.
    pub keep: Duration,
    /// `audit.addresses`
    pub addresses: RecordedAddress,
}

/// What entries say of the client's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordedAddress {
    /// The whole address.
    Full,
    /// The network: an IPv4 /24, an IPv6 /48.
    Prefix,
    /// Nothing.
    None,
}

impl AuditSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let allowed = "full, prefix or none";
        Self {
            keep: reader.duration("audit.keep", "184d", "30d"..="3660d"),
            addresses: reader.read("audit.addresses", "full", allowed, |text| match text {
                "full" => Some(RecordedAddress::Full),
                "prefix" => Some(RecordedAddress::Prefix),
                "none" => Some(RecordedAddress::None),
                _ => None,
            }),
        }
    }
}
