use std::net::IpAddr;

/// How much of a client's address events carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AuditAddresses {
    /// The whole address.
    #[default]
    Full,
    /// The network: an IPv4 address without its last octet, the first 48 bits of an IPv6 address.
    Prefix,
    /// None.
    None,
}

impl AuditAddresses {
    /// The text for events.
    pub(crate) fn shown(self, address: IpAddr) -> Option<String> {
        match self {
            Self::Full => Some(address.to_string()),
            Self::Prefix => Some(masked_address(address)),
            Self::None => None,
        }
    }
}

/// The network of an address: an IPv4 address with its last octet zero, as `192.0.2.0/24`, or the
/// first 48 bits of an IPv6 address.
pub fn masked_address(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{}/48", std::net::Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_shown_as_the_operator_chose() {
        let v4 = IpAddr::from([192, 0, 2, 77]);
        let v6: IpAddr = "2001:db8:1:2:3::4".parse().unwrap();
        assert_eq!(AuditAddresses::Full.shown(v4).as_deref(), Some("192.0.2.77"));
        assert_eq!(AuditAddresses::Prefix.shown(v4).as_deref(), Some("192.0.2.0/24"));
        assert_eq!(AuditAddresses::Prefix.shown(v6).as_deref(), Some("2001:db8:1::/48"));
        assert_eq!(AuditAddresses::None.shown(v6), None);
    }
}
