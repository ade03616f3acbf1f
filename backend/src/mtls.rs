//! Client certificates of kiosks: the authority that gives them, and what one that was shown is worth.
//!
//! A connection may show any certificate, or none: TLS proves only that its owner has its key. What it is worth is found
//! out for each request, so that every refusal has its own words, one that ends while its connection stays ends all the
//! same, and a kiosk with a useless one still hands over its packets and gets another.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData, SanType, SerialNumber, SignatureAlgorithm, date_time_ymd,
};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::client::verify_server_name;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ParsedCertificate, WebPkiClientVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, RootCertStore, SignatureScheme,
};
use zeroize::Zeroizing;

use city_api::auth::MAX_SKEW;
use city_api::keys::SoftwareKey;

use crate::clock::after;
use crate::secret::MasterKey;

/// What a city asks of kiosks beside their signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mtls {
    /// No client certificates: none are given, none are looked at.
    Off,
    /// Given to whoever asks; one that is shown must hold, and a kiosk without one goes on by its signature.
    #[default]
    Offered,
    /// A kiosk without one only hands over packets and gets one.
    Required,
}

/// Days a client certificate is valid, where nothing else is asked for.
pub const CERTIFICATE_DAYS: u16 = 90;

/// So many days.
pub(crate) const fn days(days: u16) -> Duration {
    Duration::from_secs(24 * 60 * 60 * days as u64)
}

/// Why there are no client certificates.
#[derive(Debug, thiserror::Error)]
pub enum MtlsError {
    /// Required where this program does not speak TLS.
    #[error("client certificates cannot be required without TLS of the city's own")]
    NoTls,
    /// The authority or a certificate cannot be made.
    #[error("making a client certificate")]
    Make(#[from] rcgen::Error),
    /// The authority cannot be used.
    #[error("preparing the authority of client certificates")]
    Verifier(#[from] rustls::server::VerifierBuilderError),
    /// The authority is no authority.
    #[error("preparing TLS with client certificates")]
    Tls(#[from] rustls::Error),
}

/// What is wrong with the certificate of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Flaw {
    /// None was shown.
    #[error("this city requires a client certificate, and none was shown")]
    Missing,
    /// Its time is over.
    #[error("the client certificate has expired: get another")]
    Expired,
    /// Its time has not come.
    #[error("the client certificate is not valid yet")]
    Early,
    /// Another authority signed it.
    #[error("the client certificate is not of this city's authority")]
    Foreign,
    /// Another kiosk's.
    #[error("the client certificate is another kiosk's")]
    OtherKiosk,
    /// No client certificate at all.
    #[error("the client certificate cannot be used")]
    Unusable,
}

/// The chain that the client of a connection has shown: on every request of it.
#[derive(Debug, Clone)]
pub(crate) struct Shown(pub(crate) Arc<[CertificateDer<'static>]>);

/// A certificate just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Issued {
    /// In PEM.
    pub(crate) pem: String,
    /// Its serial number, 32 hexadecimal digits.
    pub(crate) serial: String,
    /// When another is to be asked for: at half its life.
    pub(crate) renew: Timestamp,
    /// When it ends.
    pub(crate) ends: Timestamp,
}

/// The authority of a city's client certificates. Its key is made from the master key, so that all nodes of a city have
/// the same one and a backup of the keys has it too.
pub(crate) struct ClientAuthority {
    issuer: Issuer<'static, KeyPair>,
    verifier: Arc<dyn ClientCertVerifier>,
    required: bool,
    life: Duration,
}

impl std::fmt::Debug for ClientAuthority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientAuthority")
            .field("required", &self.required)
            .field("life", &self.life)
            .finish_non_exhaustive()
    }
}

impl ClientAuthority {
    /// The authority of the city with this master key; certificates of it are valid for so long.
    ///
    /// # Errors
    /// [`MtlsError`] when TLS or its certificates cannot be made with it.
    pub(crate) fn new(
        master: &MasterKey,
        required: bool,
        life: Duration,
    ) -> Result<Self, MtlsError> {
        let seed = Zeroizing::new(master.client_authority());
        let pkcs8 = SoftwareKey::from_seed(&seed).pkcs8_der();
        let der = PrivatePkcs8KeyDer::from(pkcs8.as_slice());
        let key = KeyPair::from_pkcs8_der_and_sign_algo(&der, &rcgen::PKCS_ED25519)?;
        let params = authority();
        let certificate = params.self_signed(&key)?;
        let mut roots = RootCertStore::empty();
        roots.add(certificate.der().clone())?;
        let provider: CryptoProvider = rustls::crypto::ring::default_provider();
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::new(provider))
                .allow_unauthenticated()
                .build()?;
        Ok(Self {
            issuer: Issuer::new(params, key),
            verifier,
            required,
            life,
        })
    }

