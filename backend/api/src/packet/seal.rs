//! The kiosk's side: sealing parts to the city and signing the header.

use std::io::Write as _;

use uuid::Uuid;
use zeroize::Zeroizing;

use super::header::{BadHeader, ChainHead, Header, ItemRef, Kind, PartRef};
use super::{MAX_HEADER_BYTES, MAX_PART_BYTES, MAX_PARTS, Role, SUITE, VERSION};
use crate::digest::Sha256;
use crate::keys::{CityKeys, DeviceKey, Domain, KeyError, Signature};
use crate::numbers::{KioskId, ReceiptNumber};
use crate::time::CityTime;

/// Everything of a packet except its place in the chain. Parts zero themselves; `Debug` does not show them.
#[derive(Debug)]
pub struct Draft {
    /// What the packet is.
    pub kind: Kind,
    /// This kiosk.
    pub kiosk: KioskId,
    /// Pinned security module of the id-card reader; None without a reader.
    pub sam_id: Option<String>,
    /// A new UUIDv7.
    pub id: Uuid,
    /// The number the resident will hold.
    pub receipt: ReceiptNumber,
    /// The item, as the resident saw it.
    pub item: Option<ItemRef>,
    /// Now, by the kiosk's clock.
    pub time: CityTime,
    /// 1 to 64 parts, each role once.
    pub parts: Vec<PlainPart>,
}

/// A part before sealing.
pub struct PlainPart {
    /// What it is.
    pub role: Role,
    /// The plaintext; zeroes itself.
    pub bytes: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for PlainPart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PlainPart({}, [redacted])", self.role)
    }
}

/// A packet whose parts are sealed and whose header waits for its place in the chain.
#[derive(Debug)]
pub struct SealedDraft {
    header: Header,
    parts: Vec<SealedPart>,
}

/// A sealed part.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedPart {
    /// What it is.
    pub role: Role,
    /// SHA-256 of the ciphertext: its address in the city.
    pub sha256: Sha256,
    /// The `age` file.
    pub ciphertext: Vec<u8>,
}

impl std::fmt::Debug for SealedPart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            role,
            sha256,
            ciphertext,
        } = self;
        write!(
            f,
            "SealedPart({role}, {sha256}, {} bytes)",
            ciphertext.len()
        )
    }
}

/// A finished packet: what is stored in the outbox and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Exact bytes of the header.
    pub header: Vec<u8>,
    /// The kiosk's signature over them.
    pub signature: Signature,
    /// The sealed parts.
    pub parts: Vec<SealedPart>,
    /// The header's content, for the one who stores it.
    pub fields: Header,
}

/// A packet cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// A part is larger than 64 MiB when sealed, or there are more than 64.
    #[error("sealing a packet: more than 64 parts or a part over 64 MiB")]
    TooLarge,
    /// The `age` file could not be written.
    #[error("sealing a part of a packet")]
    Age(#[source] std::io::Error),
    /// The city's keys cannot be sealed to together.
    #[error("sealing a part of a packet to the city's keys")]
    Recipients(#[source] age::EncryptError),
    /// The header breaks a rule of the format.
    #[error("building a packet header")]
    Header(#[from] BadHeader),
    /// The header could not be written as JSON.
    #[error("writing a packet header")]
    Json(#[source] serde_json::Error),
    /// The device key did not sign.
    #[error("signing a packet header")]
    Key(#[from] KeyError),
}

impl Draft {
    /// Seals every part to the city's current and next key. This is the slow half; it needs no lock.
    ///
    /// # Errors
    /// [`SealError`] when there are too many parts or one is too large, or `age` fails.
    pub fn seal(self, city: &CityKeys) -> Result<SealedDraft, SealError> {
        if self.parts.len() > MAX_PARTS {
            return Err(SealError::TooLarge);
        }
        let parts = self
            .parts
            .iter()
            .map(|part| seal_part(part, city))
            .collect::<Result<Vec<_>, _>>()?;
        let header = Header {
            version: VERSION,
            suite: SUITE.to_owned(),
            kind: self.kind,
            kiosk: self.kiosk,
            sam_id: self.sam_id,
            id: self.id,
            receipt: self.receipt,
            sequence: ChainHead::START.sequence,
            previous: None,
            item: self.item,
            time: self.time,
            parts: parts.iter().map(SealedPart::named).collect(),
        };
        header.check()?;
        Ok(SealedDraft { header, parts })
    }
}

impl SealedDraft {
    /// Puts the packet at its place in the chain and signs the header. Fast: call it under the store's lock.
    ///
    /// # Errors
    /// [`SealError`] when the device key does not sign.
    pub fn sign(self, head: ChainHead, key: &dyn DeviceKey) -> Result<Sealed, SealError> {
        let Self { mut header, parts } = self;
        header.sequence = head.sequence;
        header.previous = head.previous;
        header.check()?;
        let bytes = serde_json::to_vec(&header).map_err(SealError::Json)?;
        if bytes.len() > MAX_HEADER_BYTES {
            return Err(SealError::Header(BadHeader::TooLong { bytes: bytes.len() }));
        }
        let signature = key.sign(Domain::Packet, &bytes)?;
        Ok(Sealed {
            header: bytes,
            signature,
            parts,
            fields: header,
        })
    }
}

impl Sealed {
    /// SHA-256 of the header: what the acknowledgement names and the next header carries.
    #[must_use]
    pub fn header_sha256(&self) -> Sha256 {
        Sha256::of(&self.header)
    }
}

impl SealedPart {
    fn named(&self) -> PartRef {
        PartRef {
            role: self.role,
            sha256: self.sha256,
            bytes: self.ciphertext.len() as u64,
        }
    }
}

fn seal_part(part: &PlainPart, city: &CityKeys) -> Result<SealedPart, SealError> {
    let recipients = std::iter::once(&city.sealing_current)
        .chain(&city.sealing_next)
        .map(|key| key.recipient() as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(recipients).map_err(SealError::Recipients)?;
    let mut ciphertext = Vec::with_capacity(part.bytes.len() + part.bytes.len() / 4096 + 1024);
    let mut writer = encryptor
        .wrap_output(&mut ciphertext)
        .map_err(SealError::Age)?;
    writer.write_all(&part.bytes).map_err(SealError::Age)?;
    writer.finish().map_err(SealError::Age)?;
    if ciphertext.len() as u64 > MAX_PART_BYTES {
        return Err(SealError::TooLarge);
    }
    Ok(SealedPart {
        role: part.role,
        sha256: Sha256::of(&ciphertext),
        ciphertext,
    })
}
