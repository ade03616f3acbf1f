//! The suite of document printers.

use std::io;
use std::sync::mpsc::Sender;
use std::time::Duration;

use zeroize::Zeroizing;

use super::device::{Device, cable, silent};
use super::guide::Instruction;
use super::report::Level;
use super::session::{Found, Session};
use super::target::Target;
use super::test_page;
use crate::document_printer::ipp::{IppPrinter, Patience};
use crate::document_printer::{
    DocumentCommand, DocumentEvent, DocumentPrinter, DocumentThread, FolderPrinter, Progress,
};
use crate::receipt_printer::{Cause, Outcome};
use crate::runner::{Report, Upkeep};
use crate::selector::Selector;

/// How often the idle printer is asked how it is.
const POLL: Duration = Duration::from_millis(500);

/// How long the printer may take for one exchange.
const EXCHANGE: Duration = Duration::from_secs(5);

type Printer<'a> = Device<'a, DocumentThread, DocumentEvent>;

pub(super) fn suite(target: &Target, session: &mut Session<'_>) {
    let selector = &target.selector;
    let mut printer: Printer<'_> = Device::new(|events| start(selector, events));
    if !silent(session, &mut printer) {
        return;
    }
    if session.reaches(Level::Active) {
        let best = best(selector);
        session.check("prints", |session| print(session, &mut printer, 1, best));
    }
    if session.reaches(Level::Guided) {
        if let Selector::File(_) = selector {
            session.leave_out("paper", "a folder has no paper");
            return;
        }
        hindered(session, &mut printer, 2, &PAPER);
        hindered(session, &mut printer, 4, &COVER);
        if cable(session, &mut printer) {
            let best = best(selector);
            session.check("prints-again", |session| {
                print(session, &mut printer, 6, best)
            });
        }
    }
}

/// The best that can be proven: of a folder's paper nobody sees anything.
fn best(selector: &Selector) -> Outcome {
    match selector {
        Selector::File(_) => Outcome::Processed,
        _ => Outcome::Printed,
    }
}

fn start(selector: &Selector, events: Sender<Report<DocumentEvent>>) -> io::Result<DocumentThread> {
    let printer: Box<dyn DocumentPrinter> = match selector {
        Selector::File(folder) => Box::new(FolderPrinter::new(folder)),
        Selector::Ipp(address) => {
            let patience = Patience {
                exchange: EXCHANGE,
                ..Patience::default()
            };
            Box::new(IppPrinter::new(address, patience).map_err(io::Error::other)?)
        }
        Selector::Serial { .. }
        | Selector::Tcp { .. }
        | Selector::Usb { .. }
        | Selector::Hid { .. }
        | Selector::Escl(_)
        | Selector::Sane(_)
        | Selector::Camera(_)
        | Selector::CameraFrames(_)
        | Selector::Evdev(_)
        | Selector::Sim => {
            return Err(io::Error::other(
                "no carrier of a document printer; use ipp:URL or file:FOLDER",
            ));
        }
    };
    let upkeep = Upkeep::every(POLL);
    DocumentThread::start("document-printer", printer, upkeep, events, |report| report)
}

fn send(printer: &Printer<'_>, job: u64) -> Result<(), String> {
    let command = DocumentCommand::Print {
        job,
        pdf: Zeroizing::new(test_page::pdf()),
    };
    let sent = printer.thread().is_some_and(|thread| thread.send(command));
    sent.then_some(())
        .ok_or_else(|| "the driver's thread has ended".to_owned())
}

/// How job `number` ended, with what became of the page; an error when it is not `best`.
fn ended(
    session: &Session<'_>,
    printer: &mut Printer<'_>,
    number: u64,
    best: Outcome,
) -> Result<String, String> {
    let limit = session.limit(|limits| limits.work);
    let result = printer.until(limit, |printer| {
        printer.take(|event| match event {
            DocumentEvent::Ended { job, result } if job == number => Some(result),
            DocumentEvent::Ended { .. } | DocumentEvent::Progress { .. } => None,
        })
    })?;
    let cause = result.outcome.cause().map_or("", Cause::as_str);
    let words = format!("{} {cause}", result.outcome.as_str());
    if result.outcome == best {
        Ok(words.trim_end().to_owned())
    } else {
        Err(words)
    }
}

/// One page, followed to its end.
fn print(session: &Session<'_>, printer: &mut Printer<'_>, job: u64, best: Outcome) -> Found {
    printer.forget();
    send(printer, job)
        .and_then(|()| ended(session, printer, job, best))
        .into()
}

/// Something that keeps a page waiting, and how it is mended.
struct Hindrance {
    noticed: &'static str,
    cause: Cause,
    make: Instruction,
    healed: &'static str,
    mend: Instruction,
}

const PAPER: Hindrance = Hindrance {
    noticed: "paper-out",
    cause: Cause::PaperOut,
    make: Instruction::TakePaperOut,
    healed: "paper-in",
    mend: Instruction::PutPaperIn,
};

const COVER: Hindrance = Hindrance {
    noticed: "cover-open",
    cause: Cause::CoverOpen,
    make: Instruction::OpenCover,
    healed: "cover-closed",
    mend: Instruction::CloseCover,
};

/// A page waits for a hand, says for which, and comes out once. A printer that does not even
/// take a page before it is mended is as good: then the next page comes out.
fn hindered(session: &mut Session<'_>, printer: &mut Printer<'_>, number: u64, what: &Hindrance) {
    let mut waits = false;
    let noticed = session.check(what.noticed, |session| {
        printer.forget();
        if let Err(found) = session.ask(what.make) {
            return found;
        }
        match told(session, printer, number) {
            Ok(Told::Waits(cause)) if cause == what.cause => {
                waits = true;
                Found::Passed("the page waits".to_owned())
            }
            Ok(Told::Ended(Outcome::NotPrinted(cause))) if cause == what.cause => {
                Found::Passed("the page was not taken".to_owned())
            }
            Ok(Told::Waits(cause)) => Found::Failed(format!("it waits for {}", cause.as_str())),
            Ok(Told::Ended(outcome)) => Found::Failed(outcome.as_str().to_owned()),
            Err(reason) => Found::Failed(reason),
        }
    });
    let mended = noticed
        && session.check(what.healed, |session| {
            if let Err(found) = session.ask(what.mend) {
                return found;
            }
            if waits {
                return ended(session, printer, number, Outcome::Printed).into();
            }
            let limit = session.limit(|limits| limits.notice);
            match printer.ready(limit) {
                Ok(()) => print(session, printer, number + 1, Outcome::Printed),
                Err(reason) => Found::Failed(reason),
            }
        });
    if !mended && let Some(thread) = printer.thread() {
        thread.send(DocumentCommand::Cancel { job: number });
    }
}

/// What is first told of a page in trouble.
enum Told {
    Waits(Cause),
    Ended(Outcome),
}

fn told(session: &Session<'_>, printer: &mut Printer<'_>, number: u64) -> Result<Told, String> {
    send(printer, number)?;
    let limit = session.limit(|limits| limits.notice);
    printer.until(limit, |printer| {
        printer.take(|event| match event {
            DocumentEvent::Progress {
                progress: Progress::Waiting(cause),
                ..
            } => Some(Told::Waits(cause)),
            DocumentEvent::Ended { result, .. } => Some(Told::Ended(result.outcome)),
            DocumentEvent::Progress {
                progress: Progress::Accepted | Progress::Going,
                ..
            } => None,
        })
    })
}
