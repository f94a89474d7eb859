use std::{collections::BTreeSet, fmt, net::IpAddr, str::FromStr, time::Duration};

use thiserror::Error;
use url::{Host, Url};

use crate::{EventType, WebhookSecret};

/// Receiver of webhooks.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Name.
    pub name: EndpointName,
    /// Where events are posted to.
    pub url: EndpointUrl,
    /// Secrets, at least one; more during a rotation.
    pub secrets: Vec<WebhookSecret>,
    /// Types of the events that are posted.
    pub events: BTreeSet<EventType>,
    /// Whether the receiver gets whole phone numbers.
    pub reveal_mobile: bool,
    /// Whether the address may be that of a private network, and the URL without TLS.
    pub allow_private: bool,
    /// Time limit of one try, connecting included.
    pub timeout: Duration,
    /// Most deliveries at a time.
    pub concurrency: usize,
}

/// Name of an endpoint: lower-case letters, digits and `_`, at most 32, no `__`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EndpointName(String);

impl EndpointName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A name that a store has.
    pub fn from_stored(name: String) -> Self {
        Self(name)
    }
}

impl FromStr for EndpointName {
    type Err = ParseEndpointNameError;

    fn from_str(text: &str) -> Result<Self, ParseEndpointNameError> {
        let is_allowed = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_';
        let is_name = text.starts_with(|it: char| it.is_ascii_lowercase())
            && text.len() <= 32
            && text.bytes().all(is_allowed)
            && !text.contains("__");
        is_name.then(|| Self(text.to_owned())).ok_or(ParseEndpointNameError)
    }
}

impl fmt::Display for EndpointName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a name has lower-case letters, digits and single _, at most 32, and begins with a letter")]
pub struct ParseEndpointNameError;

/// URL of an endpoint. `Debug` and `Display` show the origin only, because path and query may hold a
/// secret of the receiver.
#[derive(Clone, PartialEq, Eq)]
pub struct EndpointUrl {
    origin: String,
    pub(crate) host: String,
    /// The host, if it is an address.
    pub(crate) address: Option<IpAddr>,
    pub(crate) port: u16,
    pub(crate) is_https: bool,
    /// Value of `Host`.
    pub(crate) authority: String,
    /// Path and query.
    pub(crate) path: String,
}

/// Why a URL cannot be that of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UrlFault {
    /// It is not `https://host/path` or `http://host/path`.
    #[error("must be https://, a host and a path, without user, password and fragment")]
    Malformed,
    /// It has no TLS.
    #[error("must begin with https://")]
    NotHttps,
    /// Its host is an address of a private network, of this machine, or another one that is not public.
    #[error("must name a public host")]
    Private,
}

impl EndpointUrl {
    /// Parses a URL. One without TLS, or whose host is an address that is not public, is refused unless
    /// `allow_private` is set. A name is resolved when it is connected to.
    ///
    /// # Errors
    ///
    /// See [`UrlFault`].
    pub fn parse(text: &str, allow_private: bool) -> Result<Self, UrlFault> {
        let url = Url::parse(text).map_err(|_| UrlFault::Malformed)?;
        let is_plain = url.username().is_empty()
            && url.password().is_none()
            && url.fragment().is_none()
            && !text.contains('@');
        let is_https = match url.scheme() {
            "https" => true,
            "http" if is_plain && allow_private => false,
            "http" => return Err(UrlFault::NotHttps),
            _ => return Err(UrlFault::Malformed),
        };
        let host = url.host().filter(|_| is_plain).ok_or(UrlFault::Malformed)?;
        let port = url.port_or_known_default().ok_or(UrlFault::Malformed)?;
        let (host, address) = match host {
            Host::Domain(name) => (name.to_owned(), None),
            Host::Ipv4(address) => (address.to_string(), Some(IpAddr::V4(address))),
            Host::Ipv6(address) => (address.to_string(), Some(IpAddr::V6(address))),
        };
        let is_local = host == "localhost" || host.ends_with(".localhost");
        if !allow_private && (is_local || address.is_some_and(|it| !crate::address::is_public(it)))
        {
            return Err(UrlFault::Private);
        }
        let authority = match url.port() {
            Some(port) => format!("{}:{port}", url.host_str().unwrap_or_default()),
            None => url.host_str().unwrap_or_default().to_owned(),
        };
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let origin = format!("{}://{authority}", url.scheme());
        Ok(Self { origin, host, address, port, is_https, authority, path })
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether it has TLS.
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// Whether the host is the address of this machine.
    pub fn is_loopback(&self) -> bool {
        self.address.is_some_and(|it| it.is_loopback()) || self.host == "localhost"
    }
}

impl fmt::Display for EndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

impl fmt::Debug for EndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EndpointUrl({}/…)", self.origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_parts_of_keys_and_variables() {
        for good in ["shop", "a", "shop_2"] {
            assert_eq!(good.parse::<EndpointName>().unwrap().as_str(), good);
        }
        let long = "a".repeat(33);
        for bad in ["", "Shop", "2shop", "a__b", "a-b", "a.b", "_a", "é", &long] {
            assert_eq!(bad.parse::<EndpointName>(), Err(ParseEndpointNameError), "{bad}");
        }
    }

    #[test]
    fn urls_are_https_to_public_hosts() {
        use UrlFault::{Malformed, NotHttps, Private};
        for (text, fault) in [
            ("http://shop.example/hooks", NotHttps),
            ("shop.example/hooks", Malformed),
            ("ftp://shop.example/", Malformed),
            ("https://", Malformed),
            ("https://user:pw@shop.example/", Malformed),
            ("https://shop.example/#f", Malformed),
            ("https://127.0.0.1/", Private),
            ("https://127.1/", Private),
            ("https://2130706433/", Private),
            ("https://0x7f.1/", Private),
            ("https://0177.0.0.1/", Private),
            ("https://10.0.0.7/", Private),
            ("https://169.254.169.254/latest/meta-data", Private),
            ("https://[::1]/", Private),
            ("https://[::ffff:10.0.0.1]/", Private),
            ("https://localhost/", Private),
            ("https://app.localhost/", Private),
        ] {
            assert_eq!(EndpointUrl::parse(text, false), Err(fault), "{text}");
        }
        let url = EndpointUrl::parse("https://shop.example:8443/hooks?key=s3cret", false).unwrap();
        assert_eq!((url.origin(), &*url.path), ("https://shop.example:8443", "/hooks?key=s3cret"));
        assert_eq!((&*url.authority, url.port), ("shop.example:8443", 8443));
        assert!(!format!("{url} {url:?}").contains("s3cret"));
        let local = EndpointUrl::parse("http://[::1]:9000/a", true).unwrap();
        assert!(local.is_loopback() && !local.is_https());
        assert_eq!((&*local.authority, &*local.host), ("[::1]:9000", "::1"));
    }
}
