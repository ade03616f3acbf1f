//! One job: preflight, journal, bands, cut, confirmation, outcome.
//!
//! Source: the printer fact sheet, section 2.

use std::time::Duration;

use super::clearing::Cleared;
use super::conversation::Stop;
use super::start::warn;
use super::verdict::{self, Output, Proof};
use super::{PrinterDriver, PrinterEvent, fault, put};
use crate::receipt_printer::journal::{JobRecord, Journal, Phase};
use crate::receipt_printer::outcome::{Cause, Job, Outcome};
use crate::receipt_printer::profile::{Clearing, Confirmation, Delivery};
use crate::receipt_printer::protocol::commands::{Command, Feed, ReportProcess};
use crate::receipt_printer::protocol::raster::{self, Band};
use crate::receipt_printer::usage::{CUT_ROWS, PaperUse};
use crate::runner::{Fault, FaultKind};
use crate::transport::Transport;

/// The slowest paper a kiosk printer moves: 100 mm/s are 800 rows a second.
const ROWS_PER_SECOND: u64 = 800;
/// How long the knife may take.
const KNIFE_TIME: Duration = Duration::from_secs(2);
/// How long one band may take where each is waited for; a hot head pauses that long.
const BAND_TIME: Duration = Duration::from_secs(60);
/// Fewest rows of a band, on a slow line: one millimetre.
const MIN_BAND_ROWS: u8 = 8;
/// How often the sensors are asked where nothing is reported unasked.
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
        let head = self.settings.profile.head_bytes;
        let Some(bands) = raster::bands(&job.bitmap, head, self.band_rows()) else {
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
        self.tally.slips += 1;
        self.transmit(line, job, &bands, record, emit)
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
        self.empty_output(line, emit).map_err(stopped_before)?;
        match self.talk.status.problem() {
            Some(problem) => Err(not_printed(problem.into(), None)),
            None if self.talk.status.slip_waiting => Err(not_printed(Cause::SlipWaiting, None)),
            None if self.uncut.is_some() => Err(not_printed(Cause::Journal, None)),
            None if !self.cleared => Err(not_printed(Cause::Offline, None)),
            None => Ok(()),
        }
    }

    /// Whose slip ever it is at the output: the next person must not get it.
    pub(super) fn empty_output(
        &mut self,
        line: &mut dyn Transport,
        emit: &mut dyn FnMut(PrinterEvent),
    ) -> Result<(), Stop> {
        if self.talk.status.slip_waiting {
            self.draw_back(line, emit)?;
        }
        Ok(())
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
                reprint: job.reprint.clone(),
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
        emit: &mut dyn FnMut(PrinterEvent),
    ) -> End {
        let mut used = PaperUse::default();
        let mut result = self.hand_over(line, job, bands, &mut record, &mut used);
        if self.talk.slip_begun() {
            emit(PrinterEvent::Used(used));
        }
        let mut line_fault = None;
        if let (Ok(proof), Some(patience)) = (&result, self.settings.profile.waits_for()) {
            let proof = *proof;
            self.note_proof(proof, &mut record);
            match self.hand_out(line, &job.id, patience, emit) {
                Ok(output) => return self.end(verdict::proven(proof, output), None, record),
                // The proof came before the line broke or the program was told to end.
                Err(Stop::Broken(error)) => line_fault = Some(error.into()),
                Err(stop) => result = Err(stop),
            }
        }
        match result {
            Ok(proof) => self.end(verdict::proven(proof, Output::Unseen), line_fault, record),
            Err(stop) if !self.talk.slip_begun() => {
                let end = stopped_before(stop);
                self.end(end.outcome, end.fault, record)
            }
            Err(stop) => {
                let (outcome, fault) = self.abandon(line, stop);
                self.end(outcome, fault, record)
            }
        }
    }

    /// Puts down that the slip is proven, before it is waited for a hand to take it.
    fn note_proof(&mut self, proof: Proof, record: &mut JobRecord) {
        record.outcome = Some(verdict::proven(proof, Output::Left));
        record.phase = Phase::Uncut;
        self.save_or_warn(record);
    }

    /// Writes the outcome down and closes the job, unless its paper may still be in the printer.
    fn end(&mut self, outcome: Outcome, fault: Option<Fault>, mut record: JobRecord) -> End {
        record.outcome = Some(outcome);
        let cut_off = match outcome {
            Outcome::Printed
            | Outcome::Processed
            | Outcome::PrintedTaken
            | Outcome::PrintedNotTaken
            | Outcome::NotPrinted(_)
            | Outcome::Unknown(Cause::NoConfirmation) => true,
            Outcome::Partial(_) | Outcome::Unknown(_) => false,
        };
        let written = if cut_off {
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

    /// Hands over everything up to the cut and waits for the proof.
    fn hand_over(
        &mut self,
        line: &mut dyn Transport,
        job: &Job,
        bands: &[Band],
        record: &mut JobRecord,
        used: &mut PaperUse,
    ) -> Result<Proof, Stop> {
        let copies = job.copies.max(1);
        self.talk.begin_slip();
        for copy in 0..copies {
            for band in bands {
                record.bytes += band.bytes.len() as u64;
                // The job is on disk as begun; a later count only narrows down where it stopped.
                self.save_or_warn(record);
                used.rows += u64::from(band.rows);
                self.send_band(line, band)?;
            }
            used.rows += CUT_ROWS;
            used.cuts += 1;
            if copy + 1 < copies {
                let cut = self.delivery_bytes();
                self.talk.send(line, &cut)?;
            }
        }
        let rows = used.rows;
        self.finish(line, record, rows)
    }

    /// Rows of a band: as many as the printer takes, but no more than pass in half a second.
    ///
    /// A printer that is switched off and on is deaf for longer than that. So a reset takes
    /// the fence behind the band with it, and is noticed even without a power notice.
    fn band_rows(&self) -> u8 {
        let profile = &self.settings.profile;
        let bytes = self.settings.pace.map_or(u32::MAX, |pace| pace / 20);
        let rows = bytes / u32::from(profile.head_bytes.max(1));
        u8::try_from(rows)
            .unwrap_or(u8::MAX)
            .max(MIN_BAND_ROWS)
            .min(profile.band_rows)
    }

    /// Hands over one band and a fence behind it, when the bands before are through.
    ///
    /// Where a fence is the only proof, or nothing can be cleared, the printer holds one band
    /// at a time; otherwise two, so that the head need not stop.
    fn send_band(&mut self, line: &mut dyn Transport, band: &Band) -> Result<(), Stop> {
        let profile = &self.settings.profile;
        let open = match profile.confirmation {
            Confirmation::ProcessId if profile.clear == Clearing::RealTime => 1,
            Confirmation::ProcessId | Confirmation::Fence => 0,
            Confirmation::None => return self.send_unfenced(line, band),
        };
        let deadline = line.now() + BAND_TIME;
        self.talk.await_fences_but(line, open, deadline, POLL)?;
        self.talk.send(line, &band.bytes)?;
        let fence = self.talk.band_fence();
        self.talk.send(line, &fence)
    }

    fn send_unfenced(&mut self, line: &mut dyn Transport, band: &Band) -> Result<(), Stop> {
        if !self.settings.profile.status_back && line.now() >= self.look_at {
            self.look_at = line.now() + POLL;
            self.talk.ask_trouble(line)?;
        }
        self.talk.send(line, &band.bytes)
    }

    /// What ends a slip: feed, cut, present.
    pub(super) fn delivery_bytes(&self) -> Vec<u8> {
        match &self.settings.profile.delivery {
            Delivery::Cut { cut } => cut.as_slice().to_vec(),
            Delivery::Present { cut, present, .. } => [cut.as_slice(), present.as_slice()].concat(),
            Delivery::Tear { feed_rows, .. } => Feed { units: *feed_rows }.bytes(),
        }
    }

    /// Cuts and asks for the proof.
    fn finish(
        &mut self,
        line: &mut dyn Transport,
        record: &mut JobRecord,
        rows: u64,
    ) -> Result<Proof, Stop> {
        let mut tail = self.delivery_bytes();
        match self.settings.profile.confirmation {
            Confirmation::ProcessId => put(
                &mut tail,
                &ReportProcess {
                    id: record.process_id,
                },
            ),
            Confirmation::Fence => tail.extend_from_slice(&self.talk.last_fence()),
            Confirmation::None => {}
        }
        record.bytes += tail.len() as u64;
        record.phase = Phase::Confirming;
        self.save_or_warn(record);
        self.talk.expect_confirmation();
        self.talk.send(line, &tail)?;
        let paper = Duration::from_millis(rows * 1000 / ROWS_PER_SECOND);
        let deadline = line.now() + paper + KNIFE_TIME + self.settings.confirm_within;
        match self.settings.profile.confirmation {
            Confirmation::ProcessId => {
                let awaited = self.talk.awaited(record.process_id.digits());
                self.talk
                    .await_confirmation(line, awaited, deadline, POLL)
                    .map(|()| Proof::ProcessId)
            }
            Confirmation::Fence => self
                .talk
                .await_fence(line, deadline, POLL)
                .map(|()| Proof::Fence),
            Confirmation::None => {
                self.talk.watch(line, paper + KNIFE_TIME, POLL)?;
                Err(Stop::NoConfirmation)
            }
        }
    }

    /// Takes the rest of the slip out of the printer and says what is known.
    fn abandon(&mut self, line: &mut dyn Transport, stop: Stop) -> (Outcome, Option<Fault>) {
        if matches!(stop, Stop::NoConfirmation) {
            return (verdict::stopped(&stop, None), None);
        }
        self.cleared = false;
        if let Stop::Broken(error) = stop {
            let broken = Stop::Broken(error);
            return (
                verdict::stopped(&broken, None),
                Some(fault("print", broken)),
            );
        }
        match self.clear(line) {
            Ok(cleared) => {
                self.cleared = cleared == Cleared::Proven;
                let silent = Fault::new(FaultKind::NoAnswer, "clear").with_key("not_cleared");
                let fault = (cleared == Cleared::Refused).then_some(silent);
                (verdict::stopped(&stop, Some(cleared)), fault)
            }
            Err(error) => (verdict::stopped(&stop, None), Some(fault("clear", error))),
        }
    }
}

/// What a stop means while nothing of the slip has been sent.
fn stopped_before(stop: Stop) -> End {
    let cause = match &stop {
        Stop::Timeout | Stop::WrongConfirmation | Stop::Garbled | Stop::NoConfirmation => {
            Cause::Offline
        }
        Stop::Problem(_) | Stop::PowerLost | Stop::Broken(_) => verdict::cause(&stop),
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
