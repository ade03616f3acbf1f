//! The scanner: started at its URL, its faults in the resident's words.

use std::path::Path;
use std::time::Duration;

use kiosk_core::screen::ScanTrouble;
use kiosk_drivers::scanner::escl::protocol::QuirkTable;
use kiosk_drivers::scanner::{self, ScanFault, ScannerEvent, ScannerThread};
use kiosk_drivers::selector::Selector;

use super::{DeviceError, Way, looked_after, start};

/// How often an idle scanner is asked for its health.
const POLL: Duration = Duration::from_secs(3);

pub(super) fn start_scanner<E: Send + 'static>(
    selector: &Selector,
    quirks: &QuirkTable,
    port_power: Option<&Path>,
    (events, map): Way<E, ScannerEvent>,
) -> Result<ScannerThread, DeviceError> {
    let scanner = scanner::with_quirks(selector, quirks)
        .ok_or_else(|| DeviceError::Carrier {
            kind: "scanner",
            selector: selector.to_string(),
        })?
        .map_err(DeviceError::Scanner)?;
    let upkeep = looked_after(POLL, port_power, selector);
    ScannerThread::start("scanner", scanner, upkeep, events, map)
        .map_err(|source| start("scanner", source))
}

/// Whether paper lies on a glass there. Under a camera it is seen by everybody.
pub(super) fn has_glass(selector: &Selector) -> bool {
    !matches!(selector, Selector::Camera(_) | Selector::CameraFrames(_))
}

/// A scan's fault in the resident's words.
#[must_use]
pub fn scan_trouble(fault: &ScanFault) -> ScanTrouble {
    match fault {
        ScanFault::NoPaper => ScanTrouble::NoPaper,
        ScanFault::Jam => ScanTrouble::Jam,
        ScanFault::CoverOpen => ScanTrouble::CoverOpen,
        ScanFault::Busy => ScanTrouble::Busy,
        ScanFault::DoubleFeed => ScanTrouble::DoubleFeed,
        ScanFault::Offline => ScanTrouble::Offline,
        ScanFault::Truncated | ScanFault::EmptyImage => ScanTrouble::Broken,
        ScanFault::Covered => ScanTrouble::Covered,
        ScanFault::Timeout => ScanTrouble::Timeout,
        ScanFault::Unsupported | ScanFault::Cancelled | ScanFault::Device(_) => ScanTrouble::Device,
    }
}
