//! The packet: what a kiosk files, sealed to the city and signed by the kiosk.
//!
//! A packet is a header and parts. Each part is one `age` file to the city's current and next sealing key. The
//! header is JSON that names the parts by the SHA-256 of their ciphertext; its exact bytes are signed
//! ([`Domain::Packet`](crate::keys::Domain::Packet)). Nothing in the header tells about the person. The format and its
//! test vectors are described in `backend/api/vectors/README.md`.
//!
//! Kiosk: [`Draft::seal`] (slow, no lock needed), then [`SealedDraft::sign`] under the lock of the store that gives
//! the [`ChainHead`]. City: [`verify`], then [`open`] each part.

mod header;
mod open;
mod role;
mod seal;
#[cfg(test)]
pub(crate) mod tests;
#[cfg(test)]
mod vectors;

pub use header::{BadHeader, ChainHead, Header, ItemRef, Kind, PartRef, Peek};
pub use open::{OpenError, Rejected, open, verify};
pub use role::{NotARole, Role};
pub use seal::{Draft, PlainPart, SealError, Sealed, SealedDraft, SealedPart};

/// Version of the header this crate writes and reads.
pub const VERSION: u32 = 1;
/// The one suite so far; the field is there for SM2/SM4.
pub const SUITE: &str = "age-x25519+ed25519";
/// Most bytes of a header.
pub const MAX_HEADER_BYTES: usize = 64 * 1024;
/// Most parts of a packet.
pub const MAX_PARTS: usize = 64;
/// Most bytes of one part's ciphertext.
pub const MAX_PART_BYTES: u64 = 64 * 1024 * 1024;
/// Most characters of a SAM id.
pub const MAX_SAM_ID: usize = 64;
