mod origin;
mod proxies;

use std::{net::SocketAddr, num::NonZeroUsize, thread::available_parallelism, time::Duration};

use ipnet::IpNet;

pub use origin::{Origin, ParseOriginError};

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
        let public_url = reader.optional("http.public_url");
        let has_public_url = public_url.is_some();
        let cores = available_parallelism().map_or(1, NonZeroUsize::get).to_string();
        let settings = Self {
            listen,
            public_url: public_url.and_then(|text| Self::read_public_url(reader, &text)),
            workers: reader.number("http.workers", &cores, 1..=1024),
            trusted_proxies: reader.list(
                "http.trusted_proxies",
                "",
                "networks, such as 10.0.0.0/8, with commas between",
                proxies::network,
            ),
            client_address_header: ClientAddressHeader::read(reader),
            keep_alive: reader.duration("http.keep_alive", "75s", "1s"..="1h"),
            write_timeout: reader.duration("http.write_timeout", "30s", "1s"..="10m"),
            connections_per_ip: reader.number("http.connections_per_ip", "256", 1..=1_000_000),
        };
        if environment.is_production() {
            if !has_public_url {
                reader.fault("http.public_url must be set in production");
            }
            settings.check_production(reader);
        }
        if let Some(network) = proxies::too_wide(&settings.trusted_proxies) {
            environment.refuse_in_production(
                reader,
                "http.trusted_proxies",
                format!(
                    "but {network} holds addresses of clients, and each of these could choose the \
                     address that its limits count: name only the networks of your proxies"
                ),
            );
        }
        settings
    }

    fn read_public_url(reader: &mut Reader, text: &str) -> Option<Origin> {
        text.parse()
            .map_err(|error: ParseOriginError| reader.fault_in("http.public_url", error))
            .ok()
    }

    fn check_production(&self, reader: &mut Reader) {
        let is_for_others = self.public_url.as_ref().is_some_and(|origin| !origin.is_loopback());
        if is_for_others && self.trusted_proxies.is_empty() {
            reader.warn(
                "http.trusted_proxies",
                "so all clients behind a proxy have the address of the proxy and share the limits of \
                 one client: name the network of the proxy, such as 127.0.0.1/32",
            );
        }
        let unencrypted = |origin: &&Origin| !origin.is_https() && !origin.is_loopback();
        if let Some(origin) = self.public_url.as_ref().filter(unencrypted) {
            reader.fault(format!(
                "http.public_url is \"{origin}\", but must be https:// in production: cookies \
                 would be sent unencrypted"
            ));
        }
    }

    /// The origin under which browsers reach the service that listens on `bound`.
    pub(crate) fn origin(&self, bound: SocketAddr) -> Origin {
        self.public_url.clone().unwrap_or_else(|| Origin::of(bound))
    }
}
