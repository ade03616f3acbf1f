//! The suite of receipt printers.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use super::device::{Device, cable, notices, silent};
use super::guide::Instruction;
use super::report::Level;
use super::session::{Found, Session};
use super::target::Target;
use super::test_page::ruler;
use crate::receipt_printer::{
    self, Bitmap, Cause, Clearing, Confirmation, Delivery, Job, JobId, MemoryJournal, Outcome,
    PaperUse, PrinterCommand, PrinterDriver, PrinterEvent, Settings,
};
use crate::runner::{self, Condition, DeviceThread, HealthState, Ladder, Line, Report};
use crate::selector::Selector;

/// A slip that is longer than what [`Instruction::CutPaperShort`] leaves, in millimetres.
const LONG: usize = 150;

/// A slip that shows what there is to see, in millimetres.
const SHORT: usize = 40;

type Thread = DeviceThread<PrinterCommand>;

/// The printer and what its journal knows.
struct Printer<'a> {
    device: Device<'a, Thread, PrinterEvent>,
    journal: MemoryJournal,
    target: &'a Target,
    jobs: u32,
}

pub(super) fn suite(target: &Target, session: &mut Session<'_>) {
    let journal = MemoryJournal::default();
    let theirs = journal.clone();
    let used = Arc::new(Mutex::new(PaperUse::default()));
    let tally = Arc::clone(&used);
    let mut printer = Printer {
        device: Device::new(move |events| {
            let settings = settings(target);
            let tally = Arc::clone(&tally);
            runner::start_on(
                "receipt-printer",
                PrinterDriver::new(settings.clone(), theirs.clone()),
                line(&target.selector, settings),
                Ladder::default(),
                events,
                move |report| {
                    if let Report::Event(PrinterEvent::Used(paper)) = &report {
                        let mut used = tally.lock().unwrap_or_else(PoisonError::into_inner);
                        *used = used.plus(paper);
                    }
                    report
                },
            )
        })
        .on(|| receipt_printer::open(&target.selector, &settings(target))),
        journal,
        target,
        jobs: 0,
    };
    if silent(session, &mut printer.device) {
        if session.reaches(Level::Active) {
            active(session, &mut printer);
        }
        if session.reaches(Level::Guided) {
            guided(session, &mut printer);
        }
    }
    // The thread has told everything once it has ended.
    drop(printer);
    session.used(&used.lock().unwrap_or_else(PoisonError::into_inner));
}

fn settings(target: &Target) -> Settings {
    let random = RandomState::new().hash_one(()) as u16;
    Settings::for_profile(target.profile.clone(), &target.selector, random)
}

fn line(selector: &Selector, settings: Settings) -> Line {
    let named = selector.clone();
    let open = move || receipt_printer::open(&named, &settings);
    Line::opened_by(Box::new(open), selector)
}

fn active(session: &mut Session<'_>, printer: &mut Printer<'_>) {
    let slip = printer.target.slip.clone();
    let printed = session.check("prints", |session| printer.prints(session, slip));
    if printed && printer.target.profile.confirmation == Confirmation::ProcessId {
        session.check("numbers-ascend", |session| {
            match printer.prints(session, None) {
                Found::Passed(_) => printer.numbers_ascend(),
                other => other,
            }
        });
    }
    session.check("clears", |session| printer.clears(session));
}

fn guided(session: &mut Session<'_>, printer: &mut Printer<'_>) {
    let wrong = |cause: Cause| Condition::new(HealthState::UserError, cause.as_str());
    let well = Condition::ONLINE;
    let device = &mut printer.device;
    let (open, close) = (Instruction::OpenCover, Instruction::CloseCover);
    let (take, put) = (Instruction::TakePaperOut, Instruction::PutPaperIn);
    if notices(
        session,
        device,
        "cover-open",
        open,
        &wrong(Cause::CoverOpen),
    ) {
        notices(session, device, "cover-closed", close, &well);
    }
    if notices(session, device, "paper-out", take, &wrong(Cause::PaperOut)) {
        notices(session, device, "paper-in", put, &well);
    }
    runs_out(session, printer);
    if cable(session, &mut printer.device) {
        session.check("prints-again", |session| printer.prints(session, None));
    }
}

/// The paper ends in the middle of a slip: a part, nothing of it later, and the next is whole.
fn runs_out(session: &mut Session<'_>, printer: &mut Printer<'_>) {
    let partial = session.check("partial", |session| {
        let slip = match ruler(printer.target.profile.head_bytes, LONG) {
            Ok(slip) => slip,
            Err(error) => return Found::Failed(error.to_string()),
        };
        if let Err(found) = session.ask(Instruction::CutPaperShort) {
            return found;
        }
        match printer.print(session, slip) {
            Ok(Outcome::Partial(Cause::PaperOut)) => Found::Passed("partial paper_out".to_owned()),
            // Where nobody can prove that the rest is cleared, nobody may say so.
            Ok(outcome @ Outcome::Unknown(Cause::PaperOut)) if !printer.clear_is_proven() => {
                Found::Passed(words(&outcome))
            }
            Ok(outcome) => Found::Failed(words(&outcome)),
            Err(reason) => Found::Failed(reason),
        }
    });
    if !partial {
        return;
    }
    let put = Instruction::PutPaperIn;
    let device = &mut printer.device;
    if notices(session, device, "refilled", put, &Condition::ONLINE) {
        session.check("cleared", |session| printer.clears(session));
        if !printer.falls() {
            // What came out in part hangs where the next slip comes.
            notices(
                session,
                &mut printer.device,
                "part-taken",
                Instruction::TakeSlip,
                &Condition::ONLINE,
            );
        }
        session.check("next-slip", |session| printer.prints(session, None));
    }
}

