//! Id-card readers: the SAM protocol of GA/T 467.
//!
//! [`protocol`] turns bytes into frames, commands and card fields and back; [`CardReader`]
//! polls for a card, reads it whole and notices its removal; [`sim`] is a reader that
//! speaks the same bytes. Source of the byte tables: vendor sheets that implement
//! GA/T 467-2019, chapter 7.

mod card;
mod command;
mod date;
mod driver;
mod event;
mod exchange;
mod photo;
pub mod protocol;
#[cfg(feature = "simulator")]
pub mod sim;
#[cfg(all(test, feature = "simulator"))]
mod tests;

pub use card::{Card, Document, Fingerprint};
pub use command::{ManagementNumber, ReaderCommand, Reply};
pub use date::{CardDate, Date, Validity};
pub use driver::{CardReader, Settings};
pub use event::{ReaderEvent, ReaderFault, ReaderFaultKind};
pub use photo::{Photo, PhotoDecoder, PhotoError, PhotoFormat};
pub use protocol::sam_id::{SamId, SamIdError};

use std::io;
use std::sync::mpsc::Sender;

use crate::runner::{self, DeviceThread, Ladder, Line, Report};
use crate::selector::Selector;
use crate::transport::LineSettings;

/// Starts the reader at `selector` on a thread of its own; everything it says goes through
/// `map` into `events`.
///
/// # Errors
/// When the system gives no thread. A reader that is absent is no error: it is reported as
/// health and tried again for ever.
pub fn start<M, E>(
    selector: &Selector,
    events: Sender<E>,
    map: M,
) -> io::Result<DeviceThread<ReaderCommand>>
where
    M: Fn(Report<ReaderEvent>) -> E + Send + 'static,
    E: Send + 'static,
{
    let line = Line::at(selector, LineSettings::default());
    start_with(line, Settings::default(), events, map)
}

/// [`start`] on any line, such as one whose port can be power-cycled, with `settings`.
///
/// # Errors
/// As [`start`].
pub fn start_with<M, E>(
    line: Line,
    settings: Settings,
    events: Sender<E>,
    map: M,
) -> io::Result<DeviceThread<ReaderCommand>>
where
    M: Fn(Report<ReaderEvent>) -> E + Send + 'static,
    E: Send + 'static,
{
    runner::start_on(
        "id-card",
        CardReader::new(settings),
        line,
        Ladder::default(),
        events,
        map,
    )
}

/// Reads `bytes` as what a decoder of photos wrote, for the fuzz targets.
#[cfg(feature = "fuzzing")]
pub(crate) fn fuzz_photo(bytes: &[u8]) {
    photo::fuzz(bytes);
}
