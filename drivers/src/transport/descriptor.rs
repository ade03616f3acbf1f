//! Reading and writing a non-blocking file descriptor against a deadline.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::{TransportError, clock};

/// The most a single system call hands over, so that a deadline is looked at often.
const WRITE_STEP: usize = 512;

/// A non-blocking descriptor.
#[derive(Debug)]
pub(super) struct Descriptor {
    pub(super) fd: OwnedFd,
    device: String,
}

impl Descriptor {
    pub(super) fn new(fd: OwnedFd, device: String) -> Self {
        Self { fd, device }
    }

    pub(super) fn error(
        &self,
        operation: &'static str,
        source: impl Into<io::Error>,
    ) -> TransportError {
        TransportError {
            operation,
            device: self.device.clone(),
            source: source.into(),
        }
    }

    pub(super) fn read(
        &self,
        buffer: &mut [u8],
        deadline: Duration,
    ) -> Result<usize, TransportError> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            match rustix::io::read(&self.fd, &mut *buffer) {
                Ok(0) => return Err(self.error("read", io::ErrorKind::UnexpectedEof)),
                Ok(count) => return Ok(count),
                Err(Errno::AGAIN | Errno::INTR) => {}
                Err(errno) => return Err(self.error("read", errno)),
            }
            if !self.wait("read", PollFlags::IN, deadline)? {
                return Ok(0);
            }
        }
    }

    pub(super) fn write(&self, bytes: &[u8], deadline: Duration) -> Result<usize, TransportError> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let step = rest.get(..WRITE_STEP).unwrap_or(rest);
            match rustix::io::write(&self.fd, step) {
                Ok(count) => {
                    rest = rest.get(count..).unwrap_or_default();
                    if clock() >= deadline && count > 0 {
                        break;
                    }
                    continue;
                }
                Err(Errno::AGAIN | Errno::INTR) => {}
                Err(errno) => return Err(self.error("write", errno)),
            }
            if !self.wait("write", PollFlags::OUT, deadline)? {
                break;
            }
        }
        Ok(bytes.len() - rest.len())
    }

    /// Waits until the descriptor is ready; `false` when the deadline came first.
    fn wait(
        &self,
        operation: &'static str,
        flags: PollFlags,
        deadline: Duration,
    ) -> Result<bool, TransportError> {
        let left = deadline.saturating_sub(clock());
        if left.is_zero() {
            return Ok(false);
        }
        let timeout = Timespec::try_from(left).ok();
        let mut fds = [PollFd::new(&self.fd, flags)];
        match poll(&mut fds, timeout.as_ref()) {
            Ok(ready) => Ok(ready > 0),
            Err(Errno::INTR) => Ok(true),
            Err(errno) => Err(self.error(operation, errno)),
        }
    }
}
