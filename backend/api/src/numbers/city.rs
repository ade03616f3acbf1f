//! The city's own numbers: filing number (申报号) and case number (办件编号).

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{compact_date, number_as_text};

/// The text is not a number of the city.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("reading a number of the city: {0}")]
pub struct NotANumber(&'static str);

/// Filing number (申报号): `S`, the day, and the day's sequence with at least six digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FilingNumber(String);

impl FilingNumber {
    /// The `sequence`-th packet the city received on `date`.
    #[must_use]
    pub fn new(date: Date, sequence: u64) -> Self {
        Self(format!("S{}{sequence:06}", compact_date(date)))
    }

    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for FilingNumber {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, NotANumber> {
        let digits = text
            .strip_prefix('S')
            .ok_or(NotANumber("a filing number begins with S"))?;
        if !(14..=28).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotANumber("14 to 28 digits follow the S"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for FilingNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

number_as_text!(FilingNumber, NotANumber);

/// Case number (办件编号): the implementation code of the item (31), the day (8), and the day's sequence of that item
/// (4 digits, more beyond 9999).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CaseNumber(String);

impl CaseNumber {
    const CODE: usize = 31;

    /// The `sequence`-th case of the item on `date`.
    ///
    /// # Errors
    /// [`NotANumber`] when `implementation` is not 31 digits and capital letters.
    pub fn new(implementation: &str, date: Date, sequence: u64) -> Result<Self, NotANumber> {
        format!("{implementation}{}{sequence:04}", compact_date(date)).parse()
    }

    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CaseNumber {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, NotANumber> {
        let (code, rest) = text
            .split_at_checked(Self::CODE)
            .ok_or(NotANumber("a case number begins with a code of 31"))?;
        if !code
            .bytes()
            .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        {
            return Err(NotANumber("the code is digits and capital letters"));
        }
        if !(12..=28).contains(&rest.len()) || !rest.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotANumber("the day and at least 4 digits follow the code"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

number_as_text!(CaseNumber, NotANumber);
