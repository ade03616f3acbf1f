//! TLS to the city: 1.3 only, the pinned authority only, and the calendar never in the way.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};

use super::CityError;
use super::http::Identity;

/// A client configuration that trusts exactly the authority in `ca_pem`, and shows `identity` where there is one.
pub(super) fn pinned(ca_pem: &str, identity: Option<&Identity>) -> Result<ClientConfig, CityError> {
    let setup = |what: &str| CityError::Setup(what.to_owned());
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(ca_pem.as_bytes()) {
        let certificate = certificate.map_err(|_| setup("the authority is not PEM"))?;
        roots
            .add(certificate)
            .map_err(|_| setup("the authority is not a certificate"))?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let strict = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .map_err(|_| setup("the authority's file holds no certificate"))?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|error| CityError::Setup(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AtAnyDate(strict)));
    let Some(identity) = identity else {
        return Ok(config.with_no_client_auth());
    };
    let unusable = || setup("the client certificate cannot be used");
    let chain = CertificateDer::pem_slice_iter(identity.certificate_pem.as_bytes());
    let chain = chain.collect::<Result<_, _>>().map_err(|_| unusable())?;
    let key = PrivateKeyDer::from_pem_slice(identity.key_pem.as_bytes());
    let key = key.map_err(|_| unusable())?;
    config
        .with_client_auth_cert(chain, key)
        .map_err(|_| unusable())
}

/// The strict verifier, asked again for a date within the certificate's validity when only the date is wrong.
///
/// A kiosk with a dead clock battery, or a city that renews its certificate a day late, must not keep a resident's
/// application from arriving. Chain, name and signature are checked as ever.
#[derive(Debug)]
struct AtAnyDate(Arc<WebPkiServerVerifier>);

impl ServerCertVerifier for AtAnyDate {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let at = |date| {
            self.0
                .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, date)
        };
        let mut answer = at(now);
        // Each certificate of a chain may have its own dates; a chain is short.
        for _ in 0..4 {
            answer = match answer {
                Err(Error::InvalidCertificate(CertificateError::ExpiredContext {
                    not_after,
                    ..
                })) => at(not_after),
                Err(Error::InvalidCertificate(CertificateError::NotValidYetContext {
                    not_before,
                    ..
                })) => at(not_before),
                other => return other,
            };
        }
        answer
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}
