//! The technician's commands, each answered to whoever asked.

use std::time::Duration;

use super::super::command::{ManagementNumber, ReaderCommand};
use super::super::event::{ReaderEvent, ReaderFault, ReaderFaultKind};
use super::super::exchange::ExchangeError;
use super::super::protocol::commands::{
    ReadManagementNumber, ResetSam, SamStatus, SetRadioFrame, SetSpeed,
};
use super::{CardReader, Field};
use crate::runner::Fault;
use crate::transport::Transport;

/// From the answer to a new speed to the next request, which is sent at it.
const AFTER_SPEED: Duration = Duration::from_millis(5);

/// Status requests at a new speed until it counts as not taken.
const SPEED_ASKS: u32 = 2;

impl CardReader {
    /// Carries out one command. What a command finds wrong is its asker's business, except
    /// for a line that broke.
    pub(super) fn carry_out(
        &mut self,
        line: &mut dyn Transport,
        command: ReaderCommand,
        emit: &mut dyn FnMut(ReaderEvent),
    ) -> Result<(), Fault> {
        match command {
            ReaderCommand::WantFingerprint(want) => {
                self.want_fingerprint = want;
                Ok(())
            }
            ReaderCommand::ReadManagementNumber(reply) => {
                if self.field != Field::Read {
                    let fault = ReaderFault::new(ReaderFaultKind::ReadFailed, "no card was read");
                    let _ = reply.send(Err(fault));
                    return Ok(());
                }
                let answer = self.exchange.ask(line, &ReadManagementNumber);
                let (answer, lost) = split(answer, "read management number");
                let _ = reply.send(answer.map(ManagementNumber));
                lost
            }
            ReaderCommand::ResetModule(reply) => {
                self.empty(emit);
                self.forget_card();
                let (answer, lost) = split(self.exchange.ask(line, &ResetSam), "reset SAM");
                let _ = reply.send(answer);
                lost
            }
            ReaderCommand::SetSpeed { baud, reply } => {
                let (answer, lost) = self.change_speed(line, baud);
                let _ = reply.send(answer);
                lost
            }
            ReaderCommand::SetRadioFrame { bytes, reply } => {
                let answer = self.exchange.ask(line, &SetRadioFrame { bytes });
                let (answer, lost) = split(answer, "set radio frame");
                let _ = reply.send(answer);
                lost
            }
        }
    }

    /// Sets the module's speed and follows it; back at the old one when it is not found there.
    fn change_speed(&mut self, line: &mut dyn Transport, baud: u32) -> Outcome<()> {
        let refused = |why| {
            let fault = ReaderFault::new(ReaderFaultKind::Refused, why);
            (Err(fault), Ok(()))
        };
        let Some(request) = SetSpeed::new(baud) else {
            return refused("the module has no such speed");
        };
        let Some(old) = self.speed else {
            return refused("the carrier has no speed, or the configuration fixes it");
        };
        match self.exchange.ask(line, &request) {
            // Whether the answer comes at the old speed or at the new one is not settled.
            Ok(()) | Err(ExchangeError::Silence | ExchangeError::Garbled) => {}
            Err(error) => return split(Err(error), "set speed"),
        }
        match self.meet_at(line, baud) {
            Ok(true) => (Ok(()), Ok(())),
            Ok(false) => {
                let back = self.meet_at(line, old);
                let (answer, lost) = split(back, "set speed back");
                let fault = ReaderFault::new(ReaderFaultKind::NoAnswer, "set speed");
                (answer.and(Err(fault)), lost)
            }
            Err(error) => split(Err(error), "set speed"),
        }
    }

    /// Whether the module answers at `baud`.
    fn meet_at(&mut self, line: &mut dyn Transport, baud: u32) -> Result<bool, ExchangeError> {
        let settled = line.now() + AFTER_SPEED;
        while line.now() < settled {
            line.read(&mut [0; 64], settled)?;
        }
        line.set_speed(baud)?;
        for _ in 0..SPEED_ASKS {
            match self.exchange.ask(line, &SamStatus) {
                Ok(()) => {
                    self.speed = Some(baud);
                    return Ok(true);
                }
                Err(ExchangeError::Silence | ExchangeError::Garbled) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }
}

/// What the asker is told, and whether the line is still there.
type Outcome<T> = (Result<T, ReaderFault>, Result<(), Fault>);

fn split<T>(answer: Result<T, ExchangeError>, doing: &'static str) -> Outcome<T> {
    match answer {
        Ok(value) => (Ok(value), Ok(())),
        Err(error) => {
            let told = Err(ReaderFault::of_exchange(&error, doing));
            match error {
                ExchangeError::Line(error) => (told, Err(Fault::from(error))),
                ExchangeError::Status(_) | ExchangeError::Silence | ExchangeError::Garbled => {
                    (told, Ok(()))
                }
            }
        }
    }
}
