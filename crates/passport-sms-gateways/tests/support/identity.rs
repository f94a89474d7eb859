use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Certificate of the double.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Identity {
    Good,
    SelfSigned,
    WrongHost,
    ForeignCa,
    Expired,
}

impl Identity {
    /// The double's side of TLS, and the root that clients trust.
    pub(crate) fn make(self) -> (Arc<ServerConfig>, String) {
        let trusted = authority();
        let key = KeyPair::generate().unwrap();
        let host = if matches!(self, Self::WrongHost) { "127.0.0.2" } else { "127.0.0.1" };
        let mut params = CertificateParams::new([host.to_owned()]).unwrap();
        if matches!(self, Self::Expired) {
            params.not_before = date_time_ymd(2020, 1, 1);
            params.not_after = date_time_ymd(2021, 1, 1);
        }
        let certificate = match self {
            Self::Good | Self::WrongHost | Self::Expired => params.signed_by(&key, &trusted),
            Self::ForeignCa => params.signed_by(&key, &authority()),
            Self::SelfSigned => params.self_signed(&key),
        };
        let chain: Vec<CertificateDer<'static>> = vec![certificate.unwrap().der().clone()];
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = rustls::crypto::ring::default_provider().into();
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        (Arc::new(config), trusted.pem())
    }
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}
