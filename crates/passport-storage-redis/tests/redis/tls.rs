use std::{error::Error, iter, sync::Arc};

use passport_storage_redis::{RedisClient, RedisOptions};
use rustls::{
    ServerConfig,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// Starts a host with a self-signed certificate; returns its port.
async fn impostor() -> u16 {
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], PrivateKeyDer::from(key))
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(acceptor.accept(stream));
        }
    });
    port
}

#[tokio::test]
async fn an_unknown_certificate_is_refused() {
    let url = format!("rediss://:hunter2@localhost:{}", impostor().await);
    let client = RedisClient::open(&url, RedisOptions::default()).unwrap();
    let error = client.ping().await.unwrap_err();
    let causes = iter::successors(Some(&error as &dyn Error), |&error| error.source());
    let chain: Vec<String> = causes.map(ToString::to_string).collect();
    let chain = chain.join(": ");
    assert!(chain.contains("UnknownIssuer"), "{chain}");
    assert!(!format!("{chain} {error:?}").contains("hunter2"), "{chain}");
}
