//! Receipt printers: ESC/POS over a byte stream, everything as raster, every slip accounted for.
//!
//! The driver never prints twice unasked and never lets the rest of one person's slip come
//! out for the next: what is known about a slip is an [`Outcome`], and before a byte is
//! handed over the [`Journal`] says so on disk.

mod bitmap;
mod carrier;
mod driver;
mod journal;
mod outcome;
mod profile;
pub mod protocol;
mod reprint;
#[cfg(feature = "simulator")]
pub mod sim;
#[cfg(all(test, feature = "simulator"))]
mod tests;
mod unknown;
mod usage;
mod usb;

pub use bitmap::{Bitmap, BitmapError};
pub use carrier::open;
pub use driver::{Findings, PrinterCommand, PrinterDriver, PrinterEvent, Settings, Supply};
pub use journal::{JobRecord, Journal, JournalError, MemoryJournal, Phase};
pub use outcome::{Cause, Job, JobId, Outcome};
pub use profile::{
    Bytes, Clearing, Confirmation, Delivery, Flow, Profile, ProfileError, Quirks, StatusStyle,
};
pub use protocol::commands::ProcessId;
pub use protocol::status::{Problem, Status};
pub use reprint::{Reprint, ReprintReason};
pub use unknown::probe;
pub use usage::{Forecast, PaperUse, Roll};
