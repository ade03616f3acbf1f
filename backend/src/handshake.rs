//! TLS connections: a client certificate that was shown is put on every request of its connection.

use std::io;
use std::pin::Pin;
use std::sync::Arc;

use axum::Extension;
use axum::middleware::AddExtension;
use axum_server::accept::Accept;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::danger::ClientCertVerifier;
use tokio::net::TcpStream;
use tower_layer::Layer as _;

use crate::mtls::Shown;
use crate::tls::{Certificate, TlsError};

/// Accepts TLS connections.
#[derive(Debug, Clone)]
pub(crate) struct Handshake(RustlsAcceptor);

impl Handshake {
    /// With the city's certificate; `asking` asks clients for theirs.
    ///
    /// # Errors
    /// [`TlsError`] when certificate or key cannot be read or do not belong together.
    pub(crate) fn new(
        certificate: &Certificate,
        asking: Option<Arc<dyn ClientCertVerifier>>,
    ) -> Result<Self, TlsError> {
        let chain = CertificateDer::pem_slice_iter(certificate.chain.as_bytes());
        let chain = chain.collect::<Result<Vec<_>, _>>()?;
        let key = PrivateKeyDer::from_pem_slice(certificate.key.as_bytes())?;
        let config = match asking {
            Some(asking) => ServerConfig::builder().with_client_cert_verifier(asking),
            None => ServerConfig::builder().with_no_client_auth(),
        };
        let mut config = config.with_single_cert(chain, key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let config = RustlsConfig::from_config(Arc::new(config));
        Ok(Self(RustlsAcceptor::new(config)))
    }
}

/// The client's chain; None when it has shown none.
type Chain = Option<Shown>;

impl<S: Send + 'static> Accept<TcpStream, S> for Handshake {
    type Stream = <RustlsAcceptor as Accept<TcpStream, S>>::Stream;
    type Service = AddExtension<S, Chain>;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let accepted = self.0.accept(stream, service);
        Box::pin(async move {
            let (stream, service) = accepted.await?;
            let (_, connection) = stream.get_ref();
            let shown = connection.peer_certificates().map(|chain| {
                let owned = chain.iter().map(|one| one.clone().into_owned());
                Shown(owned.collect())
            });
            Ok((stream, Extension(shown).layer(service)))
        })
    }
}
