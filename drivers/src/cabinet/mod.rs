//! The cabinet: presence sensor, door and cover switches, slot lights, headphone plug,
//! temperature and UPS, all behind one Modbus-RTU I/O board.
//!
//! Which register is which is data ([`RegisterMap`]). No value leaves whose frame had a wrong
//! CRC, and none that answers an earlier question. Source: Modbus application protocol 1.1b3,
//! Modbus over serial line 1.02.

mod bus;
mod driver;
mod map;
mod settle;
#[cfg(feature = "simulator")]
pub mod sim;
#[cfg(all(test, feature = "simulator"))]
mod tests;

pub use driver::{Cabinet, CabinetCommand, CabinetEvent, Ups};
pub use map::{MapError, RegisterMap, Signal, Slot};

use std::io;
use std::sync::mpsc::Sender;

use crate::runner::{self, DeviceThread, Ladder, Line, Report};
use crate::selector::Selector;
use crate::transport::LineSettings;

/// Starts the board at `selector` on a thread of its own; everything it says goes through
/// `map` into `events`. `registers` is its map; [`RegisterMap::sample`] is one.
///
/// # Errors
/// When the system gives no thread. A board that is absent is no error: it is reported as
/// health and tried again for ever.
pub fn start<M, E>(
    selector: &Selector,
    registers: RegisterMap,
    events: Sender<E>,
    map: M,
) -> io::Result<DeviceThread<CabinetCommand>>
where
    M: Fn(Report<CabinetEvent>) -> E + Send + 'static,
    E: Send + 'static,
{
    let line = line(selector, &registers);
    start_on(line, registers, events, map)
}

/// [`start`] on any line, such as one whose port can be power-cycled.
///
/// # Errors
/// As [`start`].
pub fn start_on<M, E>(
    line: Line,
    registers: RegisterMap,
    events: Sender<E>,
    map: M,
) -> io::Result<DeviceThread<CabinetCommand>>
where
    M: Fn(Report<CabinetEvent>) -> E + Send + 'static,
    E: Send + 'static,
{
    let driver = Cabinet::new(registers);
    runner::start_on("cabinet", driver, line, Ladder::default(), events, map)
}

/// The line to the board at `selector`, at the speed of its map.
#[must_use]
pub fn line(selector: &Selector, registers: &RegisterMap) -> Line {
    let settings = LineSettings {
        baud: registers.baud(),
        ..LineSettings::default()
    };
    Line::at(selector, settings)
}
