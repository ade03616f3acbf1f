//! One request and its answer over the line, with the limits of the field.

use std::time::Duration;

use zeroize::Zeroize;

use super::protocol::commands::{AnswerError, Request};
use super::protocol::frame::AnswerParser;
use super::protocol::status::Status;
use crate::runner::{Fault, FaultKind};
use crate::transport::{Transport, TransportError};

/// Between two bytes of one answer.
const BETWEEN_BYTES: Duration = Duration::from_millis(200);

/// From the first byte of the longest answer to its last, at 9,600 bits per second, and to spare.
const TRANSFER: Duration = Duration::from_secs(5);

/// For a request of eleven bytes to leave, even at 9,600 bits per second.
const SENDING: Duration = Duration::from_millis(500);

/// After an answer that did not come, until the line counts as quiet.
const QUIET: Duration = Duration::from_millis(200);

/// How long a line that will not fall quiet is waited for.
const NOISE: Duration = Duration::from_secs(3);

/// Reads of what is already there, at most, before a request.
const DRAIN_READS: usize = 64;

/// Questions, at most, until two answers in a row are the same.
const UNTIL_AGREED: u32 = 4;

/// Why a request brought no success.
#[derive(Debug, thiserror::Error)]
pub(super) enum ExchangeError {
    #[error("the module answered {:02X}", u8::from(*.0))]
    Status(Status),
    #[error("no answer came in time")]
    Silence,
    #[error("what came was no answer")]
    Garbled,
    #[error("the line broke")]
    Line(#[from] TransportError),
}

impl ExchangeError {
    /// The fault of a device that cannot be used because of this.
    pub(super) fn into_fault(self, operation: &'static str) -> Fault {
        let (kind, key) = match self {
            Self::Line(error) => return Fault::from(error),
            Self::Silence => (FaultKind::NoAnswer, "no_answer"),
            Self::Garbled => (FaultKind::Garbled, "garbled"),
            Self::Status(Status::SelfTestFailed) => (FaultKind::OutOfService, "self_test_failed"),
            Self::Status(Status::NotAuthorised) => (FaultKind::OutOfService, "not_authorised"),
            Self::Status(_) => (FaultKind::OutOfService, "refused"),
        };
        Fault::new(kind, operation).with_key(key).because(self)
    }
}

/// How it went on the line, since the program started.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    /// Requests sent.
    pub(super) requests: u64,
    /// Requests sent once more because the module saw them damaged.
    pub(super) resent: u64,
    /// Requests nobody answered.
    pub(super) silent: u64,
    /// Requests answered by what was no answer.
    pub(super) garbled: u64,
    /// Bytes that belonged to no answer.
    pub(super) garbage_bytes: u64,
}

/// The one exchange that may be under way.
#[derive(Default)]
pub(super) struct Exchange {
    parser: AnswerParser,
    pub(super) tally: Tally,
}

impl Exchange {
    /// Sends `request` and waits for its answer. A request the module saw damaged is sent
    /// once more.
    ///
    /// A late answer is no danger to the person on the screen: a module answers in order,
    /// so whatever was late for one card has come before the next card is found, and an
    /// answer of another command's shape is passed over.
    pub(super) fn ask<R: Request>(
        &mut self,
        line: &mut dyn Transport,
        request: &R,
    ) -> Result<R::Reply, ExchangeError> {
        match self.ask_once(line, request) {
            Err(ExchangeError::Status(Status::WrongChecksum | Status::WrongLength)) => {
                self.tally.resent += 1;
                self.ask_once(line, request)
            }
            result => result,
        }
    }

    /// Asks until two answers in a row are the same, for answers with nothing in them that
    /// would show damage which the checksum misses.
    pub(super) fn ask_until_agreed<R: Request<Reply: PartialEq>>(
        &mut self,
        line: &mut dyn Transport,
        request: &R,
    ) -> Result<R::Reply, ExchangeError> {
        let mut last = self.ask(line, request)?;
        for _ in 1..UNTIL_AGREED {
            let next = self.ask(line, request)?;
            if next == last {
                return Ok(next);
            }
            last = next;
        }
        Err(ExchangeError::Garbled)
    }

