use std::error::Error;
use std::io;
use std::sync::Arc;

use passport_sms_client::SettingsError;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

const REFUSED: SettingsError =
    SettingsError::new("extra_root_ca", "one or more CA certificates in PEM");

/// TLS that trusts only the public roots and those in `extra_root_ca`.
pub(super) fn config(extra_root_ca: Option<&str>) -> Result<Arc<ClientConfig>, SettingsError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(pem) = extra_root_ca {
        let before = roots.len();
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            roots.add(certificate.map_err(|_| REFUSED)?).map_err(|_| REFUSED)?;
        }
        if roots.len() == before {
            return Err(REFUSED);
        }
    }
    // The provider is explicit, because other crates in the process may have installed none or two.
    let config =
        ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .map_err(|_| SettingsError::new("tls", "built with TLS 1.2 or 1.3"))?
            .with_root_certificates(roots)
            .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Whether the certificate was refused. Other failures of TLS may pass, such as the alert of an
/// overloaded server. An I/O error hides its inner error from `source`.
pub(super) fn is_certificate(error: &(dyn Error + 'static)) -> bool {
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        return matches!(
            error,
            rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented
        );
    }
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => is_certificate(inner),
        None => error.source().is_some_and(is_certificate),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_malformed_roots() {
        for pem in
            ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
        {
            assert_eq!(config(Some(pem)).err(), Some(REFUSED), "{pem}");
        }
        assert!(config(None).is_ok());
    }
}
