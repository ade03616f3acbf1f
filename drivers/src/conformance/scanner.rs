//! The suite of document scanners.

use std::io;
use std::time::Duration;

use super::device::{Device, cable, silent};
use super::guide::Instruction;
use super::report::Level;
use super::session::{Found, Session};
use super::target::Target;
use crate::runner::Upkeep;
use crate::scanner::{self, ScanSettings, ScannerCommand, ScannerEvent, ScannerThread};

/// How often the idle scanner is asked how it is.
const POLL: Duration = Duration::from_millis(500);

type Scanner<'a> = Device<'a, ScannerThread, ScannerEvent>;

pub(super) fn suite(target: &Target, session: &mut Session<'_>) {
    if scanner::with_quirks(&target.selector, &target.quirks).is_none() {
        session.check("opens", |_| {
            Found::Failed(
                "no carrier of a scanner; use escl:URL, sane:DEVICE or camera:PATH".to_owned(),
            )
        });
        return;
    }
    let mut scanner: Scanner<'_> = Device::new(|events| {
        let scanner = scanner::with_quirks(&target.selector, &target.quirks)
            .ok_or(io::ErrorKind::Unsupported)?
            .map_err(io::Error::other)?;
        ScannerThread::start("scanner", scanner, Upkeep::every(POLL), events, |report| {
            report
        })
    });
    if !silent(session, &mut scanner) {
        return;
    }
    if session.reaches(Level::Active) {
        session.check("scans", |session| scan(session, &mut scanner, 1));
    }
    if session.reaches(Level::Guided) {
        session.check("page", |session| match session.ask(Instruction::LayPaper) {
            Ok(()) => scan(session, &mut scanner, 2),
            Err(found) => found,
        });
        if cable(session, &mut scanner) {
            session.check("scans-again", |session| scan(session, &mut scanner, 3));
        }
    }
}

/// One page from the glass, decoded to its last row by the driver and kept nowhere.
fn scan(session: &Session<'_>, scanner: &mut Scanner<'_>, number: u64) -> Found {
    scanner.forget();
    let settings = ScanSettings::default();
    let command = ScannerCommand::Scan {
        job: number,
        settings,
    };
    if !scanner.thread().is_some_and(|thread| thread.send(command)) {
        return Found::Failed("the driver's thread has ended".to_owned());
    }
    let mut size = None;
    let limit = session.limit(|limits| limits.work);
    let ended = scanner.until(limit, |scanner| {
        scanner.take(|event| match event {
            ScannerEvent::Page { job, page, .. } if job == number => {
                size = Some(format!("{} x {} pixels", page.width_px, page.height_px));
                None
            }
            ScannerEvent::End { job, pages, .. } if job == number => Some(Ok(pages)),
            ScannerEvent::Fault { job, fault } if job == number => Some(Err(fault.to_string())),
            ScannerEvent::Feeder(_)
            | ScannerEvent::Progress { .. }
            | ScannerEvent::Page { .. }
            | ScannerEvent::End { .. }
            | ScannerEvent::Fault { .. } => None,
        })
    });
    match (ended.and_then(|ended| ended), size) {
        (Ok(1), Some(size)) => Found::Passed(format!("scanned {size}")),
        (Ok(pages), _) => Found::Failed(format!("{pages} pages came from one glass")),
        (Err(reason), _) => Found::Failed(reason),
    }
}
