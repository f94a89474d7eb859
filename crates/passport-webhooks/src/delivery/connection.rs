//! Connections to addresses that were checked.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::TlsConnector;

use super::sender::Unsent;
use crate::{EndpointUrl, address::is_public};

/// Longest time to connect to one address, so that a dead one leaves time for the next.
const CONNECT: Duration = Duration::from_secs(5);

pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Connects to the host of `url`, with TLS if the URL has it. Unless `allow_private` is set, only to
/// public addresses: the connection goes to the address that was looked at, so a name that resolves
/// differently a moment later leads nowhere else.
pub(super) async fn connect(
    url: &EndpointUrl,
    allow_private: bool,
    tls: &Arc<ClientConfig>,
) -> Result<Box<dyn Stream>, Unsent> {
    let stream = connect_tcp(&addresses(url, allow_private).await?).await?;
    if !url.is_https {
        return Ok(Box::new(stream));
    }
    let name = match url.address {
        Some(address) => ServerName::IpAddress(address.into()),
        None => ServerName::try_from(url.host.clone())
            .map_err(|_| Unsent::new("the host is not a name that certificates have"))?,
    };
    let stream = TlsConnector::from(Arc::clone(tls)).connect(name, stream).await;
    // The error says what is wrong with the certificate, if that is the reason.
    Ok(Box::new(stream.map_err(|error| Unsent::because("TLS failed", &error))?))
}

/// Addresses that may be connected to.
async fn addresses(url: &EndpointUrl, allow_private: bool) -> Result<Vec<SocketAddr>, Unsent> {
    let all: Vec<SocketAddr> = match url.address {
        Some(address) => vec![SocketAddr::new(address, url.port)],
        None => lookup_host((url.host.as_str(), url.port))
            .await
            .map_err(|error| Unsent::because("the host was not found", &error))?
            .collect(),
    };
    let allowed: Vec<_> =
        all.iter().copied().filter(|it| allow_private || is_public(it.ip())).collect();
    match (allowed.is_empty(), all.is_empty()) {
        (false, _) => Ok(allowed),
        (true, false) => Err(Unsent::new(
            "the host has no public address, and allow_private is not set for the endpoint",
        )),
        (true, true) => Err(Unsent::new("the host has no address")),
    }
}

async fn connect_tcp(addresses: &[SocketAddr]) -> Result<TcpStream, Unsent> {
    let mut last = Unsent::new("the host has no address");
    for address in addresses {
        match timeout(CONNECT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // Without effect on the result: small requests are then sent a moment later.
                _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Ok(Err(error)) => last = Unsent::because("no connection", &error),
            Err(_) => last = Unsent::new("no connection: timed out"),
        }
    }
    Err(last)
}
