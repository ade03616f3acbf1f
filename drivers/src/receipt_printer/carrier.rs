//! The carriers a receipt printer is reached over: serial line, TCP port 9100, USB printer class.

use super::driver::Settings;
use super::usb;
use crate::selector::Selector;
use crate::transport::{self, Transport, TransportError};

/// Opens the byte stream to the printer `selector` names, as `settings` want it.
///
/// `serial:` with the profile's flow control, `tcp:HOST:9100`, or `usb:` for a bidirectional
/// printer of the USB printer class.
///
/// # Errors
/// [`TransportError`] when the printer is absent, taken, forbidden, ambiguous, without a way
/// back (no status), or the selector names another kind of carrier.
pub fn open(
    selector: &Selector,
    settings: &Settings,
) -> Result<Box<dyn Transport>, TransportError> {
    match selector {
        Selector::Usb { .. } => Ok(Box::new(usb::open(selector)?)),
        Selector::Serial { .. }
        | Selector::Tcp { .. }
        | Selector::Hid { .. }
        | Selector::Escl(_)
        | Selector::Sane(_)
        | Selector::Camera(_)
        | Selector::CameraFrames(_)
        | Selector::File(_)
        | Selector::Ipp(_)
        | Selector::Evdev(_)
        | Selector::Sim => transport::open(selector, settings.line()),
    }
}
