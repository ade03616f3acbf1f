//! One job: preflight, journal, bands, cut, confirmation, outcome.
//!
//! Source: the printer fact sheet, section 2.

use std::time::Duration;

use super::conversation::Stop;
use super::start::warn;
use super::{PrinterDriver, PrinterEvent, broken_cause, fault, put};
use crate::receipt_printer::journal::{JobRecord, Journal, Phase};
use crate::receipt_printer::outcome::{Cause, Job, Outcome};
use crate::receipt_printer::protocol::commands::{FeedAndCut, ReportProcess};
use crate::receipt_printer::protocol::raster::{self, Band};
use crate::runner::{Fault, FaultKind};
use crate::transport::Transport;

/// The slowest paper a kiosk printer moves: 100 mm/s are 800 rows a second.
const ROWS_PER_SECOND: u64 = 800;
/// How long the knife may take.
const KNIFE_TIME: Duration = Duration::from_secs(2);
/// How often the sensors are asked while waiting for the confirmation.
const POLL: Duration = Duration::from_secs(1);

/// How a job ended and whether the line survived it.
struct End {
    outcome: Outcome,
    fault: Option<Fault>,
}

impl<J: Journal> PrinterDriver<J> {
    /// Prints one job and reports exactly one outcome.
    pub(super) fn print(
        &mut self,
        line: &mut dyn Transport,
        job: &Job,
        emit: &mut dyn FnMut(PrinterEvent),
    ) -> Result<(), Fault> {
        let end = self.run(line, job, emit);
        emit(PrinterEvent::Outcome {
            job: job.id.clone(),
            outcome: end.outcome,
        });
        end.fault.map_or(Ok(()), Err)
    }

    fn run(
        &mut self,
        line: &mut dyn Transport,
        job: &Job,
        emit: &mut dyn FnMut(PrinterEvent),
    ) -> End {
        let Some(bands) = raster::bands(&job.bitmap, self.settings.head_bytes) else {
            return End {
                outcome: Outcome::NotPrinted(Cause::TooWide),
                fault: None,
            };
        };
        if let Err(end) = self.preflight(line, emit) {
            return end;
        }
        let record = match self.open_record(job) {
            Ok(record) => record,
            Err(end) => return end,
        };
        self.transmit(line, job, &bands, record)
    }

    /// Asks everything that can be asked before the first byte of the slip.
    fn preflight(
        &mut self,
        line: &mut dyn Transport,
        emit: &mut dyn FnMut(PrinterEvent),
    ) -> Result<(), End> {
        let not_printed = |cause, fault| End {
            outcome: Outcome::NotPrinted(cause),
            fault,
        };
        match self.talk.ask_all(line) {
            Ok(true) => {}
            Ok(false) => {
                let silent = Fault::new(FaultKind::NoAnswer, "preflight");
                return Err(not_printed(Cause::Offline, Some(silent)));
            }
            Err(stop) => return Err(stopped_before(stop)),
        }
        if let Some(problem) = self.talk.status.problem() {
            return Err(not_printed(problem.into(), None));
        }
        if self.uncut.is_some() {
            self.cut_free(line, emit)
                .map_err(|fault| not_printed(Cause::Offline, Some(fault)))?;
        }
        self.talk.begin_job();
        self.set_modes(line).map_err(stopped_before)?;
        match self.talk.status.problem() {
            Some(problem) => Err(not_printed(problem.into(), None)),
            None if self.uncut.is_some() => Err(not_printed(Cause::Journal, None)),
            None => Ok(()),
        }
    }

    /// Writes the job down before its first byte.
    fn open_record(&mut self, job: &Job) -> Result<JobRecord, End> {
        let opened = self.next_process_id().and_then(|process_id| {
            let record = JobRecord {
                job: job.id.clone(),
                content_hash: job.content_hash,
                process_id,
                phase: Phase::Sending,
                bytes: 0,
                epoch: self.epoch,
                outcome: None,
            };
            self.journal.save(&record).map(|()| record)
        });
        opened.map_err(|error| {
            warn(&error);
            End {
                outcome: Outcome::NotPrinted(Cause::Journal),
                fault: None,
            }
        })
    }

