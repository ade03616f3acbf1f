//! The acknowledgement: the city's signed answer to a packet. Only when a kiosk has verified and stored one does it
//! delete its sealed copy.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::digest::Sha256;
use crate::keys::{DeviceKey, Domain, Forged, KeyError, Signature, SigningPublic};
use crate::numbers::{CaseNumber, FilingNumber};
use crate::time::CityTime;

/// Most bytes of an acknowledgement.
pub const MAX_BYTES: usize = 16 * 1024;

/// What the city confirms. Repeats of one packet get the same bytes for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Acknowledgement {
    /// 1.
    pub version: u32,
    /// Id of the packet.
    pub id: Uuid,
    /// SHA-256 of the packet header's exact bytes.
    pub header_sha256: Sha256,
    /// 申报号.
    pub filing_number: FilingNumber,
    /// 办件编号; None when there is none yet, as for an irregular case.
    pub case_number: Option<CaseNumber>,
    /// When the city committed the packet.
    pub time: CityTime,
    /// Key of the defect that made the case irregular; None for a regular one.
    pub irregular: Option<String>,
    /// The receipt list of a bundle: its cases in the order of its items. `filing_number` is the number of the bundle
    /// then. Empty for every other packet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<AcknowledgedCase>,
}

/// One case of a bundle on its receipt list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AcknowledgedCase {
    /// Handling code of the item.
    pub item: String,
    /// 申报号.
    pub filing_number: FilingNumber,
    /// 办件编号; None for an irregular case.
    pub case_number: Option<CaseNumber>,
    /// Key of the defect that made this case irregular; None for a regular one.
    pub irregular: Option<String>,
}

/// An acknowledgement as it travels and is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedAcknowledgement {
    /// Exact bytes.
    pub bytes: Vec<u8>,
    /// The city's signature over them.
    pub signature: Signature,
}

/// An acknowledgement cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// It could not be written as JSON.
    #[error("writing an acknowledgement")]
    Json(#[source] serde_json::Error),
    /// The city's key did not sign.
    #[error("signing an acknowledgement")]
    Key(#[from] KeyError),
}

/// An acknowledgement is not to be believed.
#[derive(Debug, thiserror::Error)]
pub enum NotAcknowledged {
    /// Not signed by the city.
    #[error("checking an acknowledgement")]
    Forged(#[from] Forged),
    /// Signed, but not an acknowledgement of a version known here.
    #[error("reading an acknowledgement")]
    Json(#[source] serde_json::Error),
    /// A version not known here, or longer than [`MAX_BYTES`].
    #[error("reading an acknowledgement: its version or length is not known here")]
    Unknown,
    /// It confirms another packet.
    #[error("checking an acknowledgement: it is another packet's")]
    OtherPacket,
}

impl Acknowledgement {
    /// Version this crate writes and reads.
    pub const VERSION: u32 = 1;

    /// Writes and signs it.
    ///
    /// # Errors
    /// [`SignError`] when the city's key does not sign.
    pub fn sign(&self, city: &dyn DeviceKey) -> Result<SignedAcknowledgement, SignError> {
        let bytes = serde_json::to_vec(self).map_err(SignError::Json)?;
        let signature = city.sign(Domain::Acknowledgement, &bytes)?;
        Ok(SignedAcknowledgement { bytes, signature })
    }

    /// Whether it confirms exactly this packet.
    ///
    /// # Errors
    /// [`NotAcknowledged::OtherPacket`] when id or header differ.
    pub fn confirms(&self, id: Uuid, header_sha256: Sha256) -> Result<(), NotAcknowledged> {
        if self.id == id && self.header_sha256 == header_sha256 {
            Ok(())
        } else {
            Err(NotAcknowledged::OtherPacket)
        }
    }
}

impl SignedAcknowledgement {
    /// Checks the city's signature, then reads the acknowledgement.
    ///
    /// # Errors
    /// [`NotAcknowledged`] when it is not the city's or cannot be read.
    pub fn verify(&self, city: &SigningPublic) -> Result<Acknowledgement, NotAcknowledged> {
        if self.bytes.len() > MAX_BYTES {
            return Err(NotAcknowledged::Unknown);
        }
        city.verify(Domain::Acknowledgement, &self.bytes, &self.signature)?;
        let read: Acknowledgement =
            serde_json::from_slice(&self.bytes).map_err(NotAcknowledged::Json)?;
        if read.version != Acknowledgement::VERSION {
            return Err(NotAcknowledged::Unknown);
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::SoftwareKey;

    fn sample() -> Acknowledgement {
        Acknowledgement {
            version: Acknowledgement::VERSION,
            id: Uuid::from_u128(0x0195_5000_0000_7000_8000_0000_0000_0001),
            header_sha256: Sha256::of(b"header"),
            filing_number: FilingNumber::new(jiff::civil::date(2026, 3, 2), 12),
            case_number: None,
            time: "2026-03-02T09:15:00+08:00".parse().unwrap(),
            irregular: Some("part_missing".to_owned()),
            cases: Vec::new(),
        }
    }

    #[test]
    fn every_flipped_byte_of_an_acknowledgement_is_refused() {
        let city = SoftwareKey::from_seed(&[9; 32]);
        let signed = sample().sign(&city).unwrap();
        assert_eq!(signed.verify(&city.public()).unwrap(), sample());
        for place in 0..signed.bytes.len() {
            let mut other = signed.clone();
            other.bytes[place] ^= 1;
            assert!(matches!(
                other.verify(&city.public()),
                Err(NotAcknowledged::Forged(_))
            ));
        }
    }

    #[test]
    fn another_city_and_another_packet_confirm_nothing() {
        let city = SoftwareKey::from_seed(&[9; 32]);
        let signed = sample().sign(&city).unwrap();
        let other = SoftwareKey::from_seed(&[8; 32]).public();
        assert!(signed.verify(&other).is_err());
        let read = signed.verify(&city.public()).unwrap();
        assert!(read.confirms(read.id, read.header_sha256).is_ok());
        assert!(read.confirms(read.id, Sha256::of(b"other")).is_err());
        assert!(read.confirms(Uuid::nil(), read.header_sha256).is_err());
    }

    #[test]
    fn a_signed_acknowledgement_of_a_later_version_is_not_guessed_at() {
        let city = SoftwareKey::from_seed(&[9; 32]);
        let later = Acknowledgement {
            version: 2,
            ..sample()
        };
        let signed = later.sign(&city).unwrap();
        assert!(matches!(
            signed.verify(&city.public()),
            Err(NotAcknowledged::Unknown)
        ));
    }
}
