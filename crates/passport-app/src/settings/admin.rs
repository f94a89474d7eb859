use std::net::SocketAddr;

use super::{Environment, HttpSettings, reader::Reader};

/// The API for operators, which has a listener of its own.
#[derive(Debug, Clone)]
pub struct AdminSettings {
    /// `admin.listen`. Without it there is no API for operators.
    pub listen: Option<SocketAddr>,
}

impl AdminSettings {
    pub(super) fn read(reader: &mut Reader, environment: Environment, http: &HttpSettings) -> Self {
        let allowed = "an address and port, such as 127.0.0.1:9091, or empty";
        let listen = reader.read("admin.listen", "", allowed, |text| match text {
            "" => Some(None),
            text => text.parse::<SocketAddr>().ok().map(Some),
        });
        let behind_tls = reader.flag("admin.behind_tls", false);
        if let Some(listen) = listen {
            if listen.port() != 0 && listen == http.listen {
                reader.fault_in(
                    "admin.listen",
                    "but http.listen is the same address: the API for operators has a listener of its \
                     own, which visitors cannot reach",
                );
            }
            if !listen.ip().is_loopback() && !behind_tls {
                environment.refuse_in_production(
                    reader,
                    "admin.listen",
                    "but other machines can reach this address, and tokens would be sent unencrypted: \
                     use 127.0.0.1, or set admin.behind_tls to true if a proxy or a tunnel encrypts every \
                     connection to it",
                );
            }
        }
        Self { listen }
    }
}
