//! Readers that are HID devices: the frames travel in 64-byte reports of `/dev/hidraw…`.
//!
//! Plain reads and writes of the kernel's node rather than the `hidapi` crate: on Linux that
//! crate does the same reads and writes, would bring two more crates to find the node, and
//! leaves no way to put a simulated reader at the other end, as the tests here do.

mod envelope;
mod find;
#[cfg(all(test, feature = "simulator"))]
mod tests;

use std::collections::VecDeque;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;

use rustix::fs::{FlockOperation, Mode, OFlags};
use zeroize::Zeroize;

use super::descriptor::Descriptor;
use super::inbox::Inbox;
use super::{Transport, TransportError, clock};
use envelope::{Envelope, Piece, REPORT, Report};

/// Where the kernel lists HID devices.
const CLASS: &str = "/sys/class/hidraw";

/// An open HID reader, held by us alone.
#[derive(Debug)]
pub struct HidTransport {
    line: Descriptor,
    envelope: Envelope,
    /// Counts requests; the first envelope carries it.
    sequence: u16,
    /// Parts of our request the device has not asked for yet.
    parts: VecDeque<Report>,
    /// Bytes that came and were not read yet.
    inbox: Inbox,
}

/// Opens the HID reader with vendor and product id `ids`, at `port` (`1-2.3`) where several
/// are plugged in.
///
/// # Errors
/// [`TransportError`] when it is not plugged in, several are, nobody knows how frames travel
/// in its reports, or its node may not be opened.
pub fn open(ids: (u16, u16), port: Option<&str>) -> Result<HidTransport, TransportError> {
    let (vendor, product) = ids;
    let tail = port.map(|port| format!("@{port}")).unwrap_or_default();
    let device = format!("hid:{vendor:04x}:{product:04x}{tail}");
    match open_node(ids, port) {
        Ok((node, envelope)) => Ok(HidTransport::new(node, device, envelope)),
        Err(source) => Err(TransportError {
            operation: "open",
            device,
            source,
        }),
    }
}

fn open_node(ids: (u16, u16), port: Option<&str>) -> io::Result<(OwnedFd, Envelope)> {
    let envelope = Envelope::of(ids).ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::Unsupported,
            "nobody knows how this HID device carries frames",
        )
    })?;
    let name = find::node(Path::new(CLASS), ids, port)?;
    let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let node = rustix::fs::open(Path::new("/dev").join(name), flags, Mode::empty())?;
    rustix::fs::flock(&node, FlockOperation::NonBlockingLockExclusive)
        .map_err(|_| io::Error::from(io::ErrorKind::ResourceBusy))?;
    Ok((node, envelope))
}

/// Reads a report as every envelope does; for the fuzz targets.
#[cfg(feature = "fuzzing")]
pub(crate) fn read_report(report: &[u8]) {
    for envelope in [Envelope::PassThrough, Envelope::Counted] {
        if let Piece::Bytes { bytes, .. } = envelope.unwrap(report) {
            assert!(bytes.len() <= report.len());
        }
    }
}

impl HidTransport {
    fn new(node: OwnedFd, device: String, envelope: Envelope) -> Self {
        Self {
            line: Descriptor::new(node, device),
            envelope,
            sequence: 0,
            parts: VecDeque::new(),
            inbox: Inbox::default(),
        }
    }

    fn send(&mut self, report: &Report, deadline: Duration) -> Result<bool, TransportError> {
        // The kernel takes a report id first, 00 for a device that has none.
        let mut numbered = [0; REPORT + 1];
        for (slot, byte) in numbered.iter_mut().skip(1).zip(report) {
            *slot = *byte;
        }
        Ok(self.line.write(&numbered, deadline)? == numbered.len())
    }

    /// Takes one report into the inbox; `false` when none came in time.
    fn take_report(&mut self, deadline: Duration) -> Result<bool, TransportError> {
        let mut report = [0; REPORT];
        let count = self.line.read(&mut report, deadline)?;
        if count == 0 {
            return Ok(false);
        }
        let mut answer = None;
        match self
            .envelope
            .unwrap(report.get(..count).unwrap_or_default())
        {
            Piece::Bytes { bytes, more } => {
                self.inbox.fill(bytes);
                answer = more.then(|| self.envelope.acknowledgement());
            }
            Piece::Next => answer = self.parts.pop_front(),
            Piece::Garbage(reason) => tracing::debug!(reason, "report passed over"),
        }
        report.zeroize();
        if let Some(answer) = answer {
            self.send(&answer, deadline)?;
        }
        Ok(true)
    }
}

impl Transport for HidTransport {
    fn now(&self) -> Duration {
        clock()
    }

    fn read(&mut self, buffer: &mut [u8], deadline: Duration) -> Result<usize, TransportError> {
        while self.inbox.is_empty() && !buffer.is_empty() {
            if !self.take_report(deadline)? || (self.inbox.is_empty() && clock() >= deadline) {
                return Ok(0);
            }
        }
        Ok(self.inbox.take(buffer))
    }

    /// One call is one request.
    fn write(&mut self, bytes: &[u8], deadline: Duration) -> Result<usize, TransportError> {
        if bytes.len() > self.envelope.most() {
            let reason = "longer than a request in HID reports may be";
            let source = io::Error::new(io::ErrorKind::InvalidInput, reason);
            return Err(self.line.error("write", source));
        }
        self.sequence = self.sequence.wrapping_add(1);
        self.parts = self.envelope.wrap(bytes, self.sequence).into();
        match self.parts.pop_front() {
            Some(first) if !self.send(&first, deadline)? => Ok(0),
            Some(_) | None => Ok(bytes.len()),
        }
    }
}
