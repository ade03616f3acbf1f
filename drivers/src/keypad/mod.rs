//! The tactile keypad: a few raised keys by which a visit is led with the screen dark, read
//! as the kernel's input events.

mod driver;
mod map;
#[cfg(all(test, feature = "simulator"))]
mod tests;

pub use driver::{Keypad, KeypadEvent};
pub use map::{Key, KeyMap, KeyMapError, NoSuchKey};

use std::io;
use std::sync::mpsc::Sender;

use crate::runner::{self, DeviceThread, Ladder, Line, Report};
use crate::selector::Selector;
use crate::transport::{self, LineSettings};

/// Starts the keypad at `selector` (`evdev:` or `hid:`) on a thread of its own; everything it says goes through
/// `map` into `events`. `keys` says which key code is which key.
///
/// # Errors
/// When the system gives no thread. A keypad that is absent is no error: it is reported as
/// health and tried again for ever.
pub fn start<M, E>(
    selector: &Selector,
    keys: KeyMap,
    events: Sender<E>,
    map: M,
) -> io::Result<DeviceThread<std::convert::Infallible>>
where
    M: Fn(Report<KeypadEvent>) -> E + Send + 'static,
    E: Send + 'static,
{
    start_on(line(selector), keys, events, map)
}

/// [`start`] on any line, such as one whose port can be power-cycled.
///
/// # Errors
/// As [`start`].
pub fn start_on<M, E>(
    line: Line,
    keys: KeyMap,
    events: Sender<E>,
    map: M,
) -> io::Result<DeviceThread<std::convert::Infallible>>
where
    M: Fn(Report<KeypadEvent>) -> E + Send + 'static,
    E: Send + 'static,
{
    let driver = Keypad::new(keys);
    runner::start_on("keypad", driver, line, Ladder::default(), events, map)
}

/// The line to the keypad at `selector`.
#[must_use]
pub fn line(selector: &Selector) -> Line {
    let named = selector.clone();
    let open = move || transport::evdev::open_selector(&named, LineSettings::default());
    Line::opened_by(Box::new(open), selector)
}
