//! Before idle: nothing of an earlier slip in the buffers, nothing of it at the head.

use std::time::Duration;

use super::clearing::Cleared;
use super::conversation::Stop;
use super::{PrinterDriver, PrinterEvent, fault, put, waits_for_a_hand};
use crate::receipt_printer::ProcessId;
use crate::receipt_printer::journal::{Journal, JournalError, Phase};
use crate::receipt_printer::outcome::{Cause, Outcome};
use crate::receipt_printer::profile::{Confirmation, Delivery};
use crate::receipt_printer::protocol::commands::{
    EnableStatusBack, Feed, Initialise, MotionUnits, PanelButtonsOff, ReportProcess,
};
use crate::receipt_printer::usage::{CUT_ROWS, PaperUse};
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
        let cleared = self.clear(line).map_err(|stop| fault("clear", stop))?;
        if cleared == Cleared::Refused {
            // Without a proven clear the rest of somebody's slip may still come out.
            return Err(Fault::new(FaultKind::NoAnswer, "clear").with_key("not_cleared"));
        }
        self.talk.begin_job();
        if !self
            .talk
            .ask_all(line)
            .map_err(|stop| fault("prepare", stop))?
        {
            return Err(Fault::new(FaultKind::NoAnswer, "prepare"));
        }
        self.cleared = cleared == Cleared::Proven;
        self.tally.cleared += u64::from(self.cleared);
        if self.talk.status.problem().is_none() {
            // A printer that needs a hand takes no commands; it gets its modes afterwards.
            self.set_modes(line)
                .or_else(|stop| waits_for_a_hand("prepare", stop))?;
        }
        Ok(())
    }

    /// `ESC @`, units, panel button, automatic status; waits for the status it brings.
    pub(super) fn set_modes(&mut self, line: &mut dyn Transport) -> Result<(), Stop> {
        let quirks = self.settings.profile.quirks;
        let status_back = self.settings.profile.status_back;
        let before = self.talk.status_groups();
        let mut bytes = Vec::new();
        if !quirks.initialise_prints {
            put(&mut bytes, &Initialise);
        }
        if quirks.motion_units {
            put(&mut bytes, &MotionUnits::DOTS);
        }
        if quirks.panel_button {
            put(&mut bytes, &PanelButtonsOff);
        }
        if status_back {
            put(&mut bytes, &EnableStatusBack);
        }
        self.talk.send(line, &bytes)?;
        self.modes_set = if status_back {
            self.talk.await_status(line, before, STATUS_TIME)?
        } else {
            self.talk.ask_all(line)?
        };
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
        let id = match self.next_process_id() {
            Ok(id) => id,
            Err(error) => {
                // Nothing is sent that the journal does not know; the job stays open.
                warn(&error);
                return Ok(());
            }
        };
        record.process_id = id;
        self.save_or_warn(&record);
        match self.cut_scrap(line, id) {
            Ok(()) => {
                if let Err(error) = self.journal.close(&record) {
                    warn(&error);
                }
                self.uncut = None;
                emit(PrinterEvent::Used(PaperUse {
                    rows: u64::from(SCRAP_ROWS) + CUT_ROWS,
                    cuts: 1,
                    retracts: 0,
                }));
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

    fn cut_scrap(&mut self, line: &mut dyn Transport, id: ProcessId) -> Result<(), Stop> {
        self.set_modes(line)?;
        self.talk.begin_job();
        let mut bytes = Vec::new();
        put(&mut bytes, &Feed { units: SCRAP_ROWS });
        match &self.settings.profile.delivery {
            Delivery::Cut { cut } => bytes.extend_from_slice(cut.as_slice()),
            // Drawn in instead of presented: it is somebody's.
            Delivery::Present { cut, retract, .. } => {
                bytes.extend_from_slice(cut.as_slice());
                bytes.extend_from_slice(retract.as_slice());
            }
            Delivery::Tear { feed_rows, .. } => put(&mut bytes, &Feed { units: *feed_rows }),
        }
        let confirmed = self.confirm_scrap(line, id, bytes);
        match confirmed {
            // The buffers were cleared for certain; a scrap unconfirmed must not keep the printer out of use.
            Ok(())
            | Err(Stop::Timeout | Stop::WrongConfirmation | Stop::Garbled | Stop::NoConfirmation) => {
                Ok(())
            }
            Err(stop) => Err(stop),
        }
    }

    fn confirm_scrap(
        &mut self,
        line: &mut dyn Transport,
        id: ProcessId,
        mut bytes: Vec<u8>,
    ) -> Result<(), Stop> {
        match self.settings.profile.confirmation {
            Confirmation::ProcessId => {
                put(&mut bytes, &ReportProcess { id });
                self.talk.expect_confirmation();
                self.talk.send(line, &bytes)?;
                let awaited = self.talk.awaited(id.digits());
                let deadline = line.now() + CUT_TIME;
                self.talk.await_confirmation(line, awaited, deadline, POLL)
            }
            Confirmation::Fence => {
                bytes.extend_from_slice(&self.talk.last_fence());
                self.talk.send(line, &bytes)?;
                let deadline = line.now() + CUT_TIME;
                self.talk.await_fence(line, deadline, POLL)
            }
            Confirmation::None => {
                self.talk.send(line, &bytes)?;
                self.talk.watch(line, POLL, POLL)
            }
        }
    }
}

pub(super) fn warn(error: &JournalError) {
    tracing::warn!(error = %error, source = %error.source, "print journal");
}