impl Printer<'_> {
    /// Prints `slip` and returns how it ended.
    fn print(&mut self, session: &mut Session<'_>, slip: Bitmap) -> Result<Outcome, String> {
        self.device.forget();
        self.jobs += 1;
        let id = JobId(format!("conformance-{}", self.jobs));
        let job = Job {
            id: id.clone(),
            content_hash: [0; 32],
            bitmap: slip,
            copies: 1,
            reprint: None,
        };
        self.send(PrinterCommand::Print(job))?;
        loop {
            let limit = session.limit(|limits| limits.work);
            let outcome = self.device.until(limit, |device| {
                device.take(|event| match event {
                    PrinterEvent::Outcome { job, outcome } if job == id => Some(Some(outcome)),
                    PrinterEvent::SlipReady { .. } => Some(None),
                    PrinterEvent::Outcome { .. }
                    | PrinterEvent::Used(_)
                    | PrinterEvent::Probed(_)
                    | PrinterEvent::Supply(_)
                    | PrinterEvent::Status(_)
                    | PrinterEvent::Cleared => None,
                })
            })?;
            match outcome {
                Some(outcome) => return Ok(outcome),
                // Nobody taking it is no fault of the printer: it is drawn back.
                None if session.reaches(Level::Guided) => {
                    let _ = session.ask(Instruction::TakeSlip);
                }
                None => {}
            }
        }
    }

    /// Prints `slip`, or a ruler, and expects the best outcome its family can prove.
    fn prints(&mut self, session: &mut Session<'_>, slip: Option<Bitmap>) -> Found {
        let ruler = || ruler(self.target.profile.head_bytes, SHORT);
        let slip = match slip.map_or_else(ruler, Ok) {
            Ok(slip) => slip,
            Err(error) => return Found::Failed(error.to_string()),
        };
        match self.print(session, slip) {
            Ok(outcome) if self.is_proof(&outcome) => Found::Passed(words(&outcome)),
            Ok(outcome) => Found::Failed(words(&outcome)),
            Err(reason) => Found::Failed(reason),
        }
    }

    fn is_proof(&self, outcome: &Outcome) -> bool {
        match outcome {
            Outcome::Printed | Outcome::PrintedTaken | Outcome::PrintedNotTaken => true,
            Outcome::Processed => self.target.profile.confirmation != Confirmation::ProcessId,
            Outcome::Unknown(Cause::NoConfirmation) => {
                self.target.profile.confirmation == Confirmation::None
            }
            Outcome::NotPrinted(_) | Outcome::Partial(_) | Outcome::Unknown(_) => false,
        }
    }

    /// Each slip has the number after the one before it.
    fn numbers_ascend(&self) -> Found {
        let closed = self.journal.closed();
        let numbers: Vec<_> = closed.iter().map(|record| record.process_id).collect();
        let ascend = numbers
            .iter()
            .zip(numbers.iter().skip(1))
            .all(|(before, after)| before.next() == *after);
        if numbers.len() > 1 && ascend {
            Found::Passed(format!("{} slips", numbers.len()))
        } else {
            Found::Failed("the process numbers do not follow each other".to_owned())
        }
    }

    fn clear_is_proven(&self) -> bool {
        self.target.profile.clear == Clearing::RealTime
    }

    /// Whether slips fall out by themselves.
    fn falls(&self) -> bool {
        matches!(self.target.profile.delivery, Delivery::Cut { .. })
    }

    fn clears(&mut self, session: &Session<'_>) -> Found {
        self.device.forget();
        if let Err(reason) = self.send(PrinterCommand::ClearAtStart) {
            return Found::Failed(reason);
        }
        let limit = session.limit(|limits| limits.answer);
        let cleared = self.device.until(limit, |device| {
            device.take(|event| (event == PrinterEvent::Cleared).then_some(()))
        });
        cleared.map(|()| "nothing is left inside".to_owned()).into()
    }

    fn send(&self, command: PrinterCommand) -> Result<(), String> {
        let sent = self
            .device
            .thread()
            .is_some_and(|thread| thread.send(command));
        sent.then_some(())
            .ok_or_else(|| "the driver's thread has ended".to_owned())
    }
}

fn words(outcome: &Outcome) -> String {
    let cause = outcome.cause().map_or("", Cause::as_str);
    format!("{} {cause}", outcome.as_str())
        .trim_end()
        .to_owned()
}
