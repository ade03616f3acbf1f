//! Before idle: nothing of an earlier slip in the buffers, nothing of it at the head.

use std::time::Duration;

use super::conversation::Stop;
use super::{PrinterDriver, PrinterEvent, fault, put, waits_for_a_hand};
use crate::receipt_printer::journal::{Journal, JournalError, Phase};
use crate::receipt_printer::outcome::{Cause, Outcome};
use crate::receipt_printer::protocol::commands::{
    EnableStatusBack, Feed, FeedAndCut, Initialise, MotionUnits, PanelButtonsOff, ReportProcess,
};
use crate::runner::{Fault, FaultKind};
use crate::transport::Transport;

/// How long a ready printer may take to report its status after it was asked to report changes.
const STATUS_TIME: Duration = Duration::from_secs(2);
/// How long feeding and cutting a scrap may take.
const CUT_TIME: Duration = Duration::from_secs(10);
/// Blank paper before the knife when cutting an earlier slip off: 10 mm.
const SCRAP_ROWS: u8 = 80;
/// How often the sensors are asked while waiting.
const POLL: Duration = Duration::from_secs(1);

impl<J: Journal> PrinterDriver<J> {
    /// Takes up a job that this or an earlier program left open.
    pub(super) fn recall_open_job(&mut self) {
        if self.uncut.is_some() {
            return;
        }
        match self.journal.open_job() {
            Ok(Some(mut record)) => {
                if record.outcome.is_none() {
                    let outcome = Outcome::Unknown(Cause::ProgramStopped);
                    record.outcome = Some(outcome);
                    self.waiting.push(PrinterEvent::Outcome {
                        job: record.job.clone(),
                        outcome,
                    });
                }
                record.phase = Phase::Uncut;
                self.save_or_warn(&record);
                self.uncut = Some(record);
            }
            Ok(None) => {}
            Err(error) => warn(&error),
        }
    }

    pub(super) fn save_or_warn(&mut self, record: &crate::receipt_printer::journal::JobRecord) {
        if let Err(error) = self.journal.save(record) {
            warn(&error);
        }
    }

    /// Clears both buffers, sets the modes and learns the status.
    pub(super) fn clear_and_prepare(&mut self, line: &mut dyn Transport) -> Result<(), Fault> {
        self.cleared = false;
        self.modes_set = false;
        match self.talk.clear(line) {
            Ok(true) => {}
            // Without a confirmed clear the rest of somebody's slip may still come out.
            Ok(false) => {
                return Err(Fault::new(FaultKind::NoAnswer, "clear").with_key("not_cleared"));
            }
            Err(stop) => return Err(fault("clear", stop)),
        }
        self.talk.begin_job();
        if !self
            .talk
            .ask_all(line)
            .map_err(|stop| fault("prepare", stop))?
        {
            return Err(Fault::new(FaultKind::NoAnswer, "prepare"));
        }
        self.cleared = true;
        if self.talk.status.problem().is_none() {
            // A printer that needs a hand takes no commands; it gets its modes afterwards.
            self.set_modes(line)
                .or_else(|stop| waits_for_a_hand("prepare", stop))?;
        }
        Ok(())
    }

    /// `ESC @`, units, panel button, automatic status; waits for the status it brings.
    pub(super) fn set_modes(&mut self, line: &mut dyn Transport) -> Result<(), Stop> {
        let before = self.talk.status_groups();
        let mut bytes = Vec::new();
        put(&mut bytes, &Initialise);
        put(&mut bytes, &MotionUnits::DOTS);
        put(&mut bytes, &PanelButtonsOff);
        put(&mut bytes, &EnableStatusBack);
        self.talk.send(line, &bytes)?;
        self.modes_set = self.talk.await_status(line, before, STATUS_TIME)?;
        if self.modes_set {
            Ok(())
        } else {
            Err(Stop::Timeout)
        }
    }

    /// Feeds and cuts what an earlier job left at the head, and closes that job.
    pub(super) fn cut_free(
        &mut self,
        line: &mut dyn Transport,
        emit: &mut dyn FnMut(PrinterEvent),
    ) -> Result<(), Fault> {
        let Some(mut record) = self.uncut.clone() else {
            return Ok(());
        };
        let Ok(id) = self.next_process_id() else {
            return Ok(());
        };
        record.process_id = id;
        self.save_or_warn(&record);
        match self.cut_scrap(line, id.digits()) {
            Ok(()) => {
                if let Err(error) = self.journal.close(&record) {
                    warn(&error);
                }
                self.uncut = None;
                emit(PrinterEvent::Cleared);
                Ok(())
            }
            // The scrap waits for the next ready moment; the condition already says why.
            Err(Stop::Problem(_)) => {
                self.cleared = false;
                Ok(())
            }
            Err(stop) => Err(fault("cut free", stop)),
        }
    }

    fn cut_scrap(&mut self, line: &mut dyn Transport, digits: [u8; 4]) -> Result<(), Stop> {
        self.set_modes(line)?;
        let mut bytes = Vec::new();
        put(&mut bytes, &Feed { units: SCRAP_ROWS });
        put(&mut bytes, &FeedAndCut);
        if let Some(id) = crate::receipt_printer::ProcessId::from_digits(digits) {
            put(&mut bytes, &ReportProcess { id });
        }
        self.talk.expect_confirmation();
        self.talk.send(line, &bytes)?;
        let deadline = line.now() + CUT_TIME;
        match self.talk.await_confirmation(line, digits, deadline, POLL) {
            // The buffers were cleared for certain; a scrap unconfirmed must not keep the printer out of use.
            Ok(()) | Err(Stop::Timeout | Stop::WrongConfirmation) => Ok(()),
            Err(stop) => Err(stop),
        }
    }
}

pub(super) fn warn(error: &JournalError) {
    tracing::warn!(error = %error, source = %error.source, "print journal");
}
