use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    num::NonZeroUsize,
    str::FromStr,
    thread::available_parallelism,
    time::Duration,
};

use actix_web::http::Uri;
use ipnet::IpNet;

use super::{ClientAddressHeader, Environment, reader::Reader};

/// Addresses of the service and of its proxies.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// `http.listen`
    pub listen: SocketAddr,
    /// `http.public_url`; defaults to the address of `http.listen`.
    pub public_url: Option<Origin>,
    /// `http.workers`
    pub workers: usize,
    /// `http.trusted_proxies`
    pub trusted_proxies: Vec<IpNet>,
    /// `http.client_address_header`
    pub client_address_header: ClientAddressHeader,
    /// `http.keep_alive`
    pub keep_alive: Duration,
    /// `http.write_timeout`
    pub write_timeout: Duration,
    /// `http.connections_per_ip`
    pub connections_per_ip: usize,
}

impl HttpSettings {
    pub(super) fn read(reader: &mut Reader, environment: Environment) -> Self {
        let listen = reader.read(
            "http.listen",
            "127.0.0.1:8080",
            "an address and port, such as 127.0.0.1:8080",
            |text| text.parse().ok(),
        );
        let public_url = reader.read(
            "http.public_url",
            "",
            "http:// or https://, a host and optionally a port, without a path",
            |text| if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) },
        );
        let cores = available_parallelism().map_or(1, NonZeroUsize::get).to_string();
        let settings = Self {
            listen,
            public_url,
            workers: reader.number("http.workers", &cores, 1..=1024),
            trusted_proxies: reader.list(
                "http.trusted_proxies",
                "",
                "networks, such as 10.0.0.0/8, with commas between",
                |item| item.parse().ok().or_else(|| item.parse::<IpAddr>().ok().map(IpNet::from)),
            ),
            client_address_header: ClientAddressHeader::read(reader),
            keep_alive: reader.duration("http.keep_alive", "75s", "1s"..="1h"),
            write_timeout: reader.duration("http.write_timeout", "30s", "1s"..="10m"),
            connections_per_ip: reader.number("http.connections_per_ip", "256", 1..=1_000_000),
        };
        if environment.is_production() {
            settings.check_production(reader);
        }
        settings
    }

    fn check_production(&self, reader: &mut Reader) {
        match &self.public_url {
            None => reader.fault("http.public_url must be set in production"),
            Some(origin) if !origin.is_https() && !origin.is_loopback() => reader.fault(format!(
                "http.public_url is \"{origin}\", but must be https:// in production: cookies \
                 would be sent unencrypted"
            )),
            Some(_) => {}
        }
    }

    /// The origin under which browsers reach the service that listens on `bound`.
    pub(crate) fn origin(&self, bound: SocketAddr) -> Origin {
        self.public_url.clone().unwrap_or_else(|| Origin::of(bound))
    }
}

/// A scheme, a host and a port, as browsers write them in `Origin` (RFC 6454).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    scheme: &'static str,
    authority: String,
    host: String,
}

impl Origin {
    fn of(bound: SocketAddr) -> Self {
        let ip = match bound.ip() {
            ip if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            ip => ip,
        };
        let address = SocketAddr::new(ip, bound.port()).to_string();
        format!("http://{address}").parse().expect("an address makes an origin")
    }

    /// Whether the scheme is `https`.
    pub fn is_https(&self) -> bool {
        self.scheme == "https"
    }

    /// Whether the host is a loopback address or `localhost`.
    pub fn is_loopback(&self) -> bool {
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// The host without its port.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The origins with the same port and another name of this machine.
    pub(crate) fn loopback_aliases(&self) -> Vec<Self> {
        let port = self.authority.strip_prefix(self.host()).unwrap_or_default();
        ["localhost", "127.0.0.1", "[::1]"]
            .iter()
            .filter_map(|host| format!("{}://{host}{port}", self.scheme).parse().ok())
            .collect()
    }
}

impl FromStr for Origin {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uri: Uri = text.parse().map_err(|_| ())?;
        let (scheme, default_port) = match uri.scheme_str() {
            Some("http") => ("http", 80),
            Some("https") => ("https", 443),
            _ => return Err(()),
        };
        let authority = uri.authority().filter(|it| !it.as_str().contains('@')).ok_or(())?;
        if uri.path() != "/" || uri.query().is_some() {
            return Err(());
        }
        let host = authority.host().to_ascii_lowercase();
        let authority = match authority.port_u16() {
            Some(port) if port != default_port => format!("{host}:{port}"),
            _ => host.clone(),
        };
        Ok(Self { scheme, authority, host })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)
    }
}