    /// A certificate for a kiosk that has the other half of this Ed25519 key. It begins some minutes ago: another node's
    /// clock may be behind.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(crate) fn issue(
        &self,
        kiosk: &str,
        key: [u8; 32],
        now: Timestamp,
    ) -> Result<Issued, MtlsError> {
        let life = i64::try_from(self.life.as_secs()).unwrap_or(i64::MAX);
        let ends = after(now, life);
        let mut params = CertificateParams::default();
        // The type of these times is of a crate that has no other use here.
        let epoch = date_time_ymd(1970, 1, 1);
        params.not_before = epoch + since_epoch(after(now, -MAX_SKEW.as_secs()));
        params.not_after = epoch + since_epoch(ends);
        let mut serial = rand::random::<[u8; 16]>();
        // Without a leading zero, and not below zero: every tool writes the same digits.
        serial[0] = (serial[0] & 0x7f) | 0x40;
        params.serial_number = Some(SerialNumber::from_slice(&serial));
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, kiosk);
        params.subject_alt_names = vec![SanType::DnsName(name(kiosk).try_into()?)];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params.use_authority_key_identifier_extension = true;
        let made = params.signed_by(&TlsKey(key), &self.issuer)?;
        Ok(Issued {
            pem: made.pem(),
            serial: hex::encode(serial),
            renew: after(now, life / 2),
            ends,
        })
    }

    /// Whether what a connection has shown is good for a request that this kiosk signed.
    ///
    /// # Errors
    /// [`Flaw`] says what is wrong.
    pub(crate) fn check(
        &self,
        shown: Option<&Shown>,
        kiosk: &str,
        now: Timestamp,
    ) -> Result<(), Flaw> {
        let Some((first, others)) = shown.and_then(|shown| shown.0.split_first()) else {
            return if self.required {
                Err(Flaw::Missing)
            } else {
                Ok(())
            };
        };
        let mut verified = self.verify(first, others, now);
        if verified == Err(Flaw::Expired) {
            verified = self.verify(first, others, after(now, -MAX_SKEW.as_secs()));
        }
        verified?;
        let parsed = ParsedCertificate::try_from(first).map_err(|_| Flaw::Unusable)?;
        let name = ServerName::try_from(name(kiosk)).map_err(|_| Flaw::OtherKiosk)?;
        verify_server_name(&parsed, &name).map_err(|_| Flaw::OtherKiosk)
    }

    fn verify(
        &self,
        first: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        now: Timestamp,
    ) -> Result<(), Flaw> {
        let now = UnixTime::since_unix_epoch(since_epoch(now));
        match self.verifier.verify_client_cert(first, others, now) {
            Ok(_) => Ok(()),
            Err(rustls::Error::InvalidCertificate(error)) => Err(match error {
                CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                    Flaw::Expired
                }
                CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                    Flaw::Early
                }
                CertificateError::UnknownIssuer | CertificateError::BadSignature => Flaw::Foreign,
                _ => Flaw::Unusable,
            }),
            Err(_) => Err(Flaw::Unusable),
        }
    }

    /// What asks for certificates while a connection is made.
    pub(crate) fn asking(&self) -> Arc<dyn ClientCertVerifier> {
        Arc::new(Asking(Arc::clone(&self.verifier)))
    }
}

/// Asks for a certificate, takes any whose owner has its key, and leaves to each request what it is worth.
#[derive(Debug)]
struct Asking(Arc<dyn ClientCertVerifier>);

impl ClientCertVerifier for Asking {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.0.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        // Nothing is believed of it yet: see [`ClientAuthority::check`].
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

/// An Ed25519 public key that is not ours.
struct TlsKey([u8; 32]);

impl PublicKeyData for TlsKey {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &rcgen::PKCS_ED25519
    }
}

/// A kiosk as a certificate names it: `invalid` is nobody's domain (RFC 2606).
fn name(kiosk: &str) -> String {
    format!("{}.kiosk.invalid", kiosk.to_ascii_lowercase())
}

fn authority() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(
        DnType::CommonName,
        "City of the kiosks, client certificates",
    );
    params
}

/// As certificates count it: whole seconds.
fn since_epoch(at: Timestamp) -> Duration {
    Duration::from_secs(u64::try_from(at.as_second()).unwrap_or_default())
}
