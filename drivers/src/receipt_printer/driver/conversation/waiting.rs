//! Waiting for proof: process numbers, fences, and what must not be heard meanwhile.

use std::time::Duration;

use super::{Conversation, Stop};
use crate::receipt_printer::protocol::commands::{Command, Fence};
use crate::transport::Transport;

/// How long nothing more may come after the last answer to a fence.
const QUIET: Duration = Duration::from_millis(200);

/// A process number awaited on one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Awaited {
    /// The connection its request went over.
    pub(in super::super) epoch: u64,
    /// The number.
    pub(in super::super) digits: [u8; 4],
}

impl Conversation {
    /// A confirmation awaited on this connection.
    pub(in super::super) fn awaited(&self, digits: [u8; 4]) -> Awaited {
        Awaited {
            epoch: self.epoch,
            digits,
        }
    }

    /// Whether everything said since [`Self::begin_job`] was understood.
    fn understood(&self) -> Result<(), Stop> {
        if self.garbled || self.lines.broken() != self.broken_before {
            Err(Stop::Garbled)
        } else {
            Ok(())
        }
    }

    /// Waits until `awaited` is confirmed; looks at the sensors every `poll`.
    pub(in super::super) fn await_confirmation(
        &mut self,
        line: &mut dyn Transport,
        awaited: Awaited,
        deadline: Duration,
        poll: Duration,
    ) -> Result<(), Stop> {
        let mut next_poll = line.now() + poll;
        loop {
            if awaited.epoch == self.epoch && self.confirmations.contains(&awaited.digits) {
                // A fence missing before it is a band that a reset swallowed without a word.
                return self.understood().and(if self.fences == self.fences_asked {
                    Ok(())
                } else {
                    Err(Stop::Garbled)
                });
            }
            self.check()?;
            if line.now() >= deadline {
                return Err(if self.confirmations.is_empty() {
                    Stop::Timeout
                } else {
                    Stop::WrongConfirmation
                });
            }
            self.look_or_listen(line, deadline, &mut next_poll, poll)?;
        }
    }

    /// One look at the sensors when it is time, in case a report was lost; otherwise listens.
    fn look_or_listen(
        &mut self,
        line: &mut dyn Transport,
        deadline: Duration,
        next_poll: &mut Duration,
        poll: Duration,
    ) -> Result<(), Stop> {
        if line.now() >= *next_poll {
            self.ask_trouble(line)?;
            *next_poll = line.now() + poll;
            Ok(())
        } else {
            Ok(self.listen(line, deadline.min(*next_poll))?)
        }
    }

    /// Only looks at the sensors for `time`.
    pub(in super::super) fn watch(
        &mut self,
        line: &mut dyn Transport,
        time: Duration,
        poll: Duration,
    ) -> Result<(), Stop> {
        let deadline = line.now() + time;
        let mut next_poll = line.now();
        while line.now() < deadline {
            self.look_or_listen(line, deadline, &mut next_poll, poll)?;
            self.check()?;
        }
        Ok(())
    }

    /// The commands of the fence that ends a job.
    ///
    /// An answer to `GS r` carries no number, so the number is in the count: it differs from
    /// that of the fences before, and late answers to those make it one of the wrong size.
    pub(in super::super) fn last_fence(&mut self) -> Vec<u8> {
        self.fence_round = (self.fence_round + 1) % 3;
        let count = 2 + self.fence_round;
        self.fences_asked += count;
        let mut bytes = Vec::new();
        for _ in 0..count {
            Fence.encode(&mut bytes);
        }
        bytes
    }

    /// The command of a fence behind one band.
    pub(in super::super) fn band_fence(&mut self) -> Vec<u8> {
        self.fences_asked += 1;
        Fence.bytes()
    }

    /// Waits until at most `open` fences of this job are not answered yet.
    pub(in super::super) fn await_fences_but(
        &mut self,
        line: &mut dyn Transport,
        open: u32,
        deadline: Duration,
        poll: Duration,
    ) -> Result<(), Stop> {
        let mut next_poll = line.now() + poll;
        while self.fences.saturating_add(open) < self.fences_asked {
            self.check()?;
            if line.now() >= deadline {
                return Err(Stop::Timeout);
            }
            self.look_or_listen(line, deadline, &mut next_poll, poll)?;
        }
        self.check()
    }

    /// Waits until all fences of this job are answered, and nothing more comes.
    pub(in super::super) fn await_fence(
        &mut self,
        line: &mut dyn Transport,
        deadline: Duration,
        poll: Duration,
    ) -> Result<(), Stop> {
        self.await_fences_but(line, 0, deadline, poll)?;
        let quiet = line.now() + QUIET;
        while line.now() < quiet {
            self.listen(line, quiet)?;
        }
        self.check()?;
        if self.fences == self.fences_asked {
            self.understood()
        } else {
            Err(Stop::WrongConfirmation)
        }
    }
}

#[cfg(all(test, feature = "simulator"))]
mod tests {
    use super::*;
    use crate::receipt_printer::driver::Settings;
    use crate::receipt_printer::profile::StatusStyle;
    use crate::receipt_printer::protocol::returns::Return;
    use crate::receipt_printer::sim::{Build, PrinterSim};
    use crate::selector::Selector;
    use crate::transport::memory::MemoryLine;

    #[test]
    fn the_right_number_on_the_wrong_connection_is_no_confirmation() {
        let settings = Settings::for_selector(&Selector::Sim, 1);
        let mut line = MemoryLine::new(PrinterSim::new(Build::default()), None)
            .open()
            .unwrap();
        for (epoch, confirmed) in [(1, false), (2, true)] {
            let mut talk = Conversation::new(&settings, StatusStyle::RealTime, 2);
            talk.note(&Return::Process(*b"0042"));
            let awaited = Awaited {
                epoch,
                digits: *b"0042",
            };
            let deadline = line.now() + Duration::from_secs(2);
            let poll = Duration::from_secs(5);
            let result = talk.await_confirmation(&mut line, awaited, deadline, poll);
            match result {
                Ok(()) => assert!(confirmed, "epoch {epoch}"),
                Err(stop) => assert!(
                    !confirmed && matches!(stop, Stop::WrongConfirmation | Stop::PowerLost),
                    "epoch {epoch}: {stop:?}"
                ),
            }
        }
    }
}
