//! Serial lines: a UART, a USB bridge (`ttyUSB`, `ttyACM`) or a pty.
//!
//! Written on `rustix` rather than the `serialport` crate: that crate clears
//! `O_NONBLOCK`, so a write to a device that holds back would outlive its deadline, and it
//! cannot take XON/XOFF from the device without also sending them.

use std::path::Path;
use std::time::Duration;

use rustix::fs::{Mode, OFlags};
use rustix::termios::{
    ControlModes, InputModes, OptionalActions, QueueSelector, Termios, ioctl_tiocexcl,
    ioctl_tiocnxcl, tcflush, tcgetattr, tcsetattr,
};

use super::descriptor::Descriptor;
use super::{FlowControl, LineSettings, Transport, TransportError, clock};

/// An open serial line, 8N1, raw, held exclusively.
#[derive(Debug)]
pub struct SerialTransport {
    line: Descriptor,
    fixed_speed: bool,
}

/// Opens the serial line at `path` for us alone.
///
/// `baud` is the selector's own speed; `None` takes the driver's and lets it look at others.
///
/// # Errors
/// [`TransportError`] when the path is missing, is no terminal, belongs to another
/// program, may not be opened, or cannot run at that speed.
pub fn open(
    path: &Path,
    baud: Option<u32>,
    settings: LineSettings,
) -> Result<SerialTransport, TransportError> {
    let device = format!("serial:{}", path.display());
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let fd = rustix::fs::open(path, flags, Mode::empty()).map_err(|errno| TransportError {
        operation: "open",
        device: device.clone(),
        source: errno.into(),
    })?;
    let line = Descriptor::new(fd, device);
    let configure = |errno: rustix::io::Errno| line.error("configure", errno);
    let mut termios = tcgetattr(&line.fd).map_err(configure)?;
    ioctl_tiocexcl(&line.fd).map_err(configure)?;
    prepare(&mut termios, settings.flow);
    termios
        .set_speed(baud.unwrap_or(settings.baud))
        .map_err(configure)?;
    tcsetattr(&line.fd, OptionalActions::Now, &termios).map_err(configure)?;
    // What an earlier program left unread would be taken for an answer to us.
    tcflush(&line.fd, QueueSelector::IOFlush).map_err(configure)?;
    Ok(SerialTransport {
        line,
        fixed_speed: baud.is_some(),
    })
}

/// Raw, 8 data bits, no parity, one stop bit, modem lines ignored except for `flow`.
fn prepare(termios: &mut Termios, flow: FlowControl) {
    termios.make_raw();
    termios.control_modes &= !(ControlModes::PARENB
        | ControlModes::CSTOPB
        | ControlModes::CSIZE
        | ControlModes::CRTSCTS);
    termios.control_modes |= ControlModes::CS8 | ControlModes::CREAD | ControlModes::CLOCAL;
    termios.input_modes &= !(InputModes::IXON | InputModes::IXOFF | InputModes::IXANY);
    match flow {
        FlowControl::None => {}
        FlowControl::XonXoff => termios.input_modes |= InputModes::IXON,
        FlowControl::RtsCts => termios.control_modes |= ControlModes::CRTSCTS,
    }
}

impl Transport for SerialTransport {
    fn now(&self) -> Duration {
        clock()
    }

    fn read(&mut self, buffer: &mut [u8], deadline: Duration) -> Result<usize, TransportError> {
        self.line.read(buffer, deadline)
    }

    fn write(&mut self, bytes: &[u8], deadline: Duration) -> Result<usize, TransportError> {
        self.line.write(bytes, deadline)
    }

    fn set_speed(&mut self, baud: u32) -> Result<bool, TransportError> {
        if self.fixed_speed {
            return Ok(false);
        }
        let configure = |errno: rustix::io::Errno| self.line.error("configure", errno);
        let mut termios = tcgetattr(&self.line.fd).map_err(configure)?;
        termios.set_speed(baud).map_err(configure)?;
        tcsetattr(&self.line.fd, OptionalActions::Now, &termios).map_err(configure)?;
        tcflush(&self.line.fd, QueueSelector::IFlush).map_err(configure)?;
        Ok(true)
    }
}

impl Drop for SerialTransport {
    /// The kernel keeps the exclusive mark until the last user closes the line, and at a pty
    /// the simulator is one.
    fn drop(&mut self) {
        let _ = ioctl_tiocnxcl(&self.line.fd);
    }
}
