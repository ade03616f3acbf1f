//! The technician's PIN: 6 to 12 digits, kept as an argon2id hash only.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error as HashingError, PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use rand::Rng as _;
use zeroize::Zeroizing;

/// Fewest and most digits.
const DIGITS: std::ops::RangeInclusive<usize> = 6..=12;
/// Memory in KiB (64 MiB), passes and lanes of argon2id.
const COST: (u32, u32, u32) = (64 * 1024, 3, 1);

/// Digits that are no PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPin {
    /// Too short, too long, or other characters.
    #[error("a PIN has 6 to 12 digits")]
    NotDigits,
    /// Everybody's first guess.
    #[error("the same digit again and again, or a row like 123456, is no PIN")]
    Guessable,
}

/// The hash cannot be made or compared.
#[derive(Debug, thiserror::Error)]
#[error("hashing the service PIN: {0}")]
pub struct PinHashError(String);

impl PinHashError {
    fn of(error: &impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// A PIN; zeroed when dropped, never printed.
pub struct Pin(Zeroizing<String>);

impl std::fmt::Debug for Pin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Pin {
    /// Takes digits as a new PIN.
    ///
    /// # Errors
    /// [`BadPin`].
    pub fn new(digits: &str) -> Result<Self, BadPin> {
        let bytes = digits.as_bytes();
        if !DIGITS.contains(&bytes.len()) || !bytes.iter().all(u8::is_ascii_digit) {
            return Err(BadPin::NotDigits);
        }
        let steps: Vec<i16> = bytes
            .windows(2)
            .filter_map(|pair| Some(i16::from(*pair.get(1)?) - i16::from(*pair.first()?)))
            .collect();
        let first = steps.first().copied().unwrap_or(0);
        if first.abs() <= 1 && steps.iter().all(|step| *step == first) {
            return Err(BadPin::Guessable);
        }
        Ok(Self(Zeroizing::new(digits.to_owned())))
    }

    /// The hash that is kept, with a fresh salt; takes some hundred milliseconds and 64 MiB.
    ///
    /// # Errors
    /// [`PinHashError`].
    pub fn hash(&self) -> Result<String, PinHashError> {
        let (memory, passes, lanes) = COST;
        let params = Params::new(memory, passes, lanes, None).map_err(|e| PinHashError::of(&e))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let salt: [u8; 16] = rand::rng().random();
        let hash: PasswordHash = argon2
            .hash_password_with_salt(self.0.as_bytes(), &salt)
            .map_err(|error| PinHashError::of(&error))?;
        Ok(hash.to_string())
    }
}

/// Whether `typed` is the PIN of `hash`; as slow as making one.
///
/// # Errors
/// [`PinHashError`] when `hash` is none.
pub fn verify(hash: &str, typed: &str) -> Result<bool, PinHashError> {
    let hash = PasswordHash::new(hash).map_err(|error| PinHashError::of(&error))?;
    match Argon2::default().verify_password(typed.as_bytes(), &hash) {
        Ok(()) => Ok(true),
        Err(HashingError::PasswordInvalid) => Ok(false),
        Err(error) => Err(PinHashError::of(&error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_opens_its_own_hash_and_no_other_does() {
        let hash = Pin::new("135790").unwrap().hash().unwrap();
        assert!(
            hash.starts_with("$argon2id$v=19$m=65536,t=3,p=1$"),
            "{hash}"
        );
        assert!(!hash.contains("135790"));
        assert!(verify(&hash, "135790").unwrap());
        assert!(!verify(&hash, "135791").unwrap());
        assert!(verify("nonsense", "135790").is_err());
    }

    #[test]
    fn guesses_and_other_characters_are_no_pin() {
        for digits in [
            "",
            "12345",
            "1234567890123",
            "12a456",
            "１３５７９０",
            "13579 ",
        ] {
            assert_eq!(Pin::new(digits).unwrap_err(), BadPin::NotDigits, "{digits}");
        }
        for digits in ["000000", "123456", "987654", "0123456789"] {
            assert_eq!(Pin::new(digits).unwrap_err(), BadPin::Guessable, "{digits}");
        }
        assert_eq!(format!("{:?}", Pin::new("135790").unwrap()), "[redacted]");
    }
}
