//! The opener: holds the sealing keys and gives back the content of parts, nothing else.
//!
//! It is a module of its own so that it can become a process of its own; then this file is the only one that changes.

use zeroize::Zeroizing;

use city_api::keys::SealingIdentity;
use city_api::packet::{OpenError, open};

/// Opens sealed parts with the current, the next and the retired keys.
#[derive(Debug)]
pub(crate) struct Opener {
    identities: Vec<SealingIdentity>,
}

impl Opener {
    /// An opener with these keys, the likeliest first.
    #[must_use]
    pub(crate) fn new(identities: Vec<SealingIdentity>) -> Self {
        Self { identities }
    }

    /// The content of a sealed part.
    ///
    /// # Errors
    /// [`OpenError`] when it was sealed to none of the keys, or altered.
    pub(crate) fn open(&self, ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        open(ciphertext, &self.identities)
    }
}
