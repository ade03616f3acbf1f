//! The byte stream between a driver and its device, with the clock the driver lives by.
//!
//! Time is the transport's: on the in-memory transport it moves only when the driver
//! waits, so no test sleeps; on a serial line or a socket it is the machine's monotonic
//! clock.

mod descriptor;
pub mod evdev;
pub mod hid;
pub(crate) mod inbox;
#[cfg(feature = "simulator")]
pub mod memory;
#[cfg(all(test, feature = "simulator"))]
pub(crate) mod mutating;
#[cfg(feature = "simulator")]
pub(crate) mod outgoing;
#[cfg(feature = "simulator")]
pub mod plan;
pub(crate) mod plugged;
pub mod serial;
#[cfg(feature = "simulator")]
pub mod simulated;
pub mod tcp;
#[cfg(all(test, feature = "simulator"))]
mod tests;
pub mod usb;
#[cfg(feature = "simulator")]
pub(crate) mod wire;

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use crate::selector::Selector;

/// A byte stream to one device.
pub trait Transport: Send {
    /// Monotonic time since an arbitrary origin, which stays the same when the line is
    /// closed and opened again: a driver keeps times from one line to the next.
    fn now(&self) -> Duration;

    /// Reads what is there into `buffer`, waiting until `deadline` at most.
    ///
    /// Returns as soon as at least one byte has come; `Ok(0)` means the deadline passed
    /// without a byte. A deadline already past reads what is there without waiting.
    ///
    /// # Errors
    /// [`TransportError`] when the line is gone (unplugged, closed, reset).
    fn read(&mut self, buffer: &mut [u8], deadline: Duration) -> Result<usize, TransportError>;

    /// Hands `bytes` over, waiting for the device's flow control until `deadline` at most.
    ///
    /// Returns how many bytes were handed over, fewer than given when the deadline passed.
    ///
    /// # Errors
    /// [`TransportError`] when the line is gone; bytes handed over before are then unknown to the device.
    fn write(&mut self, bytes: &[u8], deadline: Duration) -> Result<usize, TransportError>;

    /// Changes the line speed, in bits per second, so that a driver can look for its device.
    ///
    /// `Ok(false)` when the carrier has no speed (socket, USB) or the configuration fixes
    /// it: looking at other speeds is then pointless.
    ///
    /// # Errors
    /// [`TransportError`] when the line is gone or cannot run at that speed.
    fn set_speed(&mut self, _baud: u32) -> Result<bool, TransportError> {
        Ok(false)
    }
}

/// The machine's monotonic clock, since the first line of this program was opened.
///
/// One for all lines: with a clock that began anew at every opening, a reader plugged in
/// again after a long day waited a long day for its next poll.
pub(crate) fn clock() -> Duration {
    static ORIGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
    ORIGIN.elapsed()
}

/// How a serial device holds back what it cannot take yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FlowControl {
    /// Nothing holds back.
    #[default]
    None,
    /// XOFF (`13`) from the device stops our output and XON (`11`) resumes it; we never
    /// send either, because they would land in the data.
    XonXoff,
    /// The RTS and CTS wires.
    RtsCts,
}

/// What a driver asks of the carrier it is opened on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineSettings {
    /// Bits per second on a serial line when the selector names none; 8N1 always.
    pub baud: u32,
    /// Flow control on a serial line; other carriers have their own.
    pub flow: FlowControl,
}

impl Default for LineSettings {
    fn default() -> Self {
        Self {
            baud: 115_200,
            flow: FlowControl::None,
        }
    }
}

/// Opens the byte stream `selector` names.
///
/// # Errors
/// [`TransportError`] when the device is absent, taken, forbidden, or the selector names a
/// carrier that is not a plain byte stream (eSCL, SANE, a camera, `sim:`).
pub fn open(
    selector: &Selector,
    settings: LineSettings,
) -> Result<Box<dyn Transport>, TransportError> {
    match selector {
        Selector::Serial { path, baud } => Ok(Box::new(serial::open(path, *baud, settings)?)),
        Selector::Tcp { host, port } => Ok(Box::new(tcp::open(host, *port)?)),
        Selector::Evdev(path) => Ok(Box::new(evdev::open(path)?)),
        Selector::Usb {
            vid,
            pid,
            serial,
            port,
        } => {
            let (serial, port) = (serial.as_deref(), port.as_deref());
            let name = selector.to_string();
            Ok(Box::new(usb::open((*vid, *pid), serial, port, name)?))
        }
        Selector::Hid { vid, pid, port } => Ok(Box::new(hid::open((*vid, *pid), port.as_deref())?)),
        Selector::Escl(_)
        | Selector::Sane(_)
        | Selector::Camera(_)
        | Selector::CameraFrames(_)
        | Selector::File(_)
        | Selector::Ipp(_)
        | Selector::Sim => Err(TransportError {
            operation: "open",
            device: selector.to_string(),
            source: std::io::Error::new(
                std::io::ErrorKind::Unsupported,
                "this device is not reached over a byte stream here; use serial:, tcp:, usb:, hid: or evdev:",
            ),
        }),
    }
}

/// Why a byte stream could not be opened or used any further.
#[derive(Debug, thiserror::Error)]
#[error("{operation} on {device} failed")]
pub struct TransportError {
    /// What was tried: `open`, `configure`, `read` or `write`.
    pub operation: &'static str,
    /// The device's selector, as in the configuration.
    pub device: String,
    /// The system's reason.
    #[source]
    pub source: std::io::Error,
}
