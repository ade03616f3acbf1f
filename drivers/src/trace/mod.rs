//! Recording what a device and its driver say to each other, and playing it back.
//!
//! A recording is a text file ([`Trace`]): what kind of device, then one line a chunk of bytes
//! with its time and direction. What a person's card or code says is not in it: those bytes
//! are replaced by a specimen's of the same length as they are written, and a line says how
//! many and the salted SHA-256 of what stood there ([`Recording::reveal`] leaves them as they are).
//! [`replay`] gives the driver the device's side of a recording, on the recording's own clock.
//!
//! Devices behind HTTP have no byte stream of ours and no recording: their exchanges belong to
//! other crates.

mod deck;
mod drive;
mod entry;
mod file;
mod kinds;
mod recorder;
mod redact;
mod specimen;
#[cfg(all(test, feature = "simulator"))]
mod tests;

pub use drive::Opener;
pub use file::{MAX_BYTES, MAX_TIME, Trace, TraceError};
pub use recorder::{Recording, Summary, record};

use serde_json::Value;

use crate::conformance::Target;
use deck::Deck;
use kinds::{Facts, Play};

/// Plays the device's side of `trace` to the kind's driver and hands everything the driver
/// says to `tell`, one object each, personal values masked unless `reveal`.
///
/// `target` gives what the file does not hold (register map, map of keys, a profile that is not
/// built in); its selector is not used.
///
/// # Errors
/// [`TraceError::Diverged`] when the driver asks for something the recording does not have, with
/// the line; [`TraceError::Setting`] when the file names a setting nobody knows.
pub fn replay(
    trace: &Trace,
    target: &Target,
    reveal: bool,
    tell: &mut dyn FnMut(Value),
) -> Result<(), TraceError> {
    let facts = Facts::of_trace(trace, target)?;
    let mut deck = Deck::new(trace);
    let play = Play {
        bench: &mut deck,
        tell,
    };
    kinds::with_driver(trace.kind, &facts, reveal, play);
    deck.end()
}