    fn ask_once<R: Request>(
        &mut self,
        line: &mut dyn Transport,
        request: &R,
    ) -> Result<R::Reply, ExchangeError> {
        self.drain(line)?;
        let frame = request.encode();
        let now = line.now();
        self.tally.requests += 1;
        let result = if line.write(&frame, now + SENDING)? < frame.len() {
            Err(ExchangeError::Silence)
        } else {
            self.await_answer(line, request)
        };
        let garbage = self.parser.garbage();
        self.tally.garbage_bytes += garbage as u64;
        match &result {
            Err(ExchangeError::Silence) => self.tally.silent += 1,
            Err(ExchangeError::Garbled) => self.tally.garbled += 1,
            Ok(_) | Err(ExchangeError::Status(_) | ExchangeError::Line(_)) => {}
        }
        if matches!(result, Err(ExchangeError::Silence | ExchangeError::Garbled)) {
            // A late answer must not be taken for that to the next request.
            self.settle(line)?;
        }
        self.parser.clear();
        tracing::debug!(
            command = R::NAME,
            error = ?result.as_ref().err(),
            garbage,
            "exchange"
        );
        result
    }

    fn await_answer<R: Request>(
        &mut self,
        line: &mut dyn Transport,
        request: &R,
    ) -> Result<R::Reply, ExchangeError> {
        let limit = line.now() + R::LIMIT;
        let mut deadline = limit;
        let mut heard = false;
        loop {
            let count = self.receive(line, deadline)?;
            heard |= count > 0;
            let mut answer = if count == 0 {
                self.parser.next_after_silence()
            } else {
                self.parser.next_answer()
            };
            while let Some(found) = answer {
                match request.parse(&found) {
                    Ok(reply) => return Ok(reply),
                    Err(AnswerError::Status(status)) => return Err(ExchangeError::Status(status)),
                    Err(AnswerError::Shape(reason)) => {
                        tracing::debug!(command = R::NAME, reason, "answer passed over");
                    }
                }
                answer = self.parser.next_answer();
            }
            let now = line.now();
            let end = if self.parser.is_empty() {
                limit
            } else {
                limit + TRANSFER
            };
            if now >= end {
                return Err(if heard {
                    ExchangeError::Garbled
                } else {
                    ExchangeError::Silence
                });
            }
            // Words and noise do not put the limit off; a frame that has begun does.
            deadline = if self.parser.is_empty() {
                limit
            } else {
                now + BETWEEN_BYTES
            };
        }
    }

    /// Takes what comes until `deadline` into the parser; 0 when nothing came.
    fn receive(
        &mut self,
        line: &mut dyn Transport,
        deadline: Duration,
    ) -> Result<usize, TransportError> {
        let mut buffer = [0; 512];
        let count = line.read(&mut buffer, deadline)?;
        self.parser.push(buffer.get(..count).unwrap_or_default());
        buffer.zeroize();
        Ok(count)
    }

    /// Throws away what is already there, without waiting for more.
    fn drain(&mut self, line: &mut dyn Transport) -> Result<(), TransportError> {
        self.parser.clear();
        for _ in 0..DRAIN_READS {
            let now = line.now();
            if self.receive(line, now)? == 0 {
                break;
            }
            self.parser.clear();
        }
        Ok(())
    }

    /// Throws away what comes until the line is quiet.
    fn settle(&mut self, line: &mut dyn Transport) -> Result<(), TransportError> {
        let patience = line.now() + NOISE;
        while line.now() < patience {
            let quiet = line.now() + QUIET;
            if self.receive(line, quiet)? == 0 {
                break;
            }
            self.parser.clear();
        }
        Ok(())
    }
}
