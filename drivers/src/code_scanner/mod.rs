//! Code scanners: serial and USB-CDC modules, and keyboard wedges by evdev.
//!
//! A module on USB-CDC sends only while DTR is raised; the kernel raises it when the line is
//! opened. Every payload is hostile: it is text and nothing else, is never opened, run or asked of a
//! database here, and [`Code::shown`] is the only form fit for a screen. Tokens of electronic
//! identity are passed on unchanged by whoever needs them.

mod code;
mod driver;
mod framing;
#[cfg(feature = "simulator")]
pub mod sim;
#[cfg(all(test, feature = "simulator"))]
mod tests;
mod trigger;
mod wedge;

pub use code::{Code, MAX_PAYLOAD, Rejection, decode};
pub use driver::{CodeEvent, CodeScanner, ScanCommand};
pub use framing::Ending;
pub use trigger::Family;
#[cfg(feature = "simulator")]
pub(crate) use wedge::key_of;

use std::io;
use std::sync::mpsc::Sender;

use crate::runner::{self, DeviceThread, Ladder, Line, Report};
use crate::selector::Selector;
use crate::transport::{self, LineSettings};

/// What the installation says of a scanner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The module's command language; `None` for one that scans by itself and takes no commands.
    pub family: Option<Family>,
    /// What ends a code.
    pub ending: Ending,
}

/// Starts the scanner at `selector` on a thread of its own; everything it says goes through
/// `map` into `events`.
///
/// # Errors
/// When the system gives no thread. A scanner that is absent is no error: it is reported as
/// health and tried again for ever.
pub fn start<M, E>(
    selector: &Selector,
    settings: Settings,
    events: Sender<E>,
    map: M,
) -> io::Result<DeviceThread<ScanCommand>>
where
    M: Fn(Report<CodeEvent>) -> E + Send + 'static,
    E: Send + 'static,
{
    let line = line(selector, settings);
    start_on(line, CodeScanner::at(selector, settings), events, map)
}

/// [`start`] on any line, such as one whose port can be power-cycled.
///
/// # Errors
/// As [`start`].
pub fn start_on<M, E>(
    line: Line,
    driver: CodeScanner,
    events: Sender<E>,
    map: M,
) -> io::Result<DeviceThread<ScanCommand>>
where
    M: Fn(Report<CodeEvent>) -> E + Send + 'static,
    E: Send + 'static,
{
    runner::start_on("code-scanner", driver, line, Ladder::default(), events, map)
}

/// The line to the scanner at `selector`; a serial one without a speed runs at the family's.
#[must_use]
pub fn line(selector: &Selector, settings: Settings) -> Line {
    let named = selector.clone();
    let line = LineSettings {
        baud: settings.family.map_or(115_200, Family::baud),
        ..LineSettings::default()
    };
    let open = move || transport::evdev::open_selector(&named, line);
    Line::opened_by(Box::new(open), selector)
}
