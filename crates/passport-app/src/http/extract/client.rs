use std::{
    convert::Infallible,
    future::{Ready, ready},
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use ipnet::IpNet;
use passport_auth::ClientAddress;

/// Networks of the proxies whose `X-Forwarded-For` is believed.
#[derive(Debug, Clone, Default)]
pub(crate) struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    pub(crate) fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// The right-most address that is not a trusted proxy, starting from `peer`.
    ///
    /// Each proxy appends the address of its peer, so the list is reliable from its right end up to
    /// the first untrusted address. Everything left of that may be forged, and is not read.
    fn client<'a>(
        &self,
        peer: IpAddr,
        hops_from_the_right: impl Iterator<Item = &'a [u8]>,
    ) -> IpAddr {
        let mut client = peer;
        for hop in hops_from_the_right {
            if !self.trusts(client) {
                break;
            }
            match address(hop) {
                Some(hop) => client = hop,
                None => break,
            }
        }
        client
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address.to_canonical()))
    }
}

/// The elements of `X-Forwarded-For`, right-most first. Several fields count as one list.
///
/// They are split as bytes: an unreadable element must not hide the readable ones to its right.
fn hops_from_the_right(request: &HttpRequest) -> impl Iterator<Item = &[u8]> {
    let fields: Vec<_> = request.headers().get_all("X-Forwarded-For").collect();
    fields.into_iter().rev().flat_map(|field| field.as_bytes().rsplit(|byte| *byte == b','))
}

/// The address in a list element. Some proxies add a port, and brackets around IPv6.
fn address(hop: &[u8]) -> Option<IpAddr> {
    let hop = str::from_utf8(hop).ok()?.trim();
    let bracketed = || hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let with_port = || hop.parse::<SocketAddr>().ok().map(|address| address.ip());
    hop.parse().ok().or_else(with_port).or_else(bracketed)
}

/// Address of the client, as limits count it.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct Client(pub(in crate::http) ClientAddress);

impl Client {
    pub(in crate::http) fn of(request: &HttpRequest) -> Self {
        // Only a test's request has no peer.
        let peer = request.peer_addr().map_or(Ipv4Addr::LOCALHOST.into(), |peer| peer.ip());
        let client = match request.app_data::<web::Data<TrustedProxies>>() {
            Some(proxies) => proxies.client(peer, hops_from_the_right(request)),
            None => peer,
        };
        Self(client.into())
    }
}

impl FromRequest for Client {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn client(trusted: &str, peer: &str, forwarded_for: &[u8]) -> String {
        let networks = trusted.split_whitespace().map(|network| network.parse().unwrap());
        let proxies = TrustedProxies::new(networks.collect());
        let request = TestRequest::default()
            .peer_addr(SocketAddr::new(peer.parse().unwrap(), 1_234))
            .insert_header(("X-Forwarded-For", forwarded_for))
            .app_data(web::Data::new(proxies));
        Client::of(&request.to_http_request()).0.to_string()
    }

    #[test]
    fn rl_2_no_header_is_believed_by_default() {
        assert_eq!(client("", "192.0.2.1", b"198.51.100.7"), "192.0.2.1");
        assert_eq!(client("10.0.0.0/8", "192.0.2.1", b"198.51.100.7"), "192.0.2.1");
    }

    #[test]
    fn rl_2_the_right_most_untrusted_hop_counts() {
        let trusted = "10.0.0.0/8 2001:db8::/32";
        for (peer, forwarded_for, expected) in [
            ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
            ("10.0.0.1", "1.1.1.1, 198.51.100.7", "198.51.100.7"),
            ("10.0.0.1", "1.1.1.1, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
            ("::ffff:10.0.0.1", "198.51.100.7", "198.51.100.7"),
            ("2001:db8::1", "2001:db9::7", "2001:db9::/64"),
        ] {
            assert_eq!(client(trusted, peer, forwarded_for.as_bytes()), expected);
        }
    }

    #[test]
    fn several_fields_are_one_list() {
        let proxies = TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap()]);
        let request = TestRequest::default()
            .peer_addr(SocketAddr::from(([10, 0, 0, 1], 1_234)))
            .append_header(("X-Forwarded-For", "1.1.1.1, 198.51.100.7"))
            .append_header(("X-Forwarded-For", "10.0.0.2"))
            .app_data(web::Data::new(proxies));
        assert_eq!(Client::of(&request.to_http_request()).0.to_string(), "198.51.100.7");
    }

    #[test]
    fn ports_and_brackets_are_taken_off() {
        let from = |hop: &str| client("10.0.0.0/8", "10.0.0.1", hop.as_bytes());
        assert_eq!(from("198.51.100.7:5678"), "198.51.100.7");
        assert_eq!(from("[2001:db9::7]:5678"), "2001:db9::/64");
        assert_eq!(from("[2001:db9::7]"), "2001:db9::/64");
    }

    #[test]
    fn an_element_that_is_no_address_ends_the_walk() {
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", b""), "10.0.0.1");
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", b"unknown, 10.0.0.2"), "10.0.0.2");
    }

    #[test]
    fn rl_2_forged_bytes_do_not_hide_the_hop_that_the_proxy_appended() {
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", b"\xff, 198.51.100.7"), "198.51.100.7");
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", b"198.51.100.7, \xff"), "10.0.0.1");
    }
}
