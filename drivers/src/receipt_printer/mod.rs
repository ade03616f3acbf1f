//! Receipt printers: ESC/POS over a byte stream, everything as raster, every slip accounted for.
//!
//! The driver never prints twice unasked and never lets the rest of one person's slip come
//! out for the next: what is known about a slip is an [`Outcome`], and before a byte is
//! handed over the [`Journal`] says so on disk.

mod bitmap;
mod driver;
mod journal;
mod outcome;
pub mod protocol;
#[cfg(feature = "simulator")]
pub mod sim;
#[cfg(all(test, feature = "simulator"))]
mod tests;

pub use bitmap::{Bitmap, BitmapError};
pub use driver::{PrinterCommand, PrinterDriver, PrinterEvent, Settings, Supply};
pub use journal::{JobRecord, Journal, JournalError, MemoryJournal, Phase};
pub use outcome::{Cause, Job, JobId, Outcome};
pub use protocol::commands::ProcessId;
pub use protocol::status::{Problem, Status};
