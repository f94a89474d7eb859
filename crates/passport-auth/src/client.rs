use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// Address of a client, as limits count it.
///
/// An IPv6 address counts by its /64, because one subscriber has a whole /64. An IPv4 address written
/// as IPv6 counts as the IPv4 address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl From<IpAddr> for ClientAddress {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self(IpAddr::V4(v4)),
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                Self(IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0)))
            }
        }
    }
}

/// A network of many clients, as wide limits count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Network {
    address: IpAddr,
    prefix: u8,
}

impl ClientAddress {
    /// The networks around the client, from narrow to wide, each with the number of clients whose
    /// quotas it may use together. One subscriber may own a whole /56 or /48, or rent an IPv4 /24.
    pub(crate) fn networks(self) -> impl Iterator<Item = (Network, u32)> {
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
    fn ipv4_counts_whole_however_it_is_written() {
        assert_eq!(shown("192.0.2.1"), "192.0.2.1");
        assert_eq!(shown("::ffff:192.0.2.1"), "192.0.2.1");
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
