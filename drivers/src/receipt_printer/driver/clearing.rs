//! Taking the rest of a slip out of the printer, the way its family allows.
//!
//! Source: the printer fact sheet, section 1.10.

use std::time::Duration;

use super::PrinterDriver;
use super::conversation::Stop;
use crate::receipt_printer::journal::Journal;
use crate::receipt_printer::profile::Clearing;
use crate::transport::Transport;

/// How long a reset printer is left alone.
const RESET_TIME: Duration = Duration::from_millis(1_500);
/// How long it may take to answer after that.
const START_TIME: Duration = Duration::from_secs(5);
/// How long a fence behind nothing but blank rows may take.
const FENCE_TIME: Duration = Duration::from_secs(10);
/// How often a fence that brought too many answers is repeated.
const ATTEMPTS: u32 = 3;
/// How often the sensors are asked while waiting.
const POLL: Duration = Duration::from_secs(1);

/// What is known after clearing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cleared {
    /// Nothing of an earlier slip is in the printer's buffers.
    Proven,
    /// The printer needs a hand before it can prove that.
    Waiting,
    /// The printer did not prove it although it could.
    Refused,
}

impl<J: Journal> PrinterDriver<J> {
    /// Takes what is left of earlier slips out of the buffers.
    pub(super) fn clear(&mut self, line: &mut dyn Transport) -> Result<Cleared, Stop> {
        match self.settings.profile.clear.clone() {
            Clearing::RealTime => Ok(if self.talk.clear(line)? {
                Cleared::Proven
            } else {
                Cleared::Refused
            }),
            Clearing::Reset { command } => {
                self.talk.send_bytes_now(line, command.as_slice())?;
                let until = line.now() + RESET_TIME;
                while line.now() < until {
                    self.talk.listen(line, until)?;
                }
                self.talk.was_reset();
                self.prove_empty(line, &[])
            }
            Clearing::Flush => {
                let filling = self.filling();
                self.prove_empty(line, &filling)
            }
        }
    }

    /// Enough NULs to complete a band that was broken off: white inside it, nothing outside.
    fn filling(&self) -> Vec<u8> {
        let profile = &self.settings.profile;
        let band = usize::from(profile.head_bytes) * usize::from(profile.band_rows);
        vec![0; band + 64]
    }

    /// Whether the sensors answer. A clone in the middle of a band, or of its header, takes the
    /// question for a part of it; so whatever was broken off is completed first, with nothing.
    pub(super) fn answers(&mut self, line: &mut dyn Transport) -> Result<bool, Stop> {
        if self.settings.profile.clear == Clearing::Flush {
            let filling = self.filling();
            match self.talk.send(line, &filling) {
                // It needs a hand, so it answered a moment ago.
                Ok(()) | Err(Stop::Problem(_)) => {}
                Err(stop) => return Err(stop),
            }
        }
        self.talk.ask_all(line)
    }

    /// Sends `filling` and a fence behind it, once the printer is ready to take them.
    fn prove_empty(&mut self, line: &mut dyn Transport, filling: &[u8]) -> Result<Cleared, Stop> {
        let until = line.now() + START_TIME;
        while !self.answers(line)? {
            if line.now() >= until {
                return Ok(Cleared::Refused);
            }
        }
        if self.talk.status.problem().is_some() {
            return Ok(Cleared::Waiting);
        }
        for _ in 0..ATTEMPTS {
            self.talk.begin_job();
            match self.fence_behind(line, filling) {
                Ok(()) => return Ok(Cleared::Proven),
                Err(Stop::Problem(_)) => return Ok(Cleared::Waiting),
                // Fences of the slip before were still in the buffer; they are answered now.
                Err(Stop::WrongConfirmation | Stop::Garbled) => {}
                Err(Stop::Timeout | Stop::PowerLost) => return Ok(Cleared::Refused),
                Err(stop @ (Stop::Broken(_) | Stop::NoConfirmation)) => return Err(stop),
            }
        }
        Ok(Cleared::Refused)
    }

    fn fence_behind(&mut self, line: &mut dyn Transport, filling: &[u8]) -> Result<(), Stop> {
        self.talk.send(line, filling)?;
        let fence = self.talk.last_fence();
        self.talk.send(line, &fence)?;
        let deadline = line.now() + FENCE_TIME;
        self.talk.await_fence(line, deadline, POLL)
    }
}
