//! Keys of kiosks and of the city: who signs, to whom is sealed.
//!
//! Every signature is Ed25519 over `DOMAIN 00 SHA-256(document)`: a signature made for one purpose is worthless
//! for every other, and a device key (a TPM one day) signs 60 bytes however long the document is.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signer as _;
use serde::{Deserialize, Serialize};

use crate::digest::Sha256;
use crate::requests::enrolment::CityKeysAnswer;

mod sealing;

pub use sealing::{NotASealingKey, SealingIdentity, SealingPublic};

/// What a signature is for; part of the signed message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    /// Header of a packet, by a kiosk.
    Packet,
    /// Acknowledgement of a packet, by the city.
    Acknowledgement,
    /// Catalogue bundle, by the city.
    Bundle,
    /// HTTP request, by a kiosk.
    Request,
}

impl Domain {
    /// The exact message that is signed for `document`: label, a zero byte, SHA-256 of the document.
    #[must_use]
    pub fn message(self, document: &[u8]) -> Vec<u8> {
        let mut message = self.label().as_bytes().to_vec();
        message.push(0);
        message.extend_from_slice(Sha256::of(document).as_bytes());
        message
    }

    fn label(self) -> &'static str {
        match self {
            Self::Packet => "city-kiosk packet v1",
            Self::Acknowledgement => "city-kiosk acknowledgement v1",
            Self::Bundle => "city-kiosk bundle v1",
            Self::Request => "city-kiosk request v1",
        }
    }
}

/// An Ed25519 signing key wherever it lives: in memory now, in a TPM or an HSM later.
pub trait DeviceKey: Send + Sync {
    /// Signs `document` for `domain`.
    ///
    /// # Errors
    /// [`KeyError`] when the device that holds the key does not sign. [`SoftwareKey`] never fails.
    fn sign(&self, domain: Domain, document: &[u8]) -> Result<Signature, KeyError>;

    /// The public half.
    fn public(&self) -> SigningPublic;
}

/// The device that holds the key does not sign.
#[derive(Debug, thiserror::Error)]
#[error("signing with the device key")]
pub struct KeyError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// An Ed25519 key in memory; it zeroes itself.
pub struct SoftwareKey(ed25519_dalek::SigningKey);

impl SoftwareKey {
    /// The key of 32 secret random bytes.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// The 32 secret bytes, for the key file; they zero themselves.
    #[must_use]
    pub fn seed(&self) -> zeroize::Zeroizing<[u8; 32]> {
        zeroize::Zeroizing::new(self.0.to_bytes())
    }

    /// The private key in PKCS #8, DER, as TLS takes it; the bytes zero themselves.
    ///
    /// Source: RFC 8410, section 7.
    #[must_use]
    pub fn pkcs8_der(&self) -> zeroize::Zeroizing<Vec<u8>> {
        let seed = self.seed();
        zeroize::Zeroizing::new([PKCS8_ED25519.as_slice(), seed.as_slice()].concat())
    }
}

/// Head of an Ed25519 private key in PKCS #8, before its seed.
const PKCS8_ED25519: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

impl DeviceKey for SoftwareKey {
    fn sign(&self, domain: Domain, document: &[u8]) -> Result<Signature, KeyError> {
        Ok(Signature(self.0.sign(&domain.message(document)).to_bytes()))
    }

    fn public(&self) -> SigningPublic {
        SigningPublic(self.0.verifying_key().to_bytes())
    }
}

impl fmt::Debug for SoftwareKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SoftwareKey([redacted], public {})", self.public())
    }
}

/// Public half of a signing key; 64 hexadecimal digits in JSON.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SigningPublic([u8; 32]);

impl SigningPublic {
    /// The key of these 32 bytes.
    ///
    /// # Errors
    /// [`NotASigningKey`] when they are no point of the curve, or a weak one.
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self, NotASigningKey> {
        let point = ed25519_dalek::VerifyingKey::from_bytes(&bytes).map_err(|_| NotASigningKey)?;
        if point.is_weak() {
            return Err(NotASigningKey);
        }
        Ok(Self(bytes))
    }

