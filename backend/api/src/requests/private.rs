//! Text that belongs to a person.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Text about a person: zeroed when dropped, printed as `[redacted]`.
#[derive(
    Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema, Zeroize, ZeroizeOnDrop,
)]
#[serde(transparent)]
#[schema(value_type = String)]
pub struct Private(String);

impl Private {
    /// Takes the text over.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself: the caller keeps it out of logs and files.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Private {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Private {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
