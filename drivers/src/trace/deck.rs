//! The recording as a device: it says what it said, when it said it, and expects to be told
//! what it was told.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::drive::Bench;
use super::entry::{Entry, What};
use super::file::{Trace, TraceError};
use crate::transport::{Transport, TransportError};

/// How much later than then the driver may do what it did.
const PATIENCE: Duration = Duration::from_secs(30);

/// How much earlier than then an order counts as due: rounds do not begin on the microsecond.
const EARLY: Duration = Duration::from_millis(20);

/// So near its end a recording may lack what the driver does next.
const NEAR_END: Duration = Duration::from_secs(1);

/// The recording being played.
struct Tape {
    entries: VecDeque<(usize, Entry)>,
    /// Bytes of the first entry already taken.
    taken: usize,
    /// Bytes the driver passed over when it wrote without reading.
    inbox: VecDeque<u8>,
    now: Duration,
    end: Duration,
    /// The line last looked at.
    line: usize,
    over: bool,
    diverged: Option<TraceError>,
}

impl Tape {
    fn diverge(&mut self, reason: String) -> io::Error {
        self.over = true;
        if self.diverged.is_none() {
            self.diverged = Some(TraceError::Diverged {
                line: self.line,
                at: self.now,
                reason,
            });
        }
        io::ErrorKind::Interrupted.into()
    }

    /// The next entry; what only explains the others is passed over.
    fn next(&mut self) -> What {
        loop {
            match self.entries.front() {
                Some((
                    _,
                    Entry {
                        what: What::Replaced { .. },
                        ..
                    },
                )) => {
                    self.entries.pop_front();
                }
                Some((line, entry)) => {
                    self.line = *line;
                    return entry.what.clone();
                }
                None => return What::End,
            }
        }
    }

    fn at(&self) -> Duration {
        self.entries.front().map_or(self.end, |(_, entry)| entry.at)
    }

    /// Takes the next entry: its time has come.
    fn pop(&mut self) {
        self.now = self.now.max(self.at());
        self.entries.pop_front();
        self.taken = 0;
    }

    /// The end has come, or is so near that nothing more can be said.
    fn finished(&mut self) -> io::Error {
        self.over = true;
        io::ErrorKind::Interrupted.into()
    }

    fn read(&mut self, buffer: &mut [u8], deadline: Duration) -> io::Result<usize> {
        if self.over {
            return Err(self.finished());
        }
        if let Some(count) = self.read_inbox(buffer) {
            return Ok(count);
        }
        let next = self.next();
        if self.at() > deadline && next != What::End {
            self.now = self.now.max(deadline);
            return Ok(0);
        }
        match next {
            What::Came(bytes) => {
                self.now = self.now.max(self.at());
                let rest = bytes.get(self.taken..).unwrap_or_default();
                let count = rest.len().min(buffer.len());
                for (slot, byte) in buffer.iter_mut().zip(rest) {
                    *slot = *byte;
                }
                self.taken += count;
                if self.taken >= bytes.len() {
                    self.pop();
                }
                Ok(count)
            }
            What::Lost => {
                self.pop();
                Err(io::ErrorKind::BrokenPipe.into())
            }
            What::End => {
                self.now = self.now.max(deadline.min(self.end));
                if self.now >= self.end {
                    return Err(self.finished());
                }
                Ok(0)
            }
            What::Sent(_) | What::Speed(..) | What::Order(_) | What::Open | What::Absent => {
                self.now = self.now.max(deadline);
                if self.now > self.at() + PATIENCE {
                    let reason = format!("the driver no longer does what it did then: {next:?}");
                    return Err(self.diverge(shorten(reason)));
                }
                Ok(0)
            }
            What::Replaced { .. } => Ok(0),
        }
    }

    fn read_inbox(&mut self, buffer: &mut [u8]) -> Option<usize> {
        let count = self.inbox.len().min(buffer.len());
        for (slot, byte) in buffer.iter_mut().zip(self.inbox.drain(..count)) {
            *slot = byte;
        }
        (count > 0).then_some(count)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut rest = bytes;
        while let Some(first) = rest.first() {
            if self.over {
                return Err(self.finished());
            }
            match self.next() {
                What::Came(came) => {
                    let left = came.get(self.taken..).unwrap_or_default();
                    self.inbox.extend(left);
                    self.pop();
                }
                What::Sent(sent) => {
                    self.now = self.now.max(self.at());
                    let wanted = sent.get(self.taken..).unwrap_or_default();
                    let count = wanted.len().min(rest.len());
                    let (given, later) = rest.split_at(count);
                    if wanted.get(..count) != Some(given) {
                        let reason =
                            format!("the driver sends {given:02X?}, then it sent {wanted:02X?}");
                        return Err(self.diverge(shorten(reason)));
                    }
                    self.taken += count;
                    rest = later;
                    if self.taken >= sent.len() {
                        self.pop();
                    }
                }
                What::Lost => {
                    self.pop();
                    return Err(io::ErrorKind::BrokenPipe.into());
                }
                What::End if self.now + NEAR_END >= self.end => return Err(self.finished()),
                other @ (What::Open
                | What::Absent
                | What::Replaced { .. }
                | What::Speed(..)
                | What::Order(_)
                | What::End) => {
                    let reason = format!("the driver sends {first:02X}…, then came {other:?}");
                    return Err(self.diverge(shorten(reason)));
                }
            }
        }
        Ok(bytes.len())
    }

