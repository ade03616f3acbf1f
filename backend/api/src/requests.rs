//! The bodies of the city's HTTP contract: what a kiosk, an officer or anybody asks and what the city answers.
//!
//! Requests refuse unknown fields and check their own bounds ([`Request::check`]), so that both sides agree
//! on what a bad body is. Answers tolerate unknown fields: an older kiosk reads a newer city.
//! Everything that belongs to a person is a [`Private`]: it zeroes itself and prints as `[redacted]`.

pub mod authorities;
pub mod commitment;
pub mod deliveries;
pub mod drafts;
pub mod enrolment;
pub mod feedback;
pub mod hall;
pub mod help;
pub mod home;
pub mod identity;
pub mod library;
pub mod matters;
pub mod officer;
pub mod outcome;
pub mod packets;
pub mod paths;
pub mod persons;
pub mod private;
pub mod problem;
pub mod procedure;
pub mod sharing;
pub mod staff;
pub mod status;
pub mod supervision;
pub mod upload;
pub mod window;

pub use private::Private;
pub use problem::{Problem, ProblemCode};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Most bytes of a JSON body the city reads, except a packet's.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// A sentence or name in both languages of the kiosk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Words {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Words {
    /// Both languages at once.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            zh: zh.into(),
            en: en.into(),
        }
    }
}

/// A field of a request that breaks a bound of the contract.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("field {field}: {reason}")]
pub struct BadField {
    /// Path of the field in the body, for example `devices[3].kind`.
    pub field: String,
    /// What is wrong with it, never its value.
    pub reason: String,
}

impl BadField {
    /// Names the field and what is wrong with it.
    pub fn new(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            reason: reason.into(),
        }
    }
}

/// A body that knows its own bounds.
pub trait Request {
    /// Checks every bound that the types alone do not enforce.
    ///
    /// # Errors
    /// [`BadField`] with the first field out of bounds.
    fn check(&self) -> Result<(), BadField>;
}

/// Text of `field` must have 1 to `most` characters, none of them a control character.
pub(crate) fn text(field: &str, value: &str, most: usize) -> Result<(), BadField> {
    let length = value.chars().take(most + 1).count();
    if value.trim().is_empty() {
        return Err(BadField::new(field, "must not be empty"));
    }
    if length > most {
        return Err(BadField::new(
            field,
            format!("longer than {most} characters"),
        ));
    }
    if value.chars().any(|c| c.is_control() && c != '\n') {
        return Err(BadField::new(field, "holds a control character"));
    }
    Ok(())
}

/// Text of `field` must be exactly `digits` hexadecimal digits in lower case.
pub(crate) fn hex(field: &str, value: &str, digits: usize) -> Result<(), BadField> {
    let sound = value.len() == digits
        && value
            .bytes()
            .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if sound {
        Ok(())
    } else {
        Err(BadField::new(
            field,
            format!("must be {digits} hexadecimal digits in lower case"),
        ))
    }
}

/// A number of `field` is one that every reader of JSON holds exactly: below 2^53.
pub(crate) fn whole(field: &str, value: Option<u64>) -> Result<(), BadField> {
    if value.is_some_and(|value| value >= 1 << 53) {
        Err(BadField::new(field, "is 2^53 or more"))
    } else {
        Ok(())
    }
}

/// A list of `field` holds at most `most` entries.
pub(crate) fn at_most(field: &str, count: usize, most: usize) -> Result<(), BadField> {
    if count > most {
        Err(BadField::new(field, format!("more than {most} entries")))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
