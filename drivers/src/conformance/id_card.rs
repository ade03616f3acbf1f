//! The suite of id-card readers.

use std::sync::mpsc;

use super::device::{Device, cable, silent};
use super::guide::Instruction;
use super::report::Level;
use super::session::{Found, Session};
use super::target::Target;
use crate::id_card::{self, ReaderCommand, ReaderEvent};
use crate::runner::{DeviceThread, Line};
use crate::transport::{self, LineSettings};

type Reader<'a> = Device<'a, DeviceThread<ReaderCommand>, ReaderEvent>;

pub(super) fn suite(target: &Target, session: &mut Session<'_>) {
    let mut reader: Reader<'_> = Device::new(|events| {
        let line = Line::at(&target.selector, LineSettings::default());
        id_card::start_with(line, target.reader.clone(), events, |report| report)
    })
    .on(|| transport::open(&target.selector, LineSettings::default()));
    if !silent(session, &mut reader) {
        return;
    }
    if session.reaches(Level::Active) {
        resets(session, &mut reader);
        if !session.reaches(Level::Guided) {
            session.check("card", |session| read_what_lies_there(session, &mut reader));
        }
    }
    if session.reaches(Level::Guided) {
        guided(session, &mut reader);
    }
}

/// The module's own reset: it answers, and is ready again.
fn resets(session: &mut Session<'_>, reader: &mut Reader<'_>) -> bool {
    session.check("resets", |session| {
        let limit = session.limit(|limits| limits.answer);
        let (reply, answer) = mpsc::channel();
        let sent = reader
            .thread()
            .is_some_and(|thread| thread.send(ReaderCommand::ResetModule(reply)));
        if !sent {
            return Found::Failed("the driver's thread has ended".to_owned());
        }
        match answer.recv_timeout(limit) {
            Ok(Ok(())) => reader.ready(limit).map(|()| String::new()).into(),
            Ok(Err(fault)) => Found::Failed(fault.to_string()),
            Err(_) => Found::Failed("no answer to the reset".to_owned()),
        }
    })
}

/// A card that lies there or is laid down in time; a reader without one is not at fault.
fn read_what_lies_there(session: &Session<'_>, reader: &mut Reader<'_>) -> Found {
    match next_card(session, reader) {
        Ok(()) => Found::Passed("a card was read whole".to_owned()),
        Err(None) => Found::Skipped("no card was laid down".to_owned()),
        Err(Some(fault)) => Found::Failed(fault),
    }
}

/// Waits for a card to be read; `Err(None)` when nothing happened at all.
fn next_card(session: &Session<'_>, reader: &mut Reader<'_>) -> Result<(), Option<String>> {
    let limit = session.limit(|limits| limits.answer);
    let seen = reader.until(limit, |reader| {
        reader.take(|event| match event {
            ReaderEvent::Card(_) => Some(Ok(())),
            ReaderEvent::Fault(fault) => Some(Err(fault.to_string())),
            ReaderEvent::SamId(_) | ReaderEvent::Removed => None,
        })
    });
    match seen {
        Ok(result) => result.map_err(Some),
        Err(_) if reader.online() => Err(None),
        Err(reason) => Err(Some(reason)),
    }
}

fn guided(session: &mut Session<'_>, reader: &mut Reader<'_>) {
    let read = lay(session, reader, "card-read");
    // One that could not be read is told of, and its removal too; one not laid down is not there.
    if !session.skipped() {
        removed(session, reader);
    }
    if cable(session, reader) && read {
        lay(session, reader, "card-read-again");
        session.check("card-back", |session| {
            match session.ask(Instruction::TakeCardAway) {
                Ok(()) => Found::Passed(String::new()),
                Err(found) => found,
            }
        });
    }
}

fn removed(session: &mut Session<'_>, reader: &mut Reader<'_>) {
    session.check("card-removed", |session| {
        if let Err(found) = session.ask(Instruction::TakeCardAway) {
            return found;
        }
        let limit = session.limit(|limits| limits.notice);
        let gone = reader.until(limit, |reader| {
            reader.take(|event| match event {
                ReaderEvent::Removed => Some(()),
                ReaderEvent::SamId(_) | ReaderEvent::Card(_) | ReaderEvent::Fault(_) => None,
            })
        });
        gone.map(|()| String::new()).into()
    });
}

fn lay(session: &mut Session<'_>, reader: &mut Reader<'_>, name: &'static str) -> bool {
    session.check(name, |session| {
        reader.forget();
        if let Err(found) = session.ask(Instruction::LayCard) {
            return found;
        }
        match next_card(session, reader) {
            Ok(()) => Found::Passed("a card was read whole".to_owned()),
            Err(None) => Found::Failed("no card was found".to_owned()),
            Err(Some(fault)) => Found::Failed(fault),
        }
    })
}
