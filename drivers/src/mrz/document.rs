//! What a zone says of its holder. Wipes itself and never prints what it holds.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::id_card::Date;

/// The three sizes of ICAO 9303.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// A card: three lines of 30.
    Td1,
    /// A larger card: two lines of 36.
    Td2,
    /// A passport booklet: two lines of 44.
    Td3,
}

impl Format {
    /// The stable name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Td1 => "td1",
            Self::Td2 => "td2",
            Self::Td3 => "td3",
        }
    }
}

/// A date field of a zone.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub enum MrzDate {
    /// A day that exists.
    Day(Date),
    /// The issuer knows only the year, or the year and the month (1 to 12).
    Partial {
        /// With its century.
        year: u16,
        /// `None` when only the year is known.
        month: Option<u8>,
    },
    /// The issuer knows nothing: six fillers.
    Unknown,
    /// What stands there instead, six characters with a right check digit.
    Unreadable(String),
}

/// `YYYY-MM-DD`, `YYYY-MM`, `YYYY`, nothing, or what stands there.
impl fmt::Display for MrzDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(date) => date.fmt(f),
            Self::Partial {
                year,
                month: Some(month),
            } => write!(f, "{year:04}-{month:02}"),
            Self::Partial { year, month: None } => write!(f, "{year:04}"),
            Self::Unknown => Ok(()),
            Self::Unreadable(text) => f.write_str(text),
        }
    }
}

impl fmt::Debug for MrzDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The sex a zone tells.
#[derive(Clone, Copy, PartialEq, Eq, Zeroize)]
pub enum Sex {
    /// `M`.
    Male,
    /// `F`.
    Female,
    /// `<`, or the `X` that some issuers print.
    Unspecified,
}

impl Sex {
    /// The code of GB/T 2261.1: 1 male, 2 female, 9 not stated.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Male => "1",
            Self::Female => "2",
            Self::Unspecified => "9",
        }
    }
}

impl fmt::Debug for Sex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// A passport or travel card whose check digits are all right.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct TravelDocument {
    /// Its size.
    #[zeroize(skip)]
    pub format: Format,
    /// Document code, one or two letters, such as `P`, `PO` or `I`.
    pub code: String,
    /// Issuing state or organisation, one to three letters (`D` is Germany).
    pub issuer: String,
    /// Primary identifier, usually the surname; words divided by blanks.
    pub surname: String,
    /// Secondary identifier, usually the given names; empty when there is none.
    pub given_names: String,
    /// The name fills its field to the last character, so a part may be missing.
    pub name_truncated: bool,
    /// Document number without fillers at its end.
    pub number: String,
    /// Nationality, one to three letters.
    pub nationality: String,
    /// Date of birth.
    pub birth: MrzDate,
    /// Sex.
    pub sex: Sex,
    /// Last day of validity.
    pub expiry: MrzDate,
    /// Personal number (TD3) or the first optional field; empty when there is none.
    pub optional: String,
    /// The second optional field of a TD1; empty when there is none.
    pub optional2: String,
    /// A letter in a date or check digit was read as the digit it resembles.
    pub mended: bool,
}

impl fmt::Debug for TravelDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TravelDocument({}, [redacted])", self.format.name())
    }
}
