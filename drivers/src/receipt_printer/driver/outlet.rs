//! The output of a printer that sees its slip: ready to be taken, taken, drawn back.
//!
//! Source: the printer fact sheet, section 1.11 ("Presenter sequence").

use std::time::Duration;

use super::conversation::Stop;
use super::verdict::Output;
use super::{PrinterDriver, PrinterEvent};
use crate::receipt_printer::journal::Journal;
use crate::receipt_printer::outcome::JobId;
use crate::receipt_printer::profile::Delivery;
use crate::receipt_printer::usage::PaperUse;
use crate::transport::Transport;

/// How often the sensor is asked.
const LOOK: Duration = Duration::from_millis(150);
/// Answers in a row that must agree before the sensor is believed: a slip said to be taken
/// because of one flipped bit would be a success that was none.
const AGREEING: u32 = 4;
/// How long the tear flag may take to see the slip.
const TEAR_TIME: Duration = Duration::from_secs(2);
/// How long a slip may take to the output, and back.
const MOTION_TIME: Duration = Duration::from_secs(10);

impl<J: Journal> PrinterDriver<J> {
    /// Waits until the slip came out, then until somebody takes it; draws it back otherwise.
    pub(super) fn hand_out(
        &mut self,
        line: &mut dyn Transport,
        job: &JobId,
        patience: Duration,
        emit: &mut dyn FnMut(PrinterEvent),
    ) -> Result<Output, Stop> {
        let presents = matches!(self.settings.profile.delivery, Delivery::Present { .. });
        let arrival = if presents { MOTION_TIME } else { TEAR_TIME };
        if !self.await_output(line, true, arrival)? {
            // At a tear bar a quick hand was faster; a presenter shows every slip it has.
            return if presents {
                Err(Stop::Timeout)
            } else {
                Ok(Output::Unseen)
            };
        }
        emit(PrinterEvent::SlipReady { job: job.clone() });
        if self.await_output(line, false, patience)? {
            return Ok(Output::Taken);
        }
        self.draw_back(line, emit)
    }

    /// Draws back a slip that nobody takes; where the printer cannot, it stays.
    pub(super) fn draw_back(
        &mut self,
        line: &mut dyn Transport,
        emit: &mut dyn FnMut(PrinterEvent),
    ) -> Result<Output, Stop> {
        let Delivery::Present { retract, .. } = self.settings.profile.delivery.clone() else {
            return Ok(Output::Left);
        };
        match self.talk.send(line, retract.as_slice()) {
            // Paper out or an open cover: tried again when that is mended.
            Err(Stop::Problem(_)) => return Ok(Output::Left),
            other => other?,
        }
        if !self.await_output(line, false, MOTION_TIME)? {
            return Ok(Output::Left);
        }
        emit(PrinterEvent::Used(PaperUse {
            retracts: 1,
            ..PaperUse::default()
        }));
        Ok(Output::Retracted)
    }

    /// Waits until the sensor sees a slip, or none; false when `patience` ended first.
    fn await_output(
        &mut self,
        line: &mut dyn Transport,
        there: bool,
        patience: Duration,
    ) -> Result<bool, Stop> {
        let deadline = line.now() + patience;
        let mut agreeing = 0;
        loop {
            let answered = self.talk.ask_all(line)?;
            let as_wanted = answered && self.talk.status.slip_waiting == there;
            agreeing = if as_wanted { agreeing + 1 } else { 0 };
            if agreeing >= AGREEING {
                return Ok(true);
            }
            if let Some(problem) = self.talk.status.problem().filter(|_| there) {
                return Err(Stop::Problem(problem));
            }
            if self.talk.was_switched_on() {
                return Err(Stop::PowerLost);
            }
            if line.now() >= deadline {
                return Ok(false);
            }
            let next = (line.now() + LOOK).min(deadline);
            while line.now() < next {
                self.talk.listen(line, next)?;
            }
        }
    }
}
