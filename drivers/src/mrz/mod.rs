//! Machine-readable zones of passports and travel cards: TD1, TD2 and TD3 of ICAO 9303.
//!
//! The lines come typed or from a code scanner. A zone is accepted only when every one of
//! its check digits is right. A letter that an optical reader saw where only a digit may stand
//! (a date, a check digit) is mended when the check digit agrees, and the document then says so;
//! where letters and digits may both stand, a sum modulo 10 proves no guess and none is made.
//! Source: ICAO Doc 9303, parts 3 to 6.

mod check;
mod collect;
mod document;
mod field;
mod layout;
mod parse;
#[cfg(test)]
mod tests;
mod zone;

pub use check::check_digit;
pub use collect::{Collected, Collector};
pub use document::{Format, MrzDate, Sex, TravelDocument};
pub use field::{Field, MrzError};

use crate::id_card::Date;

/// Reads the lines of one machine-readable zone.
///
/// `text` holds the lines with or without line ends between them, in either case, in
/// half-width or full-width characters, blanks ignored; at most [`MAX_TEXT`] bytes.
/// `today` decides the century of the birth date, which is never in the future; the year
/// of expiry is always 20xx.
///
/// # Errors
/// [`MrzError`] with the line and column or the field that is wrong; never with a value.
pub fn parse(text: &str, today: Date) -> Result<TravelDocument, MrzError> {
    parse::document(zone::Zone::read(text)?, today)
}

/// The longest text looked at, in bytes: three lines in full-width characters, well spaced.
pub const MAX_TEXT: usize = 1024;
