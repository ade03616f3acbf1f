//! Enrolment of a kiosk: a one-time code against a number, a station and the city's keys.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{BadField, Request, hex, text};

/// `POST /v1/enrolments`: the technician typed the one-time code at the kiosk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EnrolmentRequest {
    /// The code as printed by `city-backend enrol-code`; hyphens and case do not matter.
    #[schema(min_length = 1, max_length = 32)]
    pub code: String,
    /// Ed25519 public key of the kiosk, 64 hexadecimal digits.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub public_key: String,
    /// Number of the security module in the id-card reader; it is pinned from now on. At most 64 characters.
    #[schema(min_length = 1, max_length = 64)]
    pub sam_id: String,
}

impl Request for EnrolmentRequest {
    fn check(&self) -> Result<(), BadField> {
        text("code", &self.code, 32)?;
        hex("publicKey", &self.public_key, 64)?;
        text("samId", &self.sam_id, 64)
    }
}

/// What the kiosk is from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EnrolmentAnswer {
    /// Three characters of the receipt-number alphabet: the kiosk's name in receipt numbers and packets.
    pub kiosk: String,
    /// Id of the station, as in the catalogue.
    pub station: String,
    /// Keys to seal to and to check the city's signatures with.
    pub city_keys: CityKeysAnswer,
    /// Certificate authority of the city's TLS; None when a public one signs it.
    pub ca_pem: Option<String>,
}

/// Public keys of the city.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CityKeysAnswer {
    /// age recipient (`age1…`) of the current sealing key.
    pub sealing_current: String,
    /// age recipient of the next sealing key; None before one was made.
    pub sealing_next: Option<String>,
    /// Ed25519 key of acknowledgements and bundles, 64 hexadecimal digits.
    pub signing: String,
}

/// `POST /v1/certificates`: an enrolled kiosk wants a client certificate, the first or another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CertificateRequest {
    /// Ed25519 public key of the kiosk's TLS, 64 hexadecimal digits: not the one that signs its requests.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub tls_key: String,
}

impl Request for CertificateRequest {
    fn check(&self) -> Result<(), BadField> {
        hex("tlsKey", &self.tls_key, 64)
    }
}

/// A client certificate. The one before it stays valid to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CertificateAnswer {
    /// The certificate in PEM; its subject is the kiosk.
    pub certificate_pem: String,
    /// When to ask for another: at half its life.
    #[schema(value_type = String, format = DateTime)]
    pub renew_after: Timestamp,
    /// When it ends.
    #[schema(value_type = String, format = DateTime)]
    pub ends: Timestamp,
}

/// `GET /v1/kiosks`: every kiosk that is or was enrolled (role `system` or `security`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KiosksAnswer {
    /// By id, at most 1000 after the one asked from.
    pub kiosks: Vec<EnrolledKiosk>,
}

/// A kiosk as who answers for it sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EnrolledKiosk {
    /// Its three characters.
    pub id: String,
    /// Station it stands at.
    pub station: String,
    /// When it was enrolled.
    #[schema(value_type = String, format = DateTime)]
    pub enrolled: Timestamp,
    /// When it last said how it is; None before the first time.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub heard: Option<Timestamp>,
    /// The newest client certificate; None when none was given since this is kept.
    pub certificate: Option<CertificateView>,
    /// The end of its enrolment; None while it holds.
    pub revocation: Option<Revocation>,
}

/// A client certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CertificateView {
    /// Serial number, 32 hexadecimal digits.
    pub serial: String,
    /// Valid until then, while the enrolment holds.
    #[schema(value_type = String, format = DateTime)]
    pub ends: Timestamp,
}

/// How an enrolment ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Revocation {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Account that did it; `console` for the city's command line, None where it was not kept.
    pub by: Option<String>,
    /// Why; None where it was not kept.
    pub why: Option<String>,
}

/// `POST /v1/kiosks/{id}/revoke`: the enrolment ends (role `security`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevocationRequest {
    /// Why, 1 to 500 characters; no personal data.
    #[schema(min_length = 1, max_length = 500)]
    pub why: String,
}

impl Request for RevocationRequest {
    fn check(&self) -> Result<(), BadField> {
        text("why", &self.why, 500)
    }
}
