//! `http.trusted_proxies`

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// A network, or one address. IPv4 networks inside IPv6 are IPv4 networks, as addresses of clients are.
pub(super) fn network(text: &str) -> Option<IpNet> {
    let network = text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))?;
    Some(inner(network, Ipv4Addr::UNSPECIFIED.to_ipv6_mapped()).unwrap_or(network))
}

/// The first of the networks that holds clients for certain, because no organisation has a network of
/// its size. Neighbouring networks count as one.
pub(super) fn too_wide(networks: &[IpNet]) -> Option<IpNet> {
    // NAT64 (RFC 6052).
    let nat64 = Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0);
    let networks: Vec<_> =
        networks.iter().map(|network| inner(*network, nat64).unwrap_or(*network)).collect();
    IpNet::aggregate(&networks).into_iter().find(|network| match network {
        IpNet::V4(network) => network.prefix_len() < 8,
        IpNet::V6(network) => network.prefix_len() < 16 && !is_local(network),
    })
}

/// The IPv4 network inside the first 96 bits of `outer`.
fn inner(network: IpNet, outer: Ipv6Addr) -> Option<IpNet> {
    let IpNet::V6(network) = network else { return None };
    let length = network.prefix_len().checked_sub(96)?;
    let [.., a, b, c, d] = network.addr().octets();
    let is_inside = network.addr().octets()[..12] == outer.octets()[..12];
    let inner = is_inside.then(|| Ipv4Net::new(Ipv4Addr::new(a, b, c, d), length).ok())?;
    inner.map(IpNet::V4)
}

/// Unique local (RFC 4193) and link-local addresses, which are not routed on the internet.
fn is_local(network: &Ipv6Net) -> bool {
    let holds = |text: &str| text.parse::<Ipv6Net>().is_ok_and(|local| local.contains(network));
    holds("fc00::/7") || holds("fe80::/10")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(texts: &[&str]) -> Option<String> {
        let networks: Vec<_> = texts.iter().map(|text| network(text).unwrap()).collect();
        too_wide(&networks).map(|network| network.to_string())
    }

    #[test]
    fn x9_networks_that_hold_clients_are_too_wide() {
        for text in ["0.0.0.0/0", "128.0.0.0/1", "10.0.0.0/7", "::/0", "2000::/3", "2a00::/15"] {
            assert!(wide(&[text]).is_some(), "{text}");
        }
        assert_eq!(wide(&["::ffff:0.0.0.0/96"]).as_deref(), Some("0.0.0.0/0"));
        assert_eq!(wide(&["64:ff9b::/96"]).as_deref(), Some("0.0.0.0/0"));
        assert_eq!(wide(&["10.0.0.0/8", "0.0.0.0/1", "128.0.0.0/1"]).as_deref(), Some("0.0.0.0/0"));
        let eighths: Vec<_> = (0..=255).map(|first| format!("{first}.0.0.0/8")).collect();
        let eighths: Vec<_> = eighths.iter().map(String::as_str).collect();
        assert_eq!(wide(&eighths).as_deref(), Some("0.0.0.0/0"));
    }

    #[test]
    fn networks_of_proxies_are_not_too_wide() {
        let private = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10"];
        let cloudflare = ["104.16.0.0/13", "2400:cb00::/32", "2a06:98c0::/29"];
        assert_eq!(wide(&private), None);
        assert_eq!(wide(&cloudflare), None);
        assert_eq!(wide(&["127.0.0.1", "::1"]), None);
        assert_eq!(wide(&[]), None);
    }

    #[test]
    fn ipv4_inside_ipv6_is_ipv4() {
        for (text, expected) in [
            ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
            ("::ffff:10.1.2.3", "10.1.2.3/32"),
            ("10.1.2.3", "10.1.2.3/32"),
            ("fd00::1", "fd00::1/128"),
        ] {
            assert_eq!(network(text).unwrap().to_string(), expected);
        }
        for bad in ["", "10.0.0.0/33", "next door", "010.0.0.1", "10.0.0", "[::1]", "::1%eth0"] {
            assert_eq!(network(bad), None, "{bad}");
        }
    }
}