    fn set_speed(&mut self, baud: u32) -> io::Result<bool> {
        match self.next() {
            What::Speed(then, taken) if then == baud => {
                self.pop();
                Ok(taken)
            }
            What::End if self.now + NEAR_END >= self.end => Err(self.finished()),
            other => {
                let reason = format!("the driver sets the speed {baud}, then came {other:?}");
                Err(self.diverge(shorten(reason)))
            }
        }
    }
}

/// A reason is a line, not a page.
fn shorten(reason: String) -> String {
    const MOST: usize = 160;
    if reason.chars().count() <= MOST {
        return reason;
    }
    reason.chars().take(MOST).chain(['…']).collect()
}

/// The one player of a recording; the lines it opens share its tape.
pub(super) struct Deck(Arc<Mutex<Tape>>);

impl Deck {
    pub(super) fn new(trace: &Trace) -> Self {
        let end = trace
            .entries
            .last()
            .map_or(Duration::ZERO, |(_, last)| last.at);
        Self(Arc::new(Mutex::new(Tape {
            entries: trace.entries.iter().cloned().collect(),
            taken: 0,
            inbox: VecDeque::new(),
            now: Duration::ZERO,
            end,
            line: 0,
            over: false,
            diverged: None,
        })))
    }

    fn tape(&self) -> MutexGuard<'_, Tape> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How the replay ended.
    ///
    /// # Errors
    /// [`TraceError::Diverged`].
    pub(super) fn end(&self) -> Result<(), TraceError> {
        self.tape().diverged.take().map_or(Ok(()), Err)
    }
}

impl Bench for Deck {
    fn open(&mut self) -> Result<Box<dyn Transport>, TransportError> {
        let mut tape = self.tape();
        tape.inbox.clear();
        let result = match tape.next() {
            What::Open => {
                tape.pop();
                Ok(())
            }
            What::Absent => {
                tape.pop();
                Err(io::ErrorKind::NotFound.into())
            }
            What::End => Err(tape.finished()),
            other => {
                let reason = format!("the driver opens the line anew, then came {other:?}");
                Err(tape.diverge(shorten(reason)))
            }
        };
        result.map_err(|source| failure("open", source))?;
        drop(tape);
        Ok(Box::new(PlayedLine(Arc::clone(&self.0))))
    }

    fn pause(&mut self, time: Duration) {
        let mut tape = self.tape();
        tape.now += time;
    }

    fn order(&mut self) -> Option<String> {
        let mut tape = self.tape();
        match tape.next() {
            What::Order(text) if tape.now + EARLY >= tape.at() => {
                tape.pop();
                Some(text)
            }
            _ => None,
        }
    }

    fn over(&self) -> bool {
        let tape = self.tape();
        tape.over || tape.now >= tape.end
    }
}

fn failure(operation: &'static str, source: io::Error) -> TransportError {
    TransportError {
        operation,
        device: "recording".to_owned(),
        source,
    }
}

/// The driver's end of the recording.
struct PlayedLine(Arc<Mutex<Tape>>);

impl PlayedLine {
    fn tape(&self) -> MutexGuard<'_, Tape> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for PlayedLine {
    fn now(&self) -> Duration {
        self.tape().now
    }

    fn read(&mut self, buffer: &mut [u8], deadline: Duration) -> Result<usize, TransportError> {
        let read = self.tape().read(buffer, deadline);
        read.map_err(|source| failure("read", source))
    }

    fn write(&mut self, bytes: &[u8], _deadline: Duration) -> Result<usize, TransportError> {
        let written = self.tape().write(bytes);
        written.map_err(|source| failure("write", source))
    }

    fn set_speed(&mut self, baud: u32) -> Result<bool, TransportError> {
        let set = self.tape().set_speed(baud);
        set.map_err(|source| failure("configure", source))
    }
}
