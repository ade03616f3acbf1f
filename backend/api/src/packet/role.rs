//! What a part of a packet is. The header is not sealed: a role tells nothing about the person.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Role of a part; every role occurs once in a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Role {
    /// `content`: the JSON of [`crate::application`] that the kind asks for.
    Content,
    /// `form`: the PDF that was shown and signed.
    Form,
    /// `visit`: the recorded visit, shapes and times of its events as JSON lines, never values.
    Visit,
    /// `page-N`: the N-th scanned page of the packet as JPEG, from 1. The content says which material it belongs to.
    Page(u16),
}

/// The text is not a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("reading a part's role: `content`, `form`, `visit` or `page-N` is expected")]
pub struct NotARole;

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Content => f.write_str("content"),
            Self::Form => f.write_str("form"),
            Self::Visit => f.write_str("visit"),
            Self::Page(number) => write!(f, "page-{number}"),
        }
    }
}

impl FromStr for Role {
    type Err = NotARole;

    fn from_str(text: &str) -> Result<Self, NotARole> {
        match text {
            "content" => Ok(Self::Content),
            "form" => Ok(Self::Form),
            "visit" => Ok(Self::Visit),
            _ => {
                let digits = text.strip_prefix("page-").ok_or(NotARole)?;
                let number = digits.parse().map_err(|_| NotARole)?;
                let role = Self::Page(number);
                // `page-007` and `page-+7` would be second names of one page.
                (number > 0 && role.to_string() == text)
                    .then_some(role)
                    .ok_or(NotARole)
            }
        }
    }
}

impl TryFrom<String> for Role {
    type Error = NotARole;

    fn try_from(text: String) -> Result<Self, NotARole> {
        text.parse()
    }
}

impl From<Role> for String {
    fn from(role: Role) -> Self {
        role.to_string()
    }
}
