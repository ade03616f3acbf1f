//! The packet header: a strict, bounded JSON document whose exact bytes are hashed and signed.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{MAX_HEADER_BYTES, MAX_PART_BYTES, MAX_PARTS, MAX_SAM_ID, Role, SUITE, VERSION};
use crate::digest::Sha256;
use crate::numbers::{KioskId, ReceiptNumber};
use crate::time::CityTime;

/// Header of a packet. Fields are written in this order, without spaces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Header {
    /// [`VERSION`].
    pub version: u32,
    /// [`SUITE`].
    pub suite: String,
    /// What the packet is.
    pub kind: Kind,
    /// The kiosk that signs.
    pub kiosk: KioskId,
    /// Security module of the id-card reader. None from a kiosk without a reader.
    pub sam_id: Option<String>,
    /// UUIDv7, unique in the city for ever.
    pub id: Uuid,
    /// The number the resident holds.
    pub receipt: ReceiptNumber,
    /// Packets of this kiosk are numbered from 1 without gaps; at most 2^63 - 1, what databases count to.
    pub sequence: u64,
    /// SHA-256 of the header before this one; None for the first.
    pub previous: Option<Sha256>,
    /// The service item; None for a bundle, and for a rating or a check-in without one.
    pub item: Option<ItemRef>,
    /// When it was sealed, by the kiosk's clock.
    pub time: CityTime,
    /// The sealed parts.
    pub parts: Vec<PartRef>,
}

/// What a packet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// An application for a service item.
    Application,
    /// An application for several items as one matter (一件事); the header names no item.
    Bundle,
    /// What an officer asked for, brought later.
    Supplement,
    /// A rating of a service.
    Rating,
    /// A resident with an appointment is there.
    CheckIn,
    /// A draft kept at the resident's wish.
    Draft,
}

/// A service item in the version the resident saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ItemRef {
    /// Handling code (办理项编码), at most 64 characters.
    pub code: String,
    /// Version of the item's record.
    pub version: u32,
}

/// One sealed part as the header names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PartRef {
    /// What it is.
    pub role: Role,
    /// SHA-256 of the ciphertext.
    pub sha256: Sha256,
    /// Bytes of the ciphertext.
    pub bytes: u64,
}

/// Where a kiosk's chain of packets stands: what the next header carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainHead {
    /// Number of the next packet, from 1.
    pub sequence: u64,
    /// SHA-256 of the last header; None before the first.
    pub previous: Option<Sha256>,
}

impl ChainHead {
    /// The chain of a kiosk that has filed nothing.
    pub const START: Self = Self {
        sequence: 1,
        previous: None,
    };
}

/// A header that cannot be used. Signed all the same, it is a defect, not a forgery.
#[derive(Debug, thiserror::Error)]
pub enum BadHeader {
    /// More than [`MAX_HEADER_BYTES`].
    #[error("reading a packet header: {bytes} bytes are more than {MAX_HEADER_BYTES}")]
    TooLong {
        /// Bytes offered.
        bytes: usize,
    },
    /// Not the JSON of a header.
    #[error("reading a packet header")]
    Json(#[source] serde_json::Error),
    /// A version or suite this program does not know.
    #[error("reading a packet header: {field} is not known here")]
    Unknown {
        /// `version` or `suite`.
        field: &'static str,
    },
    /// A field breaks its bound.
    #[error("reading a packet header: {field} {reason}")]
    Field {
        /// Path of the field.
        field: &'static str,
        /// What is wrong.
        reason: &'static str,
    },
}

impl Header {
    /// Reads a header strictly: known fields only, every bound kept.
    ///
    /// # Errors
    /// [`BadHeader`] names the field.
    pub fn parse(bytes: &[u8]) -> Result<Self, BadHeader> {
        within(bytes)?;
        let header: Self = serde_json::from_slice(bytes).map_err(BadHeader::Json)?;
        header.check()?;
        Ok(header)
    }

    /// Whether every field keeps its bound.
    ///
    /// # Errors
    /// [`BadHeader`] names the first that does not.
    pub fn check(&self) -> Result<(), BadHeader> {
        if self.version != VERSION {
            return Err(BadHeader::Unknown { field: "version" });
        }
        if self.suite != SUITE {
            return Err(BadHeader::Unknown { field: "suite" });
        }
        self.check_names()?;
        check_parts(&self.parts)
    }

    fn check_names(&self) -> Result<(), BadHeader> {
        if let Some(sam) = &self.sam_id {
            visible("samId", sam, MAX_SAM_ID)?;
        }
        if let Some(item) = &self.item {
            visible("item.code", &item.code, 64)?;
        }
        if self.id.get_version_num() != 7 {
            return Err(field("id", "is not a UUIDv7"));
        }
        if self.receipt.kiosk() != self.kiosk {
            return Err(field("receipt", "is another kiosk's number"));
        }
        if self.sequence == 0 || i64::try_from(self.sequence).is_err() {
            return Err(field("sequence", "must be 1 to 2^63 - 1"));
        }
        Ok(())
    }

    /// The part in this role, if the packet has one.
    #[must_use]
    pub fn part(&self, role: Role) -> Option<&PartRef> {
        self.parts.iter().find(|part| part.role == role)
    }
}

fn check_parts(parts: &[PartRef]) -> Result<(), BadHeader> {
    if parts.is_empty() || parts.len() > MAX_PARTS {
        return Err(field("parts", "must be 1 to 64"));
    }
    let roles: BTreeSet<Role> = parts.iter().map(|part| part.role).collect();
    if roles.len() != parts.len() {
        return Err(field("parts.role", "occurs twice"));
    }
    if parts
        .iter()
        .any(|part| part.bytes == 0 || part.bytes > MAX_PART_BYTES)
    {
        return Err(field("parts.bytes", "must be 1 to 64 MiB"));
    }
    Ok(())
}

fn visible(name: &'static str, text: &str, most: usize) -> Result<(), BadHeader> {
    let fits = !text.is_empty() && text.len() <= most && text.bytes().all(|b| b.is_ascii_graphic());
    fits.then_some(())
        .ok_or(field(name, "must be visible ASCII within its length"))
}

fn field(field: &'static str, reason: &'static str) -> BadHeader {
    BadHeader::Field { field, reason }
}

fn within(bytes: &[u8]) -> Result<(), BadHeader> {
    if bytes.len() > MAX_HEADER_BYTES {
        return Err(BadHeader::TooLong { bytes: bytes.len() });
    }
    Ok(())
}

/// The least a city needs of a header to receive a packet it does not fully understand: an authentic packet of a newer
/// kiosk, or one with a defect, opens an irregular case instead of being refused.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Peek {
    /// Id of the packet.
    pub id: Uuid,
    /// The kiosk that says it signed.
    pub kiosk: KioskId,
    /// The number the resident holds; None when it cannot be read.
    #[serde(default, deserialize_with = "readable")]
    pub receipt: Option<ReceiptNumber>,
}

impl Peek {
    /// Reads what can be read; unknown fields, kinds and suites do not matter.
    ///
    /// # Errors
    /// [`BadHeader`] when not even id and kiosk are there.
    pub fn parse(header: &[u8]) -> Result<Self, BadHeader> {
        within(header)?;
        serde_json::from_slice(header).map_err(BadHeader::Json)
    }
}

fn readable<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<ReceiptNumber>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(value.as_str().and_then(|text| text.parse().ok()))
}
