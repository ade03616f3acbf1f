//! Passports and cards in the room: specimens, damage, and a second reader beside ours.

mod damage;
mod peer;
mod specimens;

use super::{MrzError, TravelDocument, parse};
use crate::id_card::Date;

/// The day the tests happen on.
pub(super) fn today() -> Date {
    Date::from_digits("20260401").unwrap()
}

pub(super) fn read(text: &str) -> Result<TravelDocument, MrzError> {
    parse(text, today())
}

/// The specimens of ICAO Doc 9303, parts 4, 5 and 6.
pub(super) const TD3: &str = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n\
                              L898902C36UTO7408122F1204159ZE184226B<<<<<10";
pub(super) const TD1: &str = "I<UTOD231458907<<<<<<<<<<<<<<<\n\
                              7408122F1204159UTO<<<<<<<<<<<6\n\
                              ERIKSSON<<ANNA<MARIA<<<<<<<<<<";
pub(super) const TD2: &str = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\n\
                              D231458907UTO7408122F1204159<<<<<<<6";
pub(super) const TD1_LONG: &str = "I<UTOD23145890<7349<<<<<<<<<<<\n\
                                   3407127M9507122UTO<<<<<<<<<<<2\n\
                                   STEVENSON<<PETER<JOHN<<<<<<<<<";
