//! The catalogue bundle: what the city publishes to its kiosks, signed.
//!
//! The bundle is canonical JSON with a detached Ed25519 signature. Over HTTP the signature travels in
//! [`SIGNATURE_HEADER`], the version in the ETag.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::canonical;
use crate::keys::{CityKeys, DeviceKey, Domain, Forged, KeyError, Signature, SigningPublic};
use crate::time::CityTime;

/// Most bytes of a bundle.
pub const MAX_BYTES: usize = 32 * 1024 * 1024;
/// Name of the document that lists the stations with a locker for results; a bundle without one has none.
pub const LOCKERS: &str = "lockers";
/// Response header with the detached signature, base64.
pub const SIGNATURE_HEADER: &str = "bundle-signature";

/// What a kiosk shows and files by, until the next version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Bundle {
    /// Grows with every publication; a kiosk never goes back.
    pub version: u64,
    /// When it was signed. Older than 72 h, nothing is filed by it.
    pub issued: CityTime,
    /// The city's public keys from now on.
    pub city_keys: CityKeys,
    /// The data by name: `catalogue`, `holidays`, `regions` …, each as in the sample city's file of that name.
    pub documents: BTreeMap<String, Value>,
}

/// A bundle as it travels and is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedBundle {
    /// Exact bytes.
    pub bytes: Vec<u8>,
    /// The city's signature over them.
    pub signature: Signature,
}

/// A bundle cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// It could not be written as JSON.
    #[error("writing a catalogue bundle")]
    Json(#[source] serde_json::Error),
    /// More than [`MAX_BYTES`].
    #[error("writing a catalogue bundle: more than 32 MiB")]
    TooLarge,
    /// The city's key did not sign.
    #[error("signing a catalogue bundle")]
    Key(#[from] KeyError),
}

/// A bundle is not taken; the kiosk keeps the last good one.
#[derive(Debug, thiserror::Error)]
pub enum BadBundle {
    /// Not signed by the city.
    #[error("checking a catalogue bundle")]
    Forged(#[from] Forged),
    /// More than [`MAX_BYTES`].
    #[error("checking a catalogue bundle: more than 32 MiB")]
    TooLarge,
    /// Signed, but not a bundle.
    #[error("reading a catalogue bundle")]
    Json(#[source] serde_json::Error),
    /// Somebody replays an old one.
    #[error("checking a catalogue bundle: version {offered} is older than {known}")]
    Older {
        /// Version the kiosk has.
        known: u64,
        /// Version offered.
        offered: u64,
    },
}

impl Bundle {
    /// Writes it canonically and signs it.
    ///
    /// # Errors
    /// [`SignError`] when it is too large or the city's key does not sign.
    pub fn sign(&self, city: &dyn DeviceKey) -> Result<SignedBundle, SignError> {
        let bytes = canonical::to_vec(self).map_err(SignError::Json)?;
        if bytes.len() > MAX_BYTES {
            return Err(SignError::TooLarge);
        }
        let signature = city.sign(Domain::Bundle, &bytes)?;
        Ok(SignedBundle { bytes, signature })
    }

    /// The ETag of this version, quotes included.
    #[must_use]
    pub fn etag(version: u64) -> String {
        format!("\"{version}\"")
    }
}

impl SignedBundle {
    /// Checks the city's signature, reads the bundle, refuses one older than `known`.
    ///
    /// `known` is the version of the bundle the kiosk has; None when it has none. The same version is accepted.
    ///
    /// # Errors
    /// [`BadBundle`]; the kiosk keeps what it has.
    pub fn verify(&self, city: &SigningPublic, known: Option<u64>) -> Result<Bundle, BadBundle> {
        if self.bytes.len() > MAX_BYTES {
            return Err(BadBundle::TooLarge);
        }
        city.verify(Domain::Bundle, &self.bytes, &self.signature)?;
        let bundle: Bundle = serde_json::from_slice(&self.bytes).map_err(BadBundle::Json)?;
        match known {
            Some(known) if bundle.version < known => Err(BadBundle::Older {
                known,
                offered: bundle.version,
            }),
            Some(_) | None => Ok(bundle),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{SealingIdentity, SoftwareKey};

    fn sample(city: &SoftwareKey) -> Bundle {
        Bundle {
            version: 7,
            issued: "2026-03-02T09:15:00+08:00".parse().unwrap(),
            city_keys: CityKeys {
                sealing_current: SealingIdentity::generate().public(),
                sealing_next: None,
                signing: city.public(),
            },
            documents: BTreeMap::from([(
                "catalogue".to_owned(),
                serde_json::json!({"b": 1, "a": 2}),
            )]),
        }
    }

    #[test]
    fn a_bundle_is_canonical_and_reads_back() {
        let city = SoftwareKey::from_seed(&[3; 32]);
        let bundle = sample(&city);
        let signed = bundle.sign(&city).unwrap();
        let text = String::from_utf8(signed.bytes.clone()).unwrap();
        assert!(text.starts_with(r#"{"cityKeys":{"#), "{text}");
        assert!(
            text.contains(r#""documents":{"catalogue":{"a":2,"b":1}}"#),
            "{text}"
        );
        assert_eq!(signed.verify(&city.public(), Some(7)).unwrap(), bundle);
        assert_eq!(signed.verify(&city.public(), None).unwrap(), bundle);
    }

    #[test]
    fn an_older_bundle_replayed_by_somebody_is_refused() {
        let city = SoftwareKey::from_seed(&[3; 32]);
        let signed = sample(&city).sign(&city).unwrap();
        assert!(matches!(
            signed.verify(&city.public(), Some(8)),
            Err(BadBundle::Older {
                known: 8,
                offered: 7
            })
        ));
    }

    #[test]
    fn a_bundle_altered_on_the_way_is_refused() {
        let city = SoftwareKey::from_seed(&[3; 32]);
        let mut signed = sample(&city).sign(&city).unwrap();
        let last = signed.bytes.len() - 1;
        signed.bytes[last] ^= 1;
        assert!(matches!(
            signed.verify(&city.public(), None),
            Err(BadBundle::Forged(_))
        ));
    }
}
