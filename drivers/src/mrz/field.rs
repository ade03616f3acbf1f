//! The fields of a zone by name, and what can be wrong with them.

use std::fmt;

/// A field of a machine-readable zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// Document code.
    Code,
    /// Issuing state or organisation.
    Issuer,
    /// Name of the holder.
    Name,
    /// Document number.
    Number,
    /// Nationality of the holder.
    Nationality,
    /// Date of birth.
    Birth,
    /// Sex.
    Sex,
    /// Date of expiry.
    Expiry,
    /// Personal number or other optional data.
    Optional,
    /// The check digit over most of the zone.
    Composite,
}

impl Field {
    /// The stable name, as in JSON and logs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Issuer => "issuer",
            Self::Name => "name",
            Self::Number => "number",
            Self::Nationality => "nationality",
            Self::Birth => "birth",
            Self::Sex => "sex",
            Self::Expiry => "expiry",
            Self::Optional => "optional",
            Self::Composite => "composite",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a text is no machine-readable zone that can be trusted. Holds no value of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MrzError {
    /// Longer than any zone.
    #[error("reading the machine-readable zone: the text is too long")]
    TooLong,
    /// Neither three lines of 30 nor two of 36 or 44.
    #[error("reading the machine-readable zone: {lines} lines, the longest of {longest}")]
    Shape {
        /// Lines that are not empty.
        lines: usize,
        /// Characters of the longest.
        longest: usize,
    },
    /// A character that has no place there.
    #[error("reading the machine-readable zone: line {line}, column {column} cannot be read")]
    Character {
        /// 1 for the first line.
        line: usize,
        /// 1 for the first character.
        column: usize,
    },
    /// A visa or another document that proves nobody's identity here.
    #[error("reading the machine-readable zone: no passport and no travel card")]
    Unsupported,
    /// A field that says nothing, or nothing a document may say.
    #[error("reading the machine-readable zone: the field {0} makes no sense")]
    Field(Field),
    /// A field that does not agree with its check digit.
    #[error("reading the machine-readable zone: the check digit of {0} is wrong")]
    CheckDigit(Field),
}
