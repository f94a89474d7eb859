use std::net::SocketAddr;

use super::{AdminSettings, Environment, HttpSettings, reader::Reader};

/// The page of metrics, which has a listener of its own.
#[derive(Debug, Clone)]
pub struct MetricsSettings {
    /// `metrics.listen`. Without it there is no page of metrics.
    pub listen: Option<SocketAddr>,
    /// Whether the settings name the address. If they do not, and it is occupied, the service starts
    /// without the page.
    pub is_given: bool,
}

impl MetricsSettings {
    pub(super) fn read(
        reader: &mut Reader,
        environment: Environment,
        http: &HttpSettings,
        admin: &AdminSettings,
    ) -> Self {
        const KEY: &str = "metrics.listen";
        let allowed = "an address and port, such as 127.0.0.1:9090, or empty";
        let is_given = reader.is_given(KEY);
        let listen = reader.read(KEY, "127.0.0.1:9090", allowed, |text| match text {
            "" => Some(None),
            text => text.parse::<SocketAddr>().ok().map(Some),
        });
        let Some(address) = listen.filter(|_| is_given) else { return Self { listen, is_given } };
        let others = [("http.listen", Some(http.listen)), ("admin.listen", admin.listen)];
        for (other, _) in others.iter().filter(|(_, other)| *other == Some(address)) {
            if address.port() != 0 {
                reader.fault_in(
                    KEY,
                    format!(
                        "but {other} is the same address: the metrics have a listener of their own"
                    ),
                );
            }
        }
        let is_unspecified = address.ip().is_unspecified();
        if environment.is_production() && (is_unspecified || is_global(address)) {
            reader.warn(
                KEY,
                "so everyone who reaches this address reads how much the service is used: use an address \
                 that only the scraper reaches, such as 127.0.0.1, or close the port in the firewall",
            );
        }
        Self { listen, is_given }
    }
}

/// Whether the address is reached from the internet, if no firewall is in between.
fn is_global(address: SocketAddr) -> bool {
    match address {
        SocketAddr::V4(address) => {
            let ip = address.ip();
            !(ip.is_loopback() || ip.is_private() || ip.is_link_local())
        }
        SocketAddr::V6(address) => {
            let ip = address.ip();
            !(ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local())
        }
    }
}
