mod field;
mod forwarded;
mod node;
mod warnings;

use std::{
    convert::Infallible,
    future::{Ready, ready},
    net::{IpAddr, Ipv4Addr},
};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{HeaderMap, HeaderValue},
    web,
};
use ipnet::IpNet;
use passport_auth::ClientAddress;

use self::{field::Field, warnings::ProxyWarnings};
use crate::settings::ClientAddressHeader;

/// Networks of the proxies that are believed, and the header field in which they name the client.
#[derive(Debug, Default)]
pub(crate) struct TrustedProxies {
    networks: Vec<IpNet>,
    header: ClientAddressHeader,
    warnings: ProxyWarnings,
}

impl TrustedProxies {
    pub(crate) fn new(networks: Vec<IpNet>, header: ClientAddressHeader) -> Self {
        Self { networks, header, warnings: ProxyWarnings::default() }
    }

    /// Address of the client of `request`, which came from `peer`. No other code decides it.
    fn client(&self, peer: IpAddr, request: &HttpRequest) -> IpAddr {
        if !self.trusts(peer) {
            self.warnings.stranger(peer, request);
            return peer;
        }
        let Some(field) = self.field(request) else {
            self.warnings.without_field(peer, self.header, request);
            return peer;
        };
        if self.header == ClientAddressHeader::Auto {
            self.warnings.guessed(peer, field);
        }
        self.walk(peer, hops_from_the_right(request, field))
    }

    /// The field that names the client.
    ///
    /// Without a choice in the settings it is the first of the three that the request has. A proxy
    /// that sets `X-Forwarded-For` sets it on each request, so a client behind it cannot have another
    /// field read.
    fn field(&self, request: &HttpRequest) -> Option<Field> {
        let candidates: &[Field] = match self.header {
            ClientAddressHeader::Auto => &Field::ALL,
            ClientAddressHeader::XForwardedFor => &[Field::XForwardedFor],
            ClientAddressHeader::Forwarded => &[Field::Forwarded],
            ClientAddressHeader::XRealIp => &[Field::XRealIp],
        };
        candidates.iter().copied().find(|field| request.headers().contains_key(field.name()))
    }

    /// The right-most address that is not a trusted proxy, starting from `peer`.
    ///
    /// Each proxy appends the address of its peer, so the list is reliable from its right end up to
    /// the first untrusted address. Everything left of that may be forged, and is not read.
    fn walk(
        &self,
        peer: IpAddr,
        hops_from_the_right: impl Iterator<Item = Option<IpAddr>>,
    ) -> IpAddr {
        let mut client = peer;
        for hop in hops_from_the_right {
            if !self.trusts(client) {
                break;
            }
            match hop {
                Some(hop) => client = hop,
                None => break,
            }
        }
        client
    }

    /// Whether `address` is that of a trusted proxy.
    pub(in crate::http) fn trusts(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&address.to_canonical()))
    }
}

/// The hops that `field` lists, right-most first. Several lines of it count as one list.
///
/// They are split as bytes: an unreadable element must not hide the readable ones to its right. Empty
/// elements are ignored (RFC 9110 §5.6.1).
fn hops_from_the_right(
    request: &HttpRequest,
    field: Field,
) -> Box<dyn Iterator<Item = Option<IpAddr>> + '_> {
    let lines: Vec<_> =
        request.headers().get_all(field.name()).map(HeaderValue::as_bytes).collect();
    let lines = lines.into_iter().rev();
    let is_given = |element: &&[u8]| !element.trim_ascii().is_empty();
    match field {
        Field::XForwardedFor => {
            let elements = lines.flat_map(|line| line.rsplit(|byte| *byte == b','));
            Box::new(elements.filter(is_given).map(node::address))
        }
        Field::Forwarded => {
            let elements = lines.flat_map(forwarded::elements);
            Box::new(elements.filter(is_given).map(forwarded::address))
        }
        // One address; the line of the last proxy is the last.
        Field::XRealIp => Box::new(lines.take(1).map(node::address)),
    }
}

/// Address of the client, as limits count it.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct Client(pub(in crate::http) ClientAddress);

impl Client {
    pub(in crate::http) fn of(request: &HttpRequest) -> Self {
        Self(address(request).into())
    }
}

/// Address of the client as it was seen. Limits count it in another form, see [`Client`].
pub(super) fn address(request: &HttpRequest) -> IpAddr {
    // Only a test's request has no peer.
    let peer = request.peer_addr().map_or(Ipv4Addr::LOCALHOST.into(), |peer| peer.ip());
    match request.app_data::<web::Data<TrustedProxies>>() {
        Some(proxies) => proxies.client(peer, request),
        None => peer,
    }
}

impl FromRequest for Client {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

/// Whether `request` comes from a proxy that is believed.
pub(in crate::http) fn is_from_trusted_proxy(request: &HttpRequest) -> bool {
    let proxies = request.app_data::<web::Data<TrustedProxies>>();
    proxies.zip(request.peer_addr()).is_some_and(|(proxies, peer)| proxies.trusts(peer.ip()))
}

/// Whether a proxy has passed the request on, as far as its header fields show.
pub(in crate::http) fn is_forwarded(headers: &HeaderMap) -> bool {
    const OTHERS: [&str; 5] =
        ["via", "cf-connecting-ip", "true-client-ip", "x-client-ip", "x-cluster-client-ip"];
    headers.keys().any(|name| {
        let name = name.as_str();
        Field::ALL.iter().any(|field| field.name() == name)
            || name.starts_with("x-forwarded")
            || OTHERS.contains(&name)
    })
}

#[cfg(test)]
mod tests;
