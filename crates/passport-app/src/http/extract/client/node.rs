use std::net::{IpAddr, Ipv6Addr};

/// The address of a node as proxies write it: an address, and perhaps a port, brackets around IPv6
/// (RFC 7239 §6) and an IPv6 zone. `unknown` and obfuscated identifiers are no addresses.
pub(super) fn address(node: &[u8]) -> Option<IpAddr> {
    let node = str::from_utf8(node).ok()?.trim_matches([' ', '\t']);
    if let Some(rest) = node.strip_prefix('[') {
        let (inside, behind) = rest.split_once(']')?;
        let is_complete = behind.is_empty() || behind.strip_prefix(':').is_some_and(is_port);
        return if is_complete { without_zone(inside) } else { None };
    }
    if let Some(address) = without_zone(node) {
        return Some(address);
    }
    let (host, port) = node.split_once(':')?;
    if is_port(port) { host.parse().ok() } else { None }
}

fn without_zone(text: &str) -> Option<IpAddr> {
    match text.split_once('%') {
        Some((address, _)) => address.parse::<Ipv6Addr>().ok().map(IpAddr::from),
        None => text.parse().ok(),
    }
}

/// Whether `text` is a port or an obfuscated port.
fn is_port(text: &str) -> bool {
    match text.strip_prefix('_') {
        Some(name) => name.bytes().all(|it| it.is_ascii_alphanumeric() || b"._-".contains(&it)),
        None => !text.is_empty() && text.len() <= 5 && text.bytes().all(|it| it.is_ascii_digit()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w11_ports_brackets_and_zones_are_taken_off() {
        for (node, address) in [
            ("198.51.100.7", "198.51.100.7"),
            (" 198.51.100.7\t", "198.51.100.7"),
            ("198.51.100.7:5678", "198.51.100.7"),
            ("198.51.100.7:_hidden", "198.51.100.7"),
            ("2001:db8::7", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("[2001:db8::7]:5678", "2001:db8::7"),
            ("[2001:db8::7]:_a.b-c", "2001:db8::7"),
            ("fe80::1%eth0", "fe80::1"),
            ("[fe80::1%25eth0]:80", "fe80::1"),
            ("::ffff:198.51.100.7", "::ffff:198.51.100.7"),
        ] {
            assert_eq!(super::address(node.as_bytes()), address.parse().ok(), "{node}");
        }
    }

    #[test]
    fn w11_other_texts_are_no_addresses() {
        for node in [
            "",
            "unknown",
            "_hidden",
            "_198.51.100.7",
            "localhost",
            "198.51.100",
            "198.51.100.7:",
            "198.51.100.7:x",
            "198.51.100.7:123456",
            "198.51.100.7 1",
            "[2001:db8::7",
            "2001:db8::7]",
            "[2001:db8::7]x",
            "[2001:db8::7]:",
            "[]",
            "198.51.100.7%eth0",
            "\"198.51.100.7\"",
            "0x7f.1",
            "010.0.0.1",
        ] {
            assert_eq!(address(node.as_bytes()), None, "{node}");
        }
        assert_eq!(address(b"\xff"), None);
    }
}
