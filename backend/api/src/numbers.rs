//! Numbers that people read, type and compare: receipt, filing, case number, verification code.
//!
//! Source: design.md "Numbers", domain.md 4.1.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

mod city;

pub use city::{CaseNumber, FilingNumber, NotANumber};

/// 32 characters that are not taken for one another: no 0, 1, I or O.
pub const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// Why a typed number is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Too short or too long.
    #[error("reading a number: {expected} characters are expected, {found} were given")]
    Length {
        /// Characters without spaces and hyphens.
        expected: usize,
        /// Characters found.
        found: usize,
    },
    /// A character that is not in the alphabet, such as 0, 1, I or O.
    #[error("reading a number: character {position} is not one of those used")]
    Character {
        /// Position, from 1, without spaces and hyphens.
        position: usize,
    },
    /// The check character does not fit: something was misread or mistyped.
    #[error("reading a number: the check character does not fit")]
    Check,
}

/// Reads `N` characters of the alphabet; spaces and hyphens are skipped, lower case is read as upper case.
fn read<const N: usize>(text: &str) -> Result<[u8; N], NumberError> {
    let mut characters = [0u8; N];
    let mut found = 0;
    for character in text
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '\u{2010}'..='\u{2015}' | '\u{3000}'))
    {
        if let Some(place) = characters.get_mut(found) {
            let upper = character.to_ascii_uppercase();
            *place = u8::try_from(upper)
                .ok()
                .filter(|byte| ALPHABET.contains(byte))
                .ok_or(NumberError::Character {
                    position: found + 1,
                })?;
        }
        found += 1;
    }
    if found == N {
        Ok(characters)
    } else {
        Err(NumberError::Length { expected: N, found })
    }
}

fn value(character: u8) -> usize {
    ALPHABET
        .iter()
        .position(|known| *known == character)
        .unwrap_or(0)
}

fn character(value: usize) -> u8 {
    ALPHABET.get(value % 32).copied().unwrap_or(b'2')
}

/// Luhn's check modulo 32: finds every single wrong character and nearly every swap of two neighbours.
fn check_character(characters: &[u8]) -> u8 {
    let sum: usize = characters
        .iter()
        .rev()
        .enumerate()
        .map(|(place, c)| {
            let addend = if place % 2 == 0 { 2 } else { 1 } * value(*c);
            addend / 32 + addend % 32
        })
        .sum();
    character((32 - sum % 32) % 32)
}

/// Puts the check character of the first eleven into the twelfth.
fn seal(mut characters: [u8; 12]) -> [u8; 12] {
    let [body @ .., check] = &mut characters;
    *check = check_character(body);
    characters
}

/// Reads twelve characters of which the last checks the others.
fn read_checked(text: &str) -> Result<[u8; 12], NumberError> {
    let characters = read(text)?;
    if seal(characters) == characters {
        Ok(characters)
    } else {
        Err(NumberError::Check)
    }
}

fn text(characters: &[u8]) -> String {
    characters.iter().copied().map(char::from).collect()
}

fn grouped(characters: &[u8]) -> String {
    let groups: Vec<String> = characters.chunks(4).map(text).collect();
    groups.join("-")
}

/// Serialisation as text and `Debug` equal to `Display` for a number type.
macro_rules! number_as_text {
    ($type:ty, $error:ty) => {
        impl TryFrom<String> for $type {
            type Error = $error;
            fn try_from(text: String) -> Result<Self, $error> {
                text.parse()
            }
        }
        impl From<$type> for String {
            fn from(number: $type) -> Self {
                number.to_string()
            }
        }
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}
pub(crate) use number_as_text;

/// Three characters that name a kiosk in receipt numbers and packets; the city gives them at enrolment.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KioskId([u8; 3]);

impl KioskId {
    /// Kiosks that one city can name.
    pub const COUNT: u16 = 32 * 32 * 32;

    /// The `index`-th name, for the city that gives them out; None from [`KioskId::COUNT`] on.
    #[must_use]
    pub fn from_index(index: u16) -> Option<Self> {
        let index = usize::from(index);
        (index < usize::from(Self::COUNT)).then(|| {
            Self([
                character(index / 1024),
                character(index / 32),
                character(index),
            ])
        })
    }
}

impl fmt::Display for KioskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text(&self.0))
    }
}

impl FromStr for KioskId {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        read(text).map(Self)
    }
}

number_as_text!(KioskId, NumberError);

/// Receipt number (回执号): made by the kiosk at "submit", also without a connection. Shown `ABC2-3456-789K`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReceiptNumber([u8; 12]);

impl ReceiptNumber {
    /// The number of `kiosk` for eight random bytes, of which five bits each are used: 2^40 numbers per kiosk.
    #[must_use]
    pub fn new(kiosk: KioskId, random: [u8; 8]) -> Self {
        let mut characters = [0; 12];
        let body = kiosk
            .0
            .into_iter()
            .chain(random.map(|byte| character(usize::from(byte))));
        for (place, value) in characters.iter_mut().zip(body) {
            *place = value;
        }
        Self(seal(characters))
    }

    /// The kiosk that made it.
    #[must_use]
    pub fn kiosk(self) -> KioskId {
        let [a, b, c, ..] = self.0;
        KioskId([a, b, c])
    }

    /// Twelve characters without hyphens, for the QR code and for searching.
    #[must_use]
    pub fn compact(self) -> String {
        text(&self.0)
    }
}

impl fmt::Display for ReceiptNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&grouped(&self.0))
    }
}

impl FromStr for ReceiptNumber {
    type Err = NumberError;

    /// Spaces, hyphens and lower case do not matter.
    fn from_str(text: &str) -> Result<Self, NumberError> {
        read_checked(text).map(Self)
    }
}

number_as_text!(ReceiptNumber, NumberError);

/// Code on a result document that the `/verify` page asks for: 11 random characters and a check. Shown `ABCD-…`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VerificationCode([u8; 12]);

impl VerificationCode {
    /// The code of eleven random bytes, of which five bits each are used: 55 bits to guess.
    #[must_use]
    pub fn new(random: [u8; 11]) -> Self {
        let mut characters = [0; 12];
        for (place, byte) in characters.iter_mut().zip(random) {
            *place = character(usize::from(byte));
        }
        Self(seal(characters))
    }
}

impl fmt::Display for VerificationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&grouped(&self.0))
    }
}

impl FromStr for VerificationCode {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        read_checked(text).map(Self)
    }
}

number_as_text!(VerificationCode, NumberError);

/// `yyyyMMdd`.
fn compact_date(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}

#[cfg(test)]
mod tests;
