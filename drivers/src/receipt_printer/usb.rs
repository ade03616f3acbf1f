//! Printers of the USB printer class (07/01/02), claimed in user space.
//!
//! The kernel's `usblp` blocks in a write while paper is out, so its hold is taken away. No
//! hardware was at hand: what is tested is finding, choosing and refusing, not the transfers.
//!
//! Source: the printer fact sheet, section 1.12; USB printer class definition 1.1.

use std::io;
use std::time::Duration;

use nusb::descriptors::TransferType;
use nusb::transfer::{Buffer, Bulk, Direction, In, Out};
use nusb::{Endpoint, Interface, MaybeFuture};
use zeroize::Zeroize;

use crate::selector::Selector;
use crate::transport::inbox::Inbox;
use crate::transport::plugged::Wanted;
use crate::transport::usb::{find, system, write_bulk};
use crate::transport::{self, Transport, TransportError};

/// Class, subclass and protocol of a printer that answers.
const BIDIRECTIONAL: (u8, u8, u8) = (7, 1, 2);
/// The same of one that only listens.
const UNIDIRECTIONAL: (u8, u8, u8) = (7, 1, 1);
/// Bytes of one transfer to the printer.
const WRITE_STEP: usize = 512;
/// Pause after an empty answer: many clones send one at once when they have nothing to say.
const EMPTY_PAUSE: Duration = Duration::from_millis(10);

/// An open USB printer.
pub(super) struct UsbTransport {
    device: String,
    to_printer: Endpoint<Bulk, Out>,
    from_printer: Endpoint<Bulk, In>,
    heard: Inbox,
}

/// Opens the printer `selector` names.
///
/// # Errors
/// [`TransportError`] of kind `NotFound`, `PermissionDenied`, `ResourceBusy`, `InvalidInput`
/// (several match) or `Unsupported` (no printer, or one without a way back).
pub(super) fn open(selector: &Selector) -> Result<UsbTransport, TransportError> {
    let device = selector.to_string();
    match connect(selector) {
        Ok((to_printer, from_printer)) => Ok(UsbTransport {
            device,
            to_printer,
            from_printer,
            heard: Inbox::default(),
        }),
        Err(source) => Err(TransportError {
            operation: "open",
            device,
            source,
        }),
    }
}

fn connect(selector: &Selector) -> io::Result<(Endpoint<Bulk, Out>, Endpoint<Bulk, In>)> {
    let Selector::Usb {
        vid,
        pid,
        serial,
        port,
    } = selector
    else {
        return Err(io::ErrorKind::Unsupported.into());
    };
    let info = find(Wanted {
        ids: (*vid, *pid),
        serial: serial.as_deref(),
        port: port.as_deref(),
    })?;
    let device = info.open().wait().map_err(system)?;
    let configuration = device
        .active_configuration()
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    let settings: Vec<Setting> = configuration
        .interface_alt_settings()
        .map(|it| {
            let kind = (it.class(), it.subclass(), it.protocol());
            (it.interface_number(), it.alternate_setting(), kind)
        })
        .collect();
    let (number, alternate) = printer_setting(&settings)?;
    let interface = device
        .detach_and_claim_interface(number)
        .wait()
        .map_err(system)?;
    if alternate != interface.get_alt_setting() {
        interface
            .set_alt_setting(alternate)
            .wait()
            .map_err(system)?;
    }
    endpoints(&interface)
}

/// The pair of bulk endpoints of the setting in force.
fn endpoints(interface: &Interface) -> io::Result<(Endpoint<Bulk, Out>, Endpoint<Bulk, In>)> {
    let unusable = || {
        io::Error::new(
            io::ErrorKind::Unsupported,
            "it has no pair of bulk endpoints",
        )
    };
    let setting = interface.descriptor().ok_or_else(unusable)?;
    let address = |direction: Direction| {
        setting
            .endpoints()
            .find(|it| it.transfer_type() == TransferType::Bulk && it.direction() == direction)
            .map(|it| it.address())
            .ok_or_else(unusable)
    };
    let (out, back) = (address(Direction::Out)?, address(Direction::In)?);
    Ok((
        interface.endpoint(out).map_err(system)?,
        interface.endpoint(back).map_err(system)?,
    ))
}

