use std::sync::Arc;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, Uri};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tower_service::Service;

use crate::double::Double;

/// A plain connection of `hyper` and `rustls`, and a request that is ready.
pub(crate) struct Bare {
    sender: SendRequest<Full<Bytes>>,
    request: Request<Full<Bytes>>,
}

impl Bare {
    /// A connection for the last request that the double received.
    pub(crate) async fn open(double: &Double) -> Self {
        let bytes = double.last();
        let tcp = TcpStream::connect(&double.host).await.unwrap();
        tcp.set_nodelay(true).unwrap();
        let (ip, _port) = double.host.split_once(':').unwrap();
        let name = ServerName::try_from(ip.to_owned()).unwrap();
        let tls = TlsConnector::from(trusting(&double.root_ca));
        let stream = tls.connect(name, tcp).await.unwrap();
        let (sender, driver) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(driver);
        let mut bare = Self { sender, request: parse(&bytes) };
        bare.exchange().await;
        assert_eq!(double.last(), bytes, "it is the same request, byte by byte");
        bare
    }

    /// Sends the request and reads the answer.
    pub(crate) async fn exchange(&mut self) -> Bytes {
        let response = self.sender.send_request(self.request.clone()).await.unwrap();
        assert!(response.status().is_success());
        let answer = response.into_body().collect().await.unwrap().to_bytes();
        // Otherwise the next request could come before the end of this one.
        self.sender.ready().await.unwrap();
        answer
    }
}

/// Cost of a host that no certificate can name.
pub(crate) struct Refusal {
    connector: HttpsConnector<HttpConnector>,
    host: Uri,
}

impl Refusal {
    pub(crate) fn new() -> Self {
        let roots = RootCertStore::empty();
        let connector = (HttpConnector::new(), config(roots)).into();
        Self { connector, host: Uri::from_static("https://no..host") }
    }

    pub(crate) async fn meet(&self) {
        assert!(self.connector.clone().call(self.host.clone()).await.is_err());
    }
}

fn trusting(root_ca: &str) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(root_ca.as_bytes()).unwrap()).unwrap();
    config(roots)
}

fn config(roots: RootCertStore) -> Arc<ClientConfig> {
    let provider = rustls::crypto::ring::default_provider().into();
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
}

fn parse(bytes: &[u8]) -> Request<Full<Bytes>> {
    let (head, body) = std::str::from_utf8(bytes).unwrap().split_once("\r\n\r\n").unwrap();
    let mut lines = head.split("\r\n");
    let mut line = lines.next().unwrap().split(' ');
    let mut request = Request::builder().method(line.next().unwrap()).uri(line.next().unwrap());
    for (name, value) in lines.map(|line| line.split_once(": ").unwrap()) {
        request = request.header(name, value);
    }
    request.body(Full::from(body.to_owned())).unwrap()
}
