use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

use super::sender::SenderError;

/// TLS that trusts the public roots and those of `extra_root_ca`, which is PEM.
pub(super) fn config(extra_root_ca: Option<&str>) -> Result<Arc<ClientConfig>, SenderError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(pem) = extra_root_ca {
        let before = roots.len();
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            let certificate = certificate.map_err(|_| SenderError)?;
            roots.add(certificate).map_err(|_| SenderError)?;
        }
        if roots.len() == before {
            return Err(SenderError);
        }
    }
    // The provider is explicit, because other crates in the process may have installed none or two.
    let provider = rustls::crypto::ring::default_provider().into();
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has the versions of TLS that are safe")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
