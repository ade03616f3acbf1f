//! The city's side: is it authentic, what is in it.

use std::io::Read as _;

use zeroize::Zeroizing;

use super::MAX_PART_BYTES;
use super::header::{BadHeader, Header};
use crate::keys::{Domain, Forged, SealingIdentity, Signature, SigningPublic};

/// Why a header was not accepted as it is.
#[derive(Debug, thiserror::Error)]
pub enum Rejected {
    /// Not authentic: refuse it.
    #[error("checking a packet")]
    Forged(#[from] Forged),
    /// Authentic, but not to be understood: open an irregular case ([`super::Peek`] tells its id).
    #[error("checking an authentic packet")]
    Defective(#[from] BadHeader),
}

/// Checks the kiosk's signature over the exact header bytes, then reads the header.
///
/// `kiosk` is the key enrolled for the kiosk that the header names; that the two belong together is for the caller.
///
/// # Errors
/// [`Rejected::Forged`] first of all, whatever else is wrong; [`Rejected::Defective`] for an authentic header with a
/// defect.
pub fn verify(
    header: &[u8],
    signature: &Signature,
    kiosk: &SigningPublic,
) -> Result<Header, Rejected> {
    kiosk.verify(Domain::Packet, header, signature)?;
    Ok(Header::parse(header)?)
}

/// A part does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// More than 64 MiB.
    #[error("opening a part: more than 64 MiB")]
    TooLarge,
    /// Not an `age` file, altered, or sealed to none of the keys.
    #[error("opening a part")]
    Age(#[source] age::DecryptError),
    /// The `age` file ends early or was altered in its middle.
    #[error("opening a part: its content was altered or cut off")]
    Altered(#[source] std::io::Error),
}

/// Opens one sealed part with whichever of the city's keys fits (current, next, retired).
///
/// # Errors
/// [`OpenError`] when it was sealed to none of them, was altered or cut off.
pub fn open(
    ciphertext: &[u8],
    identities: &[SealingIdentity],
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    if ciphertext.len() as u64 > MAX_PART_BYTES {
        return Err(OpenError::TooLarge);
    }
    let decryptor = age::Decryptor::new_buffered(ciphertext).map_err(OpenError::Age)?;
    let mut reader = decryptor
        .decrypt(identities.iter().map(SealingIdentity::identity))
        .map_err(OpenError::Age)?;
    // Reserved at once: a growing buffer would leave copies of the plaintext behind.
    let mut plaintext = Zeroizing::new(Vec::with_capacity(ciphertext.len()));
    reader
        .read_to_end(&mut plaintext)
        .map_err(OpenError::Altered)?;
    Ok(plaintext)
}
