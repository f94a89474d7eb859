use std::time::Duration;

use async_trait::async_trait;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::{
    Request, Uri,
    body::Bytes,
    header::{ACCEPT, CACHE_CONTROL, HeaderValue},
};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use rustls::{ClientConfig, RootCertStore, crypto::ring};

use super::{FetchError, FetchKeys, FetchedKeys, max_age};
use crate::{RulesError, rules::is_loopback};

/// Longest JWK Set in bytes.
const BODY_LIMIT: usize = 64 * 1024;

/// Fetches a JWK Set by HTTPS, and trusts the certificates that browsers trust. Redirects are not
/// followed.
#[derive(Debug, Clone)]
pub struct HttpsKeys {
    address: Uri,
    client: Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
}

impl HttpsKeys {
    /// Fetches the keys at `address`, such as `https://passport.example/.well-known/jwks.json`.
    ///
    /// # Errors
    ///
    /// If the address is not valid, or has no TLS and is not a loopback address: an answer that was
    /// changed on its way would bring keys of an attacker.
    pub fn new(address: &str) -> Result<Self, RulesError> {
        let error = || RulesError::KeysAddress(address.to_owned());
        let uri: Uri = address.parse().map_err(|_| error())?;
        let host = uri.host().ok_or_else(error)?;
        let is_safe = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => is_loopback(host),
            _ => false,
        };
        if !is_safe {
            return Err(error());
        }
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let tls = ClientConfig::builder_with_provider(ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .map_err(|_| error())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_connect_timeout(Some(Duration::from_secs(3)));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(http);
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .http1_max_buf_size(BODY_LIMIT)
            .build(connector);
        Ok(Self { address: uri, client })
    }
}

#[async_trait]
impl FetchKeys for HttpsKeys {
    async fn fetch(&self) -> Result<FetchedKeys, FetchError> {
        // Keys are asked for when they are old or one is missing, so a cache between must not answer.
        let request = Request::get(self.address.clone())
            .header(ACCEPT, "application/jwk-set+json, application/json")
            .header(CACHE_CONTROL, "no-cache")
            .body(Empty::new())
            .map_err(FetchError::new)?;
        let response = self.client.request(request).await.map_err(FetchError::new)?;
        let status = response.status();
        if status.as_u16() != 200 {
            return Err(FetchError::new(format!("{} answered {status}", self.address)));
        }
        let age = response.headers().get(CACHE_CONTROL).map(HeaderValue::to_str);
        let max_age = age.and_then(Result::ok).and_then(max_age);
        let body = Limited::new(response.into_body(), BODY_LIMIT).collect().await;
        Ok(FetchedKeys { json: body.map_err(FetchError::new)?.to_bytes().to_vec(), max_age })
    }
}
