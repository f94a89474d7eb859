//! Gateways of text messages, as the service sees them.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    thread,
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer},
};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;

use crate::outcome::Outcome;

/// Secret that the service signs with.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// What takes the messages.
#[derive(Debug)]
pub(crate) enum Gateway {
    /// The inbox of development, in the process of the service.
    Inbox,
    /// A server with TLS that accepts every message.
    Accepting(Double),
    /// A server that accepts connections and never answers.
    Hanging(TcpListener),
}

/// A server of this process.
#[derive(Debug)]
pub(crate) struct Double {
    address: SocketAddr,
    folder: TempDir,
}

impl Gateway {
    pub(crate) fn accepting() -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let (tls, root) = identity()?;
        fs::write(folder.path().join("root.pem"), root)?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        // On a thread of its own, which ends with the process.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        thread::spawn(move || runtime.block_on(accept(listener, TlsAcceptor::from(tls))));
        Ok(Self::Accepting(Double { address, folder }))
    }

    pub(crate) fn hanging() -> Outcome<Self> {
        Ok(Self::Hanging(TcpListener::bind("127.0.0.1:0")?))
    }

    pub(crate) fn hangs(&self) -> bool {
        matches!(self, Self::Hanging(_))
    }

    /// Settings of the service without their common prefix.
    pub(crate) fn settings(&self) -> Vec<(String, String)> {
        let mut settings = match self {
            Self::Inbox => return Vec::new(),
            Self::Accepting(double) => {
                let root = double.folder.path().join("root.pem");
                vec![
                    url(double.address),
                    ("SMS__WEBHOOK__ROOT_CA".to_owned(), root.display().to_string()),
                ]
            }
            Self::Hanging(listener) => listener.local_addr().ok().map(url).into_iter().collect(),
        };
        settings.extend(
            [("SMS__GATEWAYS", "webhook"), ("SMS__WEBHOOK__SECRETS", SECRET)]
                .map(|(key, value)| (key.to_owned(), value.to_owned())),
        );
        settings
    }
}

fn url(address: SocketAddr) -> (String, String) {
    ("SMS__WEBHOOK__URL".to_owned(), format!("https://{address}/"))
}

async fn accept(listener: TcpListener, tls: TlsAcceptor) -> Outcome {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        let (client, _) = listener.accept().await?;
        client.set_nodelay(true)?;
        let tls = tls.clone();
        tokio::spawn(async move {
            let mut client = tls.accept(client).await?;
            answer(&mut client).await
        });
    }
}

/// Accepts each message of a connection.
async fn answer(client: &mut (impl AsyncReadExt + AsyncWriteExt + Unpin)) -> Outcome {
    const BODY: &str = r#"{"message_id":"id-of-the-double"}"#;
    let reply =
        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{BODY}", BODY.len()).into_bytes();
    let mut buffer = Vec::new();
    loop {
        while let Some(length) = request_length(&buffer) {
            buffer.drain(..length);
            client.write_all(&reply).await?;
            client.flush().await?;
        }
        if client.read_buf(&mut buffer).await? == 0 {
            return Ok(());
        }
    }
}

/// Length of the request at the start of `bytes`, once all of it is there.
fn request_length(bytes: &[u8]) -> Option<usize> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length: usize = length.and_then(|it| it.trim().parse().ok()).unwrap_or(0);
    (bytes.len() >= end + length).then_some(end + length)
}

/// TLS configuration with a new certificate, and the PEM of the root that signed it.
fn identity() -> Outcome<(Arc<ServerConfig>, String)> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let params = CertificateParams::new(["127.0.0.1".to_owned()])?;
    let certificate = params.signed_by(&key, &authority)?;
    let chain: Vec<CertificateDer<'static>> = vec![certificate.der().clone()];
    let key = PrivateKeyDer::try_from(key.serialize_der())?;
    let config =
        ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
    Ok((Arc::new(config), authority.pem()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_answered_once_it_is_whole() {
        let request = b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}";
        assert_eq!(request_length(request), Some(request.len()));
        assert_eq!(request_length(&request[..request.len() - 1]), None);
    }

    #[test]
    fn only_gateways_outside_the_process_need_settings() {
        assert!(Gateway::Inbox.settings().is_empty());
        let settings = Gateway::accepting().unwrap().settings();
        assert!(settings.iter().any(|(key, value)| key == "SMS__GATEWAYS" && value == "webhook"));
    }
}
