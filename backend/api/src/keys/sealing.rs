//! Sealing keys: age X25519 recipients and identities.

use std::fmt;
use std::str::FromStr;

use age::secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// A public key to seal to (`age1…`).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SealingPublic(age::x25519::Recipient);

/// The text is not an age X25519 key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("reading a sealing key: an age X25519 key (`age1…` or `AGE-SECRET-KEY-1…`) is expected")]
pub struct NotASealingKey;

impl SealingPublic {
    pub(crate) fn recipient(&self) -> &age::x25519::Recipient {
        &self.0
    }
}

impl FromStr for SealingPublic {
    type Err = NotASealingKey;

    fn from_str(text: &str) -> Result<Self, NotASealingKey> {
        text.parse().map(Self).map_err(|_| NotASealingKey)
    }
}

impl TryFrom<String> for SealingPublic {
    type Error = NotASealingKey;

    fn try_from(text: String) -> Result<Self, NotASealingKey> {
        text.parse()
    }
}

impl From<SealingPublic> for String {
    fn from(key: SealingPublic) -> Self {
        key.to_string()
    }
}

impl fmt::Display for SealingPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for SealingPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A secret key that opens parts: only the city has any.
#[derive(Clone)]
pub struct SealingIdentity(age::x25519::Identity);

impl SealingIdentity {
    /// A new key from the system's random numbers.
    #[must_use]
    pub fn generate() -> Self {
        Self(age::x25519::Identity::generate())
    }

    /// The key to seal to.
    #[must_use]
    pub fn public(&self) -> SealingPublic {
        SealingPublic(self.0.to_public())
    }

    /// `AGE-SECRET-KEY-1…`, for the key file; it zeroes itself.
    #[must_use]
    pub fn secret(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.to_string().expose_secret().to_owned())
    }

    pub(crate) fn identity(&self) -> &dyn age::Identity {
        &self.0
    }
}

impl FromStr for SealingIdentity {
    type Err = NotASealingKey;

    fn from_str(text: &str) -> Result<Self, NotASealingKey> {
        text.trim().parse().map(Self).map_err(|_| NotASealingKey)
    }
}

impl fmt::Debug for SealingIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingIdentity([redacted], public {})", self.public())
    }
}