/// Interface number, alternate setting, and its class, subclass and protocol.
type Setting = (u8, u8, (u8, u8, u8));

/// Number and alternate setting of the interface that prints and answers. Many printers only
/// listen in the setting they start with and answer in another of the same interface.
fn printer_setting(settings: &[Setting]) -> io::Result<(u8, u8)> {
    let of = |wanted| settings.iter().find(|(_, _, kind)| *kind == wanted);
    match (of(BIDIRECTIONAL), of(UNIDIRECTIONAL)) {
        (Some((number, alternate, _)), _) => Ok((*number, *alternate)),
        (None, Some(_)) => Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "this printer only listens; without status nothing is known of a slip",
        )),
        (None, None) => Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "this device has no printer interface",
        )),
    }
}

impl UsbTransport {
    fn error(&self, operation: &'static str, source: impl Into<io::Error>) -> TransportError {
        TransportError {
            operation,
            device: self.device.clone(),
            source: source.into(),
        }
    }

    /// Waits for one transfer from the printer; a clone's empty answer counts as silence.
    fn hear(&mut self, deadline: Duration) -> Result<(), TransportError> {
        if self.from_printer.pending() == 0 {
            let buffer = Buffer::new(self.from_printer.max_packet_size());
            self.from_printer.submit(buffer);
        }
        let left = deadline.saturating_sub(self.now());
        let Some(mut done) = self.from_printer.wait_next_complete(left) else {
            return Ok(());
        };
        done.status.map_err(|error| self.error("read", error))?;
        self.heard.fill(&done.buffer);
        (*done.buffer).zeroize();
        let silent = self.heard.is_empty();
        if silent {
            let left = deadline.saturating_sub(self.now());
            std::thread::park_timeout(EMPTY_PAUSE.min(left));
        }
        Ok(())
    }
}

impl Transport for UsbTransport {
    fn now(&self) -> Duration {
        transport::clock()
    }

    fn read(&mut self, buffer: &mut [u8], deadline: Duration) -> Result<usize, TransportError> {
        while self.heard.is_empty() && !buffer.is_empty() {
            self.hear(deadline)?;
            if self.heard.is_empty() && self.now() >= deadline {
                return Ok(0);
            }
        }
        Ok(self.heard.take(buffer))
    }

    fn write(&mut self, bytes: &[u8], deadline: Duration) -> Result<usize, TransportError> {
        write_bulk(&mut self.to_printer, bytes, WRITE_STEP, deadline)
            .map_err(|error| self.error("write", error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printer_that_only_listens_is_refused() {
        let both = [(0, 0, (3, 1, 1)), (1, 0, (7, 1, 2))];
        assert_eq!(printer_setting(&both).unwrap(), (1, 0));
        let deaf = printer_setting(&[(0, 0, (7, 1, 1))]).unwrap_err();
        assert!(deaf.to_string().contains("only listens"));
        let none = printer_setting(&[(0, 0, (8, 6, 80))]).unwrap_err();
        assert!(none.to_string().contains("no printer interface"));
    }

    #[test]
    fn a_printer_that_answers_in_another_setting_than_it_starts_with_is_switched_to_it() {
        let first_deaf = [(0, 0, (7, 1, 1)), (0, 1, (7, 1, 2)), (0, 2, (7, 1, 3))];
        assert_eq!(printer_setting(&first_deaf).unwrap(), (0, 1));
        let second = [(0, 0, (3, 1, 1)), (2, 0, (7, 1, 1)), (2, 1, (7, 1, 2))];
        assert_eq!(printer_setting(&second).unwrap(), (2, 1));
    }

    #[test]
    fn a_printer_that_is_not_plugged_in_is_absent() {
        let selector: Selector = "usb:ffff:fffe@99-9".parse().unwrap();
        let Err(error) = open(&selector) else {
            panic!("there is such a printer");
        };
        assert_eq!(error.device, "usb:ffff:fffe@99-9");
        assert_eq!(error.operation, "open");
    }
}
