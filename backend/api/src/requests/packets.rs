//! The packet's way in: header and signature as JSON, the acknowledgement back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{BadField, Request};
use crate::packet::MAX_HEADER_BYTES;

/// Most bytes of the body of `POST /v1/packets`.
pub const MAX_PACKET_BODY_BYTES: usize = 128 * 1024;

/// `POST /v1/packets`: the exact bytes of the header and the kiosk's signature over them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PacketBody {
    /// The header's exact bytes, base64 (standard alphabet, padded).
    pub header: String,
    /// Ed25519 signature, base64.
    pub signature: String,
}

impl PacketBody {
    /// Wraps the exact bytes.
    #[must_use]
    pub fn new(header: &[u8], signature: &[u8]) -> Self {
        Self {
            header: STANDARD.encode(header),
            signature: STANDARD.encode(signature),
        }
    }

    /// The exact bytes of header and signature.
    ///
    /// # Errors
    /// [`BadField`] when one of them is not base64 or too long.
    pub fn bytes(&self) -> Result<(Vec<u8>, Vec<u8>), BadField> {
        let header = decode("header", &self.header, MAX_HEADER_BYTES)?;
        let signature = decode("signature", &self.signature, 4096)?;
        Ok((header, signature))
    }
}

impl Request for PacketBody {
    fn check(&self) -> Result<(), BadField> {
        self.bytes().map(|_| ())
    }
}

/// The city's answer to a packet: the acknowledgement's exact bytes and the city's signature over them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AcknowledgementBody {
    /// The acknowledgement's exact bytes, base64.
    pub acknowledgement: String,
    /// Ed25519 signature of the city, base64.
    pub signature: String,
}

impl AcknowledgementBody {
    /// Wraps the exact bytes.
    #[must_use]
    pub fn new(acknowledgement: &[u8], signature: &[u8]) -> Self {
        Self {
            acknowledgement: STANDARD.encode(acknowledgement),
            signature: STANDARD.encode(signature),
        }
    }

    /// The exact bytes of acknowledgement and signature.
    ///
    /// # Errors
    /// [`BadField`] when one of them is not base64 or too long.
    pub fn bytes(&self) -> Result<(Vec<u8>, Vec<u8>), BadField> {
        let acknowledgement = decode("acknowledgement", &self.acknowledgement, MAX_HEADER_BYTES)?;
        let signature = decode("signature", &self.signature, 4096)?;
        Ok((acknowledgement, signature))
    }
}

fn decode(field: &str, text: &str, most: usize) -> Result<Vec<u8>, BadField> {
    if text.len() > most.div_ceil(3) * 4 {
        return Err(BadField::new(field, format!("longer than {most} bytes")));
    }
    STANDARD
        .decode(text)
        .map_err(|_| BadField::new(field, "is not base64"))
}
