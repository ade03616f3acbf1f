//! TLS: the city's own certificate authority, or certificates from files.

use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use zeroize::Zeroizing;

use crate::keys::{KeysError, make_folder, read_or_make, write_secret};

/// Where the certificate comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tls {
    /// No TLS: behind a proxy that ends it, or in a test.
    Off,
    /// The city's own authority, made in the keys folder; kiosks get it at enrolment.
    Own,
    /// Files in PEM.
    Files {
        /// Certificate chain.
        cert: PathBuf,
        /// Private key.
        key: PathBuf,
    },
}

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read or written.
    #[error("keeping the city's certificate")]
    Keys(#[from] KeysError),
    /// The certificate cannot be made.
    #[error("making the city's certificate")]
    Make(#[from] rcgen::Error),
    /// The files do not hold a certificate and a key.
    #[error("reading the certificate and its key")]
    Pem(#[from] rustls::pki_types::pem::Error),
    /// The certificate cannot be used with its key.
    #[error("preparing TLS with the certificate")]
    Use(#[from] rustls::Error),
    /// A file given on the command line cannot be read.
    #[error("reading {path}")]
    Read {
        /// Where.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// A certificate to serve with.
#[derive(Clone)]
pub struct Certificate {
    /// Chain in PEM.
    pub chain: String,
    /// Private key in PEM.
    pub key: Zeroizing<String>,
    /// The authority kiosks have to trust; None when it is a public one.
    pub ca: Option<String>,
}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Certificate([redacted])")
    }
}

impl Tls {
    /// The certificate; None without TLS.
    ///
    /// # Errors
    /// [`TlsError`] when it cannot be read or made.
    pub fn certificate(&self, keys: &Path) -> Result<Option<Certificate>, TlsError> {
        match self {
            Self::Off => Ok(None),
            Self::Own => own(keys).map(Some),
            Self::Files { cert, key } => Ok(Some(Certificate {
                chain: read(cert)?,
                key: Zeroizing::new(read(key)?),
                ca: None,
            })),
        }
    }
}

fn read(path: &Path) -> Result<String, TlsError> {
    std::fs::read_to_string(path).map_err(|source| TlsError::Read {
        path: path.display().to_string(),
        source,
    })
}

/// The authority stays the same for ever, so that no kiosk is stranded; the server's certificate is made from it once.
fn own(folder: &Path) -> Result<Certificate, TlsError> {
    make_folder(folder)?;
    let ca_key = key_pair(&folder.join("tls-ca.key"))?;
    let server_key_path = folder.join("tls-server.key");
    let server_key = key_pair(&server_key_path)?;
    let ca_path = folder.join("tls-ca.pem");
    let server_path = folder.join("tls-server.pem");
    if !ca_path.exists() || !server_path.exists() {
        let authority = authority();
        write_secret(&ca_path, &authority.self_signed(&ca_key)?.pem())?;
        let issuer = Issuer::new(authority, ca_key);
        write_secret(
            &server_path,
            &server()?.signed_by(&server_key, &issuer)?.pem(),
        )?;
    }
    Ok(Certificate {
        chain: read(&server_path)?,
        key: Zeroizing::new(server_key.serialize_pem()),
        ca: Some(read(&ca_path)?),
    })
}

fn key_pair(path: &Path) -> Result<KeyPair, TlsError> {
    if !path.exists() {
        let made = KeyPair::generate()?;
        write_secret(path, &Zeroizing::new(made.serialize_pem()))?;
    }
    let text = read_or_make(path, Zeroizing::default)?;
    Ok(KeyPair::from_pem(&text)?)
}

fn authority() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
        .distinguished_name
        .push(DnType::CommonName, "City of the kiosks, own authority");
    params
}

fn server() -> Result<CertificateParams, rcgen::Error> {
    let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let mut params = CertificateParams::new(names.to_vec())?;
    params
        .distinguished_name
        .push(DnType::CommonName, "City of the kiosks");
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}
