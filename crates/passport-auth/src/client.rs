use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// Address of a client, as limits count it.
///
/// An IPv6 address counts by its /64, because one subscriber has a whole /64. An IPv4 address that is
/// mapped or translated to IPv6 counts as the IPv4 address: the /64 of a translator has all of its
/// clients, and one 6to4 host has 65,536 networks of /64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl From<IpAddr> for ClientAddress {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self(IpAddr::V4(v4)),
            IpAddr::V6(v6) => Self(translated(v6).map_or_else(|| network(v6), IpAddr::V4)),
        }
    }
}

impl ClientAddress {
    /// An address of the client: the whole IPv4 address, or the first of the /64.
    pub(crate) fn address(self) -> IpAddr {
        self.0
    }
}

/// The /64 of an address.
fn network(address: Ipv6Addr) -> IpAddr {
    let [a, b, c, d, ..] = address.segments();
    IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
}

/// The IPv4 address of a client whose IPv6 address was made from it.
fn translated(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let bits = match address.segments() {
        // NAT64 (RFC 6052) and 6to4 (RFC 3056).
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => [high, low],
        // Teredo (RFC 4380), which inverts the bits.
        [0x2001, 0, .., high, low] => [!high, !low],
        _ => return None,
    };
    let [high, low] = bits.map(u32::from);
    Some(Ipv4Addr::from_bits((high << 16) | low))
}

/// A network of many clients, as wide limits count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl ClientAddress {
    /// The networks around the client, from narrow to wide, each with the number of clients whose
    /// quotas it may use together. One subscriber may own a whole /56 or /48, or rent an IPv4 /24.
    pub fn networks(self) -> impl Iterator<Item = (Network, u32)> {
        let wide: &[(u8, u32)] = match self.0 {
            IpAddr::V4(_) => &[(24, 16)],
            IpAddr::V6(_) => &[(56, 4), (48, 16)],
        };
        wide.iter().map(move |&(prefix, clients)| (Network::around(self.0, prefix), clients))
    }
}

impl Network {
    fn around(address: IpAddr, prefix: u8) -> Self {
        let address = match address {
            IpAddr::V4(v4) => {
                let mask = u32::MAX.checked_shl(u32::from(32 - prefix.min(32))).unwrap_or(0);
                IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & mask))
            }
            IpAddr::V6(v6) => {
                let mask = u128::MAX.checked_shl(u32::from(128 - prefix.min(128))).unwrap_or(0);
                IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & mask))
            }
        };
        Self { address, prefix }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(v4) => v4.fmt(f),
            IpAddr::V6(v6) => write!(f, "{v6}/64"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(address: &str) -> String {
        ClientAddress::from(address.parse::<IpAddr>().unwrap()).to_string()
    }

    #[test]
    fn rl_2_ipv6_counts_by_64() {
        assert_eq!(shown("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(shown("2001:db8:1:2::1"), shown("2001:db8:1:2:ffff::"));
        assert_ne!(shown("2001:db8:1:2::1"), shown("2001:db8:1:3::1"));
    }

    #[test]
    fn x7_ipv4_counts_whole_however_it_is_written() {
        for address in [
            "192.0.2.1",
            "::ffff:192.0.2.1",
            "::ffff:c000:201",
            "64:ff9b::192.0.2.1",
            "64:ff9b::c000:201",
            "2002:c000:201::1",
            "2002:c000:201:ffff:1:2:3:4",
            // Server 203.0.113.1, port 40000, client 192.0.2.1.
            "2001:0:cb00:7101:8000:63bf:3fff:fdfe",
        ] {
            assert_eq!(shown(address), "192.0.2.1", "{address}");
        }
    }

    #[test]
    fn x7_other_prefixes_hold_no_ipv4_address() {
        for (address, client) in [
            ("64:ff9b:1::192.0.2.1", "64:ff9b:1::/64"),
            ("64:ff9b:0:1::192.0.2.1", "64:ff9b:0:1::/64"),
            ("2001:1::192.0.2.1", "2001:1::/64"),
            ("2003:c000:201::1", "2003:c000:201::/64"),
            ("::1", "::/64"),
        ] {
            assert_eq!(shown(address), client);
        }
    }

    #[test]
    fn x8_a_client_counts_for_the_networks_around_it() {
        let networks = |address: &str| -> Vec<_> {
            let client = ClientAddress::from(address.parse::<IpAddr>().unwrap());
            client.networks().map(|(network, clients)| (network.to_string(), clients)).collect()
        };
        let named = |all: &[(&str, u32)]| -> Vec<_> {
            all.iter().map(|&(network, clients)| (network.to_owned(), clients)).collect()
        };
        assert_eq!(networks("192.0.2.77"), named(&[("192.0.2.0/24", 16)]));
        assert_eq!(networks("::ffff:192.0.2.77"), named(&[("192.0.2.0/24", 16)]));
        let v6 = named(&[("2001:db8:1:200::/56", 4), ("2001:db8:1::/48", 16)]);
        assert_eq!(networks("2001:db8:1:2ff::1"), v6);
    }
}