    /// Checks a signature over `document` made for `domain`, by the strict rules (no weak keys, no second form).
    ///
    /// # Errors
    /// [`Forged`] when the signature was not made by this key over exactly these bytes for this domain.
    pub fn verify(
        &self,
        domain: Domain,
        document: &[u8],
        signature: &Signature,
    ) -> Result<(), Forged> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(&self.0).map_err(|_| Forged)?;
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        key.verify_strict(&domain.message(document), &signature)
            .map_err(|_| Forged)
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// A signature is not by the key it should be by, or the document was altered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("checking a signature: it is not this key's over these bytes")]
pub struct Forged;

/// The text is not a public signing key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("reading a public signing key: 64 hexadecimal digits of an Ed25519 point are expected")]
pub struct NotASigningKey;

impl FromStr for SigningPublic {
    type Err = NotASigningKey;

    fn from_str(text: &str) -> Result<Self, NotASigningKey> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| NotASigningKey)?;
        Self::from_bytes(bytes)
    }
}

impl TryFrom<String> for SigningPublic {
    type Error = NotASigningKey;

    fn try_from(text: String) -> Result<Self, NotASigningKey> {
        text.parse()
    }
}

impl From<SigningPublic> for String {
    fn from(key: SigningPublic) -> Self {
        key.to_string()
    }
}

impl fmt::Display for SigningPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for SigningPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An Ed25519 signature; 64 bytes, base64 where it is text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 64]);

/// The bytes are not a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("reading a signature: 64 bytes are expected")]
pub struct NotASignature;

impl Signature {
    /// Takes 64 bytes over.
    ///
    /// # Errors
    /// [`NotASignature`] when there are more or fewer.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, NotASignature> {
        bytes.try_into().map(Self).map_err(|_| NotASignature)
    }

    /// The 64 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Signature {
    type Err = NotASignature;

    fn from_str(text: &str) -> Result<Self, NotASignature> {
        Self::from_slice(&STANDARD.decode(text).map_err(|_| NotASignature)?)
    }
}

/// Public keys of the city: what a kiosk gets at enrolment and with every catalogue bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CityKeys {
    /// Current sealing key.
    pub sealing_current: SealingPublic,
    /// Next sealing key, so that a rotation strands no outbox; None before one was made.
    pub sealing_next: Option<SealingPublic>,
    /// Checks acknowledgements and bundles.
    pub signing: SigningPublic,
}

/// A key in an enrolment answer cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadCityKeys {
    /// A sealing key.
    #[error("reading the city's sealing keys")]
    Sealing(#[from] NotASealingKey),
    /// The signing key.
    #[error("reading the city's signing key")]
    Signing(#[from] NotASigningKey),
}

impl TryFrom<&CityKeysAnswer> for CityKeys {
    type Error = BadCityKeys;

    fn try_from(answer: &CityKeysAnswer) -> Result<Self, BadCityKeys> {
        Ok(Self {
            sealing_current: answer.sealing_current.parse()?,
            sealing_next: answer.sealing_next.as_deref().map(str::parse).transpose()?,
            signing: answer.signing.parse()?,
        })
    }
}

impl From<&CityKeys> for CityKeysAnswer {
    fn from(keys: &CityKeys) -> Self {
        Self {
            sealing_current: keys.sealing_current.to_string(),
            sealing_next: keys.sealing_next.as_ref().map(ToString::to_string),
            signing: keys.signing.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_for_one_purpose_is_worthless_for_another() {
        let key = SoftwareKey::from_seed(&[7; 32]);
        let signature = key.sign(Domain::Packet, b"header").unwrap();
        assert_eq!(
            key.public().verify(Domain::Packet, b"header", &signature),
            Ok(())
        );
        for domain in [Domain::Acknowledgement, Domain::Bundle, Domain::Request] {
            assert_eq!(
                key.public().verify(domain, b"header", &signature),
                Err(Forged)
            );
        }
    }

    #[test]
    fn the_secret_never_shows_in_debug() {
        let key = SoftwareKey::from_seed(&[7; 32]);
        let shown = format!("{key:?}");
        assert!(shown.contains("[redacted]"));
        assert!(!shown.contains(&hex::encode([7; 32])));
    }

    #[test]
    fn the_point_of_order_one_is_not_a_public_key() {
        let mut identity = [0u8; 32];
        identity[0] = 1;
        assert_eq!(
            hex::encode(identity).parse::<SigningPublic>(),
            Err(NotASigningKey)
        );
    }

    #[test]
    fn keys_survive_the_way_through_an_enrolment_answer() {
        let keys = CityKeys {
            sealing_current: SealingIdentity::generate().public(),
            sealing_next: Some(SealingIdentity::generate().public()),
            signing: SoftwareKey::from_seed(&[1; 32]).public(),
        };
        let answer = CityKeysAnswer::from(&keys);
        assert_eq!(CityKeys::try_from(&answer), Ok(keys));
    }
}
