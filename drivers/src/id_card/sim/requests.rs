//! Requests as the module sees them: a damaged one is answered, not passed over.

use std::time::Duration;

use super::super::protocol::frame::{MAX_LEN, PREAMBLE, checksum, find_preamble};

/// A request that stays incomplete so long has the wrong length.
const GIVE_UP: Duration = Duration::from_millis(500);

/// Preamble and LEN.
const HEAD: usize = 7;

/// What came from the host.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Incoming {
    /// A whole request with a right checksum.
    Request { command: [u8; 2], data: Vec<u8> },
    /// A whole request with a wrong one.
    WrongChecksum,
    /// A request whose length cannot be right.
    WrongLength,
}

/// The stream of bytes from the host.
#[derive(Debug, Default)]
pub(super) struct Requests {
    buffer: Vec<u8>,
    last_byte: Duration,
}

impl Requests {
    pub(super) fn push(&mut self, now: Duration, bytes: &[u8]) {
        self.buffer.extend(bytes);
        self.last_byte = now;
        match find_preamble(&self.buffer) {
            Some(start) => drop(self.buffer.drain(..start)),
            // Only the beginning of a preamble is worth keeping.
            None => {
                let excess = self.buffer.len().saturating_sub(PREAMBLE.len() - 1);
                drop(self.buffer.drain(..excess));
            }
        }
    }

    /// The next whole request.
    pub(super) fn next(&mut self) -> Option<Incoming> {
        let start = find_preamble(&self.buffer)?;
        self.buffer.drain(..start);
        let length = usize::from(u16::from_be_bytes([
            *self.buffer.get(5)?,
            *self.buffer.get(6)?,
        ]));
        if !(3..=MAX_LEN).contains(&length) {
            self.buffer.drain(..HEAD);
            return Some(Incoming::WrongLength);
        }
        if self.buffer.len() < HEAD + length {
            return None;
        }
        let request: Vec<u8> = self.buffer.drain(..HEAD + length).collect();
        let checked = request.get(PREAMBLE.len()..).unwrap_or_default();
        if checksum(checked) != 0 {
            return Some(Incoming::WrongChecksum);
        }
        match request.get(HEAD..HEAD + length - 1) {
            Some([cmd, para, data @ ..]) => Some(Incoming::Request {
                command: [*cmd, *para],
                data: data.to_vec(),
            }),
            Some(_) | None => Some(Incoming::WrongLength),
        }
    }

    /// When an incomplete request counts as one of wrong length; `None` while there is none.
    pub(super) fn gives_up_at(&self) -> Option<Duration> {
        find_preamble(&self.buffer).map(|_| self.last_byte + GIVE_UP)
    }

    /// Drops the incomplete request.
    pub(super) fn give_up(&mut self) -> Incoming {
        self.buffer.clear();
        Incoming::WrongLength
    }
}
