//! The suite of code scanners.

use std::time::Duration;

use super::device::{Device, cable, silent};
use super::guide::Instruction;
use super::report::Level;
use super::session::{Found, Session};
use super::target::Target;
use crate::code_scanner::{self, CodeEvent, ScanCommand};
use crate::runner::DeviceThread;
use crate::transport::{LineSettings, evdev};

/// How long the light is on when only the light is tried.
const LIGHT: Duration = Duration::from_secs(1);

type Scanner<'a> = Device<'a, DeviceThread<ScanCommand>, CodeEvent>;

pub(super) fn suite(target: &Target, session: &mut Session<'_>) {
    let mut scanner: Scanner<'_> = Device::new(|events| {
        code_scanner::start(&target.selector, target.codes, events, |report| report)
    })
    .on(|| evdev::open_selector(&target.selector, LineSettings::default()));
    if !silent(session, &mut scanner) {
        return;
    }
    if session.reaches(Level::Active) {
        if target.codes.family.is_some() {
            triggers(session, &mut scanner);
        } else {
            session.leave_out("triggers", "this scanner takes no commands");
        }
    }
    if session.reaches(Level::Guided) {
        shown(session, &mut scanner);
        cable(session, &mut scanner);
    }
}

fn command(scanner: &Scanner<'_>, command: ScanCommand) -> Result<(), String> {
    let sent = scanner.thread().is_some_and(|thread| thread.send(command));
    sent.then_some(())
        .ok_or_else(|| "the driver's thread has ended".to_owned())
}

/// On and off; afterwards the module has to answer anew, as far as its family answers.
fn triggers(session: &mut Session<'_>, scanner: &mut Scanner<'_>) {
    session.check("triggers", |session| {
        scanner.forget();
        let limit = session.limit(|limits| limits.answer);
        let tried = command(scanner, ScanCommand::Trigger)
            .and_then(|()| watch_light(scanner, limit))
            .and_then(|()| command(scanner, ScanCommand::Stop))
            .and_then(|()| watch_light(scanner, limit))
            .and_then(|()| scanner.open())
            .and_then(|()| scanner.ready(limit));
        tried.map(|()| "light on and off".to_owned()).into()
    });
}

/// Nothing goes wrong for a while. A code in sight is no fault.
fn watch_light(scanner: &mut Scanner<'_>, limit: Duration) -> Result<(), String> {
    let wrong = scanner.until(LIGHT.min(limit), |scanner| {
        let refused = scanner.take(|event| match event {
            CodeEvent::Refused(_) => Some("the command was refused".to_owned()),
            CodeEvent::Code(_) | CodeEvent::Rejected(_) => None,
        });
        refused.or_else(|| (!scanner.online()).then(|| scanner.words()))
    });
    match wrong {
        Ok(wrong) => Err(wrong),
        Err(_) => Ok(()),
    }
}

fn shown(session: &mut Session<'_>, scanner: &mut Scanner<'_>) {
    session.check("code-read", |session| {
        scanner.forget();
        if let Err(found) = session.ask(Instruction::ShowCode) {
            return found;
        }
        // Only now: many modules give up a scan after some seconds.
        if let Err(reason) = command(scanner, ScanCommand::Trigger) {
            return Found::Failed(reason);
        }
        let limit = session.limit(|limits| limits.notice);
        let read = scanner.until(limit, |scanner| {
            scanner.take(|event| match event {
                CodeEvent::Code(code) => Some(Ok(code.text().chars().count())),
                CodeEvent::Rejected(rejection) => Some(Err(rejection.name().to_owned())),
                CodeEvent::Refused(_) => Some(Err("the command was refused".to_owned())),
            })
        });
        let stopped = command(scanner, ScanCommand::Stop);
        read.and_then(|read| read)
            .and_then(|length| stopped.map(|()| format!("{length} characters")))
            .into()
    });
}
