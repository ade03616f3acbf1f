//! Passwords of accounts: kept as argon2id hashes only.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use city_catalogue::policy::StaffPolicy;

/// Memory in KiB (19 MiB), passes and lanes: what OWASP names as the floor for argon2id, so that a morning's log-ins
/// of a whole hall do not take the node's memory.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);

/// A password cannot be hashed, or a hash is none.
#[derive(Debug, thiserror::Error)]
#[error("hashing a password: {0}")]
pub struct PasswordError(String);

/// Whether a new password will do.
///
/// # Errors
/// Why it will not.
pub(crate) fn check(policy: &StaffPolicy, name: &str, password: &str) -> Result<(), String> {
    let least = policy.password_characters;
    let length = u32::try_from(password.chars().count()).unwrap_or(u32::MAX);
    if length < least {
        return Err(format!("a password has at least {least} characters"));
    }
    if password.to_lowercase().contains(name) {
        return Err("a password must not hold the name of its account".to_owned());
    }
    Ok(())
}

/// The hash that is kept, with a fresh salt; takes a moment of one core.
///
/// # Errors
/// [`PasswordError`] never in practice.
pub(crate) fn hash(password: &str) -> Result<String, PasswordError> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).map_err(failed)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let salt: [u8; 16] = rand::random();
    let hash: PasswordHash = argon2
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(failed)?;
    Ok(hash.to_string())
}

/// Whether the password is the one of the hash. Without an account it takes as long and is not: who asks does not
/// learn by the time whether there is one.
///
/// # Errors
/// [`PasswordError`] when the hash is damaged.
pub(crate) fn is_right(password: &str, hash: Option<&str>) -> Result<bool, PasswordError> {
    let Some(kept) = hash else {
        self::hash(password)?;
        return Ok(false);
    };
    let kept = PasswordHash::new(kept).map_err(failed)?;
    Ok(Argon2::default()
        .verify_password(password.as_bytes(), &kept)
        .is_ok())
}

fn failed(error: impl std::fmt::Display) -> PasswordError {
    PasswordError(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::{hash, is_right};

    #[test]
    fn two_officers_with_one_password_have_two_hashes_and_neither_holds_it() {
        let (one, other) = (
            hash("correct horse").unwrap(),
            hash("correct horse").unwrap(),
        );
        assert_ne!(one, other);
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$") && !one.contains("horse"));
        assert!(is_right("correct horse", Some(&one)).unwrap());
        assert!(!is_right("correct horsf", Some(&one)).unwrap());
        assert!(!is_right("correct horse", None).unwrap());
        assert!(is_right("x", Some("damaged")).is_err());
    }
}