    fn transmit(
        &mut self,
        line: &mut dyn Transport,
        job: &Job,
        bands: &[Band],
        mut record: JobRecord,
    ) -> End {
        let result = self.hand_over(line, job, bands, &mut record);
        let (outcome, fault) = match result {
            Ok(()) => (Outcome::Printed, None),
            Err(stop) => self.abandon(line, stop),
        };
        record.outcome = Some(outcome);
        let written = if outcome == Outcome::Printed {
            self.journal.close(&record)
        } else {
            record.phase = Phase::Uncut;
            self.uncut = Some(record.clone());
            self.journal.save(&record)
        };
        if let Err(error) = written {
            warn(&error);
        }
        End { outcome, fault }
    }

    fn hand_over(
        &mut self,
        line: &mut dyn Transport,
        job: &Job,
        bands: &[Band],
        record: &mut JobRecord,
    ) -> Result<(), Stop> {
        let mut rows = 0u64;
        for copy in 0..job.copies.max(1) {
            if copy > 0 {
                self.talk.send(
                    line,
                    &crate::receipt_printer::protocol::commands::Command::bytes(&FeedAndCut),
                )?;
            }
            for band in bands {
                record.bytes += band.bytes.len() as u64;
                // The job is on disk as begun; a later count only narrows down where it stopped.
                self.save_or_warn(record);
                self.talk.send(line, &band.bytes)?;
                rows += u64::from(band.rows);
            }
        }
        let mut tail = Vec::new();
        put(&mut tail, &FeedAndCut);
        put(
            &mut tail,
            &ReportProcess {
                id: record.process_id,
            },
        );
        record.bytes += tail.len() as u64;
        record.phase = Phase::Confirming;
        self.save_or_warn(record);
        self.talk.expect_confirmation();
        self.talk.send(line, &tail)?;
        let paper = Duration::from_millis(rows * 1000 / ROWS_PER_SECOND);
        let deadline = line.now() + paper + KNIFE_TIME + self.settings.confirm_within;
        self.talk
            .await_confirmation(line, record.process_id.digits(), deadline, POLL)
    }

    /// Takes the rest of the slip out of the printer and says what is known.
    fn abandon(&mut self, line: &mut dyn Transport, stop: Stop) -> (Outcome, Option<Fault>) {
        self.cleared = false;
        let cause = match stop {
            Stop::Broken(error) => {
                return (Outcome::Unknown(broken_cause(&error)), Some(error.into()));
            }
            Stop::Problem(problem) => Ok(Cause::from(problem)),
            Stop::PowerLost => Err(Cause::PowerLost),
            Stop::Timeout => Err(Cause::Timeout),
            Stop::WrongConfirmation => Err(Cause::WrongConfirmation),
        };
        let cleared = self.talk.clear(line);
        let (outcome, known) = match cause {
            Ok(cause) if matches!(cleared, Ok(true)) => (Outcome::Partial(cause), true),
            Ok(cause) | Err(cause) => (Outcome::Unknown(cause), matches!(cleared, Ok(true))),
        };
        let fault = match cleared {
            _ if known => None,
            Err(stop) => Some(fault("clear", stop)),
            Ok(_) => Some(Fault::new(FaultKind::NoAnswer, "clear").with_key("not_cleared")),
        };
        (outcome, fault)
    }
}

/// What a stop means while nothing of the slip has been sent.
fn stopped_before(stop: Stop) -> End {
    let cause = match &stop {
        Stop::Broken(error) => broken_cause(error),
        Stop::Problem(problem) => Cause::from(*problem),
        Stop::PowerLost => Cause::PowerLost,
        Stop::Timeout | Stop::WrongConfirmation => Cause::Offline,
    };
    let fault = match stop {
        Stop::Problem(_) => None,
        other => Some(fault("preflight", other)),
    };
    End {
        outcome: Outcome::NotPrinted(cause),
        fault,
    }
}
