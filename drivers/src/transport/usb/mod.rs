//! USB devices without a serial bridge: raw bulk transfers by `nusb`.
//!
//! The device is a stream of bytes each way. A short or empty packet ends nothing: the frame
//! inside says how long it is.

mod pipes;

use std::io;
use std::time::Duration;

use nusb::descriptors::TransferType;
use nusb::transfer::{Buffer, Bulk, In, Out, TransferError};
use nusb::{DeviceInfo, Endpoint, MaybeFuture};
use zeroize::Zeroize;

use super::inbox::Inbox;
use super::plugged::{Plugged, Wanted};
use super::{Transport, TransportError, clock};
use pipes::{Interface, Pipes};

/// Transfers waiting for the device's bytes at any time; one packet each, so that none waits
/// for a packet that does not come.
const WAITING: usize = 8;

/// The system's "no such file".
const ENOENT: u32 = 2;

/// Bytes handed to the kernel at once, so that a deadline is looked at often.
const WRITE_STEP: usize = 4096;

/// The shortest time a transfer is given: with none it would be cancelled before it began.
const LEAST: Duration = Duration::from_millis(1);

/// An open USB device.
pub struct UsbTransport {
    device: String,
    input: Endpoint<Bulk, In>,
    output: Endpoint<Bulk, Out>,
    /// Bytes that came and were not read yet.
    inbox: Inbox,
}

/// Opens the USB device with vendor and product id `ids`, with the serial number `serial` and
/// at `port` (`1-2.3`) where several are plugged in.
///
/// A kernel driver that holds its interface is detached.
///
/// # Errors
/// [`TransportError`] when it is not plugged in, several are, it may not be opened, or it has
/// no bulk endpoints we know how to use.
pub fn open(
    ids: (u16, u16),
    serial: Option<&str>,
    port: Option<&str>,
    name: String,
) -> Result<UsbTransport, TransportError> {
    match connect(Wanted { ids, serial, port }) {
        Ok((input, output)) => Ok(UsbTransport {
            device: name,
            input,
            output,
            inbox: Inbox::default(),
        }),
        Err(source) => Err(TransportError {
            operation: "open",
            device: name,
            source,
        }),
    }
}

fn connect(wanted: Wanted<'_>) -> io::Result<(Endpoint<Bulk, In>, Endpoint<Bulk, Out>)> {
    let device = find(wanted)?.open().wait().map_err(system)?;
    let configuration = device
        .active_configuration()
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    let interfaces: Vec<Interface> = configuration
        .interface_alt_settings()
        .filter(|setting| setting.alternate_setting() == 0)
        .map(|setting| Interface {
            number: setting.interface_number(),
            class: setting.class(),
            endpoints: setting
                .endpoints()
                .map(|endpoint| pipes::Endpoint {
                    address: endpoint.address(),
                    bulk: endpoint.transfer_type() == TransferType::Bulk,
                })
                .collect(),
        })
        .collect();
    let unsupported = |reason| io::Error::new(io::ErrorKind::Unsupported, reason);
    let Pipes {
        interface,
        input,
        output,
    } = pipes::choose(&interfaces).map_err(unsupported)?;
    let claimed = device
        .detach_and_claim_interface(interface)
        .wait()
        .map_err(system)?;
    let input = claimed.endpoint::<Bulk, In>(input).map_err(system)?;
    let output = claimed.endpoint::<Bulk, Out>(output).map_err(system)?;
    Ok((input, output))
}

/// The one plugged-in device that is `wanted`.
///
/// # Errors
/// As [`Wanted::choose`], and what the system says of its devices.
pub(crate) fn find(wanted: Wanted<'_>) -> io::Result<DeviceInfo> {
    let devices: Vec<DeviceInfo> = nusb::list_devices().wait().map_err(system)?.collect();
    let plugged: Vec<Plugged> = devices.iter().map(Plugged::on_usb).collect();
    let place = wanted.choose(&plugged)?;
    devices
        .into_iter()
        .nth(place)
        .ok_or_else(|| io::ErrorKind::NotFound.into())
}

/// The system's error, as far as it is one we tell apart.
pub(crate) fn system(error: nusb::Error) -> io::Error {
    match (error.kind(), error.os_error()) {
        (nusb::ErrorKind::Busy, _) => io::Error::new(io::ErrorKind::ResourceBusy, error),
        // A machine without any USB has no list of devices either.
        (_, Some(ENOENT)) => io::Error::new(io::ErrorKind::NotFound, error),
        (_, _) => error.into(),
    }
}

/// Writes `step` bytes at a time and returns how many bytes were taken: fewer than given when the
/// device held back until `deadline`.
///
/// # Errors
/// What the device or the system says.
pub(crate) fn write_bulk(
    output: &mut Endpoint<Bulk, Out>,
    bytes: &[u8],
    step: usize,
    deadline: Duration,
) -> Result<usize, TransferError> {
    let mut written = 0;
    for piece in bytes.chunks(step) {
        let left = deadline.saturating_sub(clock()).max(LEAST);
        let done = output.transfer_blocking(Buffer::from(piece), left);
        written += done.actual_len;
        match done.status {
            Ok(()) => {}
            Err(TransferError::Cancelled) => break,
            Err(error) => return Err(error),
        }
    }
    Ok(written)
}

impl UsbTransport {
    fn error(&self, operation: &'static str, source: impl Into<io::Error>) -> TransportError {
        TransportError {
            operation,
            device: self.device.clone(),
            source: source.into(),
        }
    }

    /// Takes one packet into the inbox; `false` when none came in time.
    fn take_packet(&mut self, deadline: Duration) -> Result<bool, TransportError> {
        let packet = self.input.max_packet_size();
        while self.input.pending() < WAITING {
            let mut buffer = self.input.allocate(packet);
            buffer.set_requested_len(packet);
            self.input.submit(buffer);
        }
        let left = deadline.saturating_sub(clock());
        let Some(mut done) = self.input.wait_next_complete(left) else {
            return Ok(false);
        };
        done.status.map_err(|error| self.error("read", error))?;
        self.inbox.fill(&done.buffer);
        (*done.buffer).zeroize();
        Ok(true)
    }
}

impl Transport for UsbTransport {
    fn now(&self) -> Duration {
        clock()
    }

    fn read(&mut self, buffer: &mut [u8], deadline: Duration) -> Result<usize, TransportError> {
        while self.inbox.is_empty() && !buffer.is_empty() {
            // An empty packet is no byte.
            if !self.take_packet(deadline)? || (self.inbox.is_empty() && clock() >= deadline) {
                return Ok(0);
            }
        }
        Ok(self.inbox.take(buffer))
    }

    fn write(&mut self, bytes: &[u8], deadline: Duration) -> Result<usize, TransportError> {
        write_bulk(&mut self.output, bytes, WRITE_STEP, deadline)
            .map_err(|error| self.error("write", error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runner::{Fault, FaultKind};

    #[test]
    fn a_reader_that_is_not_plugged_in_is_absent() {
        let name = "usb:ffff:ffff@99-9".to_owned();
        let error = open((0xFFFF, 0xFFFF), None, Some("99-9"), name)
            .err()
            .unwrap();
        assert_eq!(error.to_string(), "open on usb:ffff:ffff@99-9 failed");
        assert_eq!(Fault::opening(error).kind, FaultKind::Absent);
    }
}
