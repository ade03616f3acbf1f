//! Document scanners: eSCL over HTTP, what SANE knows, and cameras over the desk.
//!
//! [`Scanner`] is what every kind of scanner can do; [`escl`] is the kind most devices
//! speak, over the network or over USB through `ipp-usb` on loopback; [`sane`] reaches the
//! older and sheet-fed ones; [`camera`] is a lens that sees the desk. [`ScannerThread`] runs one on a thread of its own.

mod bounds;
pub mod camera;
pub mod escl;
mod fault;
mod jpeg;
mod page;
mod png;
mod progressive;
pub mod sane;
#[cfg(feature = "simulator")]
pub mod sim;
#[cfg(all(test, feature = "simulator"))]
mod tests;
mod thread;

pub use fault::ScanFault;
pub use page::{ColourMode, NextPage, Page, Region, ScanSettings, Source};
pub use thread::{ScannerCommand, ScannerEvent, ScannerThread};

use crate::runner::{CancelToken, Condition};
use crate::selector::Selector;
use escl::EsclScanner;
use escl::protocol::QuirkTable;
use sane::SaneScanner;

/// The scanner at `selector`, not yet asked anything; `None` when it names no scanner.
///
/// # Errors
/// [`ScanFault::Device`] when its address or name is none, or there is nowhere in memory for
/// its pages.
pub fn at(selector: &Selector) -> Option<Result<Box<dyn Scanner>, ScanFault>> {
    with_quirks(selector, &QuirkTable::default())
}

/// As [`at`], with an operator's entries for eSCL scanners beside those built in.
///
/// # Errors
/// As [`at`].
pub fn with_quirks(
    selector: &Selector,
    own: &QuirkTable,
) -> Option<Result<Box<dyn Scanner>, ScanFault>> {
    fn boxed<S: Scanner + 'static>(scanner: S) -> Box<dyn Scanner> {
        Box::new(scanner)
    }
    match selector {
        Selector::Escl(url) => {
            let scanner = EsclScanner::new(url, escl::Limits::default());
            Some(scanner.map(|scanner| boxed(scanner.with_quirks(own.clone()))))
        }
        Selector::Sane(device) => {
            Some(SaneScanner::new(device, sane::Settings::default()).map(boxed))
        }
        Selector::Camera(_) | Selector::CameraFrames(_) => {
            camera::camera(selector).map(|camera| Ok(boxed(camera)))
        }
        Selector::Serial { .. }
        | Selector::Tcp { .. }
        | Selector::Usb { .. }
        | Selector::Hid { .. }
        | Selector::File(_)
        | Selector::Ipp(_)
        | Selector::Evdev(_)
        | Selector::Sim => None,
    }
}

/// A device that turns paper into pages. All methods block; a [`CancelToken`] ends a wait.
pub trait Scanner: Send {
    /// What the scanner calls itself; asks it the first time.
    ///
    /// # Errors
    /// [`ScanFault`] when it does not answer or answers nonsense.
    fn identify(&mut self) -> Result<String, ScanFault>;

    /// How the scanner is right now.
    ///
    /// # Errors
    /// [`ScanFault`] when it does not answer or answers nonsense.
    fn status(&mut self) -> Result<Condition, ScanFault>;

    /// Forgets what the scanner said of itself: another one may stand there now.
    fn forget(&mut self);

    /// Where paper may lie, the feeder first. Never empty.
    ///
    /// # Errors
    /// [`ScanFault`] when it does not answer or answers nonsense.
    fn places(&mut self) -> Result<&'static [Source], ScanFault>;

    /// Whether the feeder is known to be empty; false, as here, when only a job can tell.
    ///
    /// # Errors
    /// [`ScanFault`] when it does not answer or answers nonsense, and what is wrong with the
    /// feeder when something is.
    fn feeder_is_empty(&mut self) -> Result<bool, ScanFault> {
        Ok(false)
    }

    /// Whether the feeder scans both sides of a sheet; false, as here, when it has none.
    ///
    /// # Errors
    /// [`ScanFault`] when it does not answer or answers nonsense.
    fn feeds_both_sides(&mut self) -> Result<bool, ScanFault> {
        Ok(false)
    }

    /// Begins a job; ends one still running. Once as many pages have come as the settings allow,
    /// the caller cancels: only some scanners can be told the number.
    ///
    /// # Errors
    /// [`ScanFault`] when the scanner does not take the job; nothing has to be ended then.
    fn start(&mut self, settings: &ScanSettings, cancel: &CancelToken) -> Result<(), ScanFault>;

    /// Fetches the next page of the job; after [`NextPage::End`] and [`NextPage::Fault`] the job is over.
    fn next_page(&mut self) -> NextPage;

    /// Ends the job at the device, whatever state it is in. Harmless when there is none.
    fn cancel(&mut self);
}

/// Reads `bytes` as a page, for the fuzz targets.
#[cfg(feature = "fuzzing")]
pub(crate) fn fuzz_page(bytes: &[u8]) {
    assert!(jpeg::percent_here(bytes) < 100, "more than all but the end");
    let plain = jpeg::strip_metadata(bytes);
    if jpeg::examine(bytes).is_ok() {
        assert!(
            jpeg::examine(&plain).is_ok(),
            "a page lost with its metadata"
        );
    }
    // A fault is as good as a page here.
    let _ = sane::fuzz_page(bytes);
}

/// Reads `text` as what `scanimage` says of its options, for the fuzz targets.
#[cfg(feature = "fuzzing")]
pub(crate) fn fuzz_options(text: &str) {
    sane::fuzz_options(text);
}
