//! Requests that the service and its commands send to programs of the operator: a collector of traces, and
//! a running service. Gateways have a transport of their own, which knows whether a byte was sent.

use std::{error::Error, sync::Arc, time::Duration};

use http_body_util::{BodyExt, Full, Limited};
use hyper::{Request, Response, body::Bytes};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use rustls::{ClientConfig, RootCertStore};
use tokio::time::timeout;

/// Largest answer that is read.
const LARGEST: usize = 64 * 1024;

/// HTTP client without redirects. Clones share connections.
#[derive(Debug, Clone)]
pub(crate) struct Outbound(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

impl Outbound {
    /// Trusts the public roots. Nothing is connected yet.
    ///
    /// # Errors
    ///
    /// If TLS is not available.
    pub(crate) fn new() -> Result<Self, rustls::Error> {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        // The provider is explicit, because other crates in the process may have installed none or two.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(http);
        Ok(Self(Client::builder(TokioExecutor::new()).build(connector)))
    }

    /// Sends `request` and reads the whole answer, both within `limit`.
    ///
    /// # Errors
    ///
    /// If there is no answer, or it is too large.
    pub(crate) async fn send(
        &self,
        request: Request<Bytes>,
        limit: Duration,
    ) -> Result<Response<Bytes>, Box<dyn Error + Send + Sync>> {
        let exchange = async {
            let answer = self.0.request(request.map(Full::new)).await?;
            let (head, body) = answer.into_parts();
            let body = Limited::new(body, LARGEST).collect().await?.to_bytes();
            Ok(Response::from_parts(head, body))
        };
        match timeout(limit, exchange).await {
            Ok(outcome) => outcome,
            Err(_) => Err(format!("no answer within {} s", limit.as_secs_f32()).into()),
        }
    }
}
