use std::{
    future::{Ready, ready},
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use ipnet::IpNet;
use passport_auth::ClientAddress;

/// The proxies whose word on `X-Forwarded-For` is taken.
#[derive(Debug, Clone, Default)]
pub(crate) struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    pub(crate) fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// The right-most hop that is not one of ours.
    ///
    /// Every proxy appends who it heard from, so the list is true from its right end up to the
    /// first hop that we do not know; what stands left of it anybody may have written.
    fn client(&self, peer: IpAddr, forwarded_for: &str) -> IpAddr {
        let mut client = peer;
        for hop in forwarded_for.rsplit(',').map(str::trim) {
            if !self.0.iter().any(|network| network.contains(&client.to_canonical())) {
                break;
            }
            match address(hop) {
                Some(hop) => client = hop,
                None => break,
            }
        }
        client
    }
}

/// The address in a hop; some proxies write a port behind it, and brackets around IPv6.
fn address(hop: &str) -> Option<IpAddr> {
    let bracketed = || hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let with_port = || hop.parse::<SocketAddr>().ok().map(|address| address.ip());
    hop.parse().ok().or_else(with_port).or_else(bracketed)
}

/// Who sent the request, as limits count it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Client(pub(super) ClientAddress);

impl Client {
    pub(super) fn of(request: &HttpRequest) -> Self {
        // Without a peer there is no socket, only a test.
        let peer = request.peer_addr().map_or(Ipv4Addr::LOCALHOST.into(), |peer| peer.ip());
        let forwarded_for: Vec<&str> = request
            .headers()
            .get_all("X-Forwarded-For")
            .filter_map(|value| value.to_str().ok())
            .collect();
        let client = match request.app_data::<web::Data<TrustedProxies>>() {
            Some(proxies) => proxies.client(peer, &forwarded_for.join(",")),
            None => peer,
        };
        Self(client.into())
    }
}

impl FromRequest for Client {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &str, peer: &str, forwarded_for: &str) -> String {
        let networks = trusted.split_whitespace().map(|network| network.parse().unwrap());
        let proxies = TrustedProxies::new(networks.collect());
        proxies.client(peer.parse().unwrap(), forwarded_for).to_string()
    }

    #[test]
    fn rl_2_nobody_is_believed_by_default() {
        assert_eq!(client("", "192.0.2.1", "198.51.100.7"), "192.0.2.1");
        assert_eq!(client("10.0.0.0/8", "192.0.2.1", "198.51.100.7"), "192.0.2.1");
    }

    #[test]
    fn rl_2_the_right_most_untrusted_hop_counts() {
        let trusted = "10.0.0.0/8 2001:db8::/32";
        assert_eq!(client(trusted, "10.0.0.1", "198.51.100.7"), "198.51.100.7");
        assert_eq!(client(trusted, "10.0.0.1", "1.1.1.1, 198.51.100.7"), "198.51.100.7");
        assert_eq!(client(trusted, "10.0.0.1", "1.1.1.1, 198.51.100.7, 10.0.0.2"), "198.51.100.7");
        assert_eq!(client(trusted, "::ffff:10.0.0.1", "198.51.100.7"), "198.51.100.7");
        assert_eq!(client(trusted, "2001:db8::1", "2001:db9::7"), "2001:db9::7");
    }

    #[test]
    fn ports_and_brackets_are_taken_off() {
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", "198.51.100.7:5678"), "198.51.100.7");
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", "[2001:db9::7]:5678"), "2001:db9::7");
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", "[2001:db9::7]"), "2001:db9::7");
    }

    #[test]
    fn what_is_no_address_ends_the_walk() {
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", ""), "10.0.0.1");
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", "unknown, 10.0.0.2"), "10.0.0.2");
    }
}
