//! Input devices of the kernel (`/dev/input/event*`), held for us alone.
//!
//! What is read is whole `struct input_event`s, see [`crate::input_event`]; a buffer has to
//! hold at least one.

use std::io;
use std::path::Path;
use std::time::Duration;

use evdev::raw_stream::RawDevice;
use rustix::fs::{Mode, OFlags};

use super::descriptor::Descriptor;
use super::{Transport, TransportError};

/// An open input device whose keys reach nobody else.
#[derive(Debug)]
pub struct EvdevTransport {
    line: Descriptor,
}

/// Opens the input device at `path` and grabs it, so that what is scanned or pressed is not
/// typed into a window as well.
///
/// # Errors
/// [`TransportError`] when the path is missing, is no input device, may not be opened, or is
/// grabbed by another program.
pub fn open(path: &Path) -> Result<EvdevTransport, TransportError> {
    let device = format!("evdev:{}", path.display());
    let flags = OFlags::RDONLY | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let fd = rustix::fs::open(path, flags, Mode::empty()).map_err(|errno| TransportError {
        operation: "open",
        device: device.clone(),
        source: errno.into(),
    })?;
    let line = Descriptor::new(fd, device);
    grab(&line).map_err(|error| line.error("configure", error))?;
    Ok(EvdevTransport { line })
}

/// The grab belongs to the open file, not to this second handle to it, and ends with it.
fn grab(line: &Descriptor) -> io::Result<()> {
    let second = rustix::io::fcntl_dupfd_cloexec(&line.fd, 0)?;
    RawDevice::from_fd(second)?.grab()
}

impl Transport for EvdevTransport {
    fn now(&self) -> Duration {
        self.line.now()
    }

    fn read(&mut self, buffer: &mut [u8], deadline: Duration) -> Result<usize, TransportError> {
        self.line.read(buffer, deadline)
    }

    /// An input device takes no bytes.
    fn write(&mut self, _bytes: &[u8], _deadline: Duration) -> Result<usize, TransportError> {
        Err(self.line.error("write", io::ErrorKind::Unsupported))
    }
}
