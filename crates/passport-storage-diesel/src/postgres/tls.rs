use std::{path::Path, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::DatabaseError;

/// Makes a connector that verifies the certificate and the host name, against `root_certificate` if it
/// is given, else against the root certificates that browsers trust.
pub(super) fn connector(
    root_certificate: Option<&Path>,
) -> Result<MakeRustlsConnect, DatabaseError> {
    let mut roots = RootCertStore::empty();
    match root_certificate {
        Some(path) => read_roots(path, &mut roots)?,
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| DatabaseError::Failed(error.into()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn read_roots(path: &Path, roots: &mut RootCertStore) -> Result<(), DatabaseError> {
    let unreadable = |source| DatabaseError::RootCertificate { path: path.to_owned(), source };
    let certificates =
        CertificateDer::pem_file_iter(path).map_err(|error| unreadable(error.into()))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| unreadable(error.into()))?;
        roots.add(certificate).map_err(|error| unreadable(error.into()))?;
    }
    if roots.is_empty() {
        return Err(unreadable("file contains no certificate".into()));
    }
    Ok(())
}
