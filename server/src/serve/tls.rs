//! TLS. In: a certificate chain and its key in PEM. Out: what turns connections into encrypted ones.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use super::ServeError;
use crate::config::Tls;

/// Reads the files.
pub(super) fn acceptor(files: &Tls) -> Result<TlsAcceptor, ServeError> {
    let certificates = CertificateDer::pem_file_iter(&files.cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| refuse(&files.cert, &error))?;
    let key =
        PrivateKeyDer::from_pem_file(&files.key).map_err(|error| refuse(&files.key, &error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| refuse(&files.cert, &error))?
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .map_err(|error| refuse(&files.cert, &error))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn refuse(path: &Path, error: &dyn std::fmt::Display) -> ServeError {
    ServeError::Tls {
        path: path.to_owned(),
        message: error.to_string(),
    }
}
