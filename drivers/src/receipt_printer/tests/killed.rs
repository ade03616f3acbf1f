//! The program dies in the middle of a slip and starts again.

use super::*;
use crate::runner::{Condition, HealthState};

/// Kills the program after `bytes` written bytes of a slip; returns whether a job was open then.
fn killed_after(bytes: usize) -> bool {
    let mut room = Room::new();
    room.line = Box::new(DyingLine::new(room.printer.open().unwrap(), bytes));
    // Whatever this program still says nobody hears: it is dead.
    let mut dead = PrinterDriver::new(settings(), KilledJournal::new(&room.journal));
    if dead.identify(&mut *room.line).is_ok() {
        let job = slip("first", 0xA5, 60);
        let ended = print_on(&mut dead, &mut *room.line, job, &mut |_| {});
        assert!(
            ended.is_err(),
            "the slip was whole before the kill at {bytes}"
        );
    }
    let open = room.journal.clone().open_job().unwrap();
    room.events.clear();
    room.restart();
    room.identify().unwrap();
    if open.is_some() {
        not_online_before_it_is_cut_free(&mut room);
        assert_eq!(
            room.outcomes(),
            [("first", Outcome::Unknown(Cause::ProgramStopped))]
        );
    }
    room.idle(5);
    let condition = room.driver.condition();
    assert_eq!(
        (condition.state, condition.detail.as_ref()),
        (HealthState::Online, "")
    );
    assert_eq!(room.journal.clone().open_job().unwrap(), None);
    let hanging = room.printer.device(|printer| printer.hanging());
    assert!(
        hanging.is_blank(),
        "something hangs at the head after a kill at {bytes}"
    );
    let job = slip("second", 0x3C, 40);
    assert_eq!(
        room.print(job.clone()),
        Outcome::Printed,
        "killed at {bytes}"
    );
    let last = room.pieces().pop().unwrap();
    assert_eq!(
        picture(&last),
        trimmed(job.bitmap.as_bytes()),
        "killed at {bytes}"
    );
    open.is_some()
}

/// Whoever trusts the printer's condition gives nobody a page before the scrap is off.
fn not_online_before_it_is_cut_free(room: &mut Room) {
    let clearing = Condition::new(HealthState::Starting, "clearing");
    assert_eq!(room.driver.condition(), clearing);
    let end = room.printer.now() + Duration::from_secs(30);
    while !room.events.contains(&PrinterEvent::Cleared) {
        assert_ne!(room.driver.condition().state, HealthState::Online);
        assert!(room.printer.now() < end, "never cut free");
        room.round(None).unwrap();
    }
}

/// A journal that keeps what was saved, but loses what only a living program would write: the outcome.
struct KilledJournal(MemoryJournal);

impl KilledJournal {
    fn new(journal: &MemoryJournal) -> Self {
        Self(journal.clone())
    }
}

impl Journal for KilledJournal {
    fn last_process_id(&mut self) -> Result<Option<ProcessId>, JournalError> {
        self.0.last_process_id()
    }

    fn open_job(&mut self) -> Result<Option<JobRecord>, JournalError> {
        self.0.open_job()
    }

    fn save(&mut self, record: &JobRecord) -> Result<(), JournalError> {
        if record.outcome.is_none() {
            self.0.save(record)
        } else {
            Ok(())
        }
    }

    fn close(&mut self, _record: &JobRecord) -> Result<(), JournalError> {
        Ok(())
    }
}

#[test]
fn killed_anywhere_in_the_slip_nothing_of_it_prints_for_the_next_person() {
    let mut open = 0;
    for bytes in (1..12_400).step_by(223) {
        open += usize::from(killed_after(bytes));
    }
    assert!(open > 40, "most kills hit an open job, {open} did");
}

/// The same for a printer of another family: what was left is out or drawn in, never at the head.
fn killed_at(build: Build, profile: &str, bytes: usize) -> bool {
    let mut room = Room::of(build, profile);
    room.line = Box::new(DyingLine::new(room.printer.open().unwrap(), bytes));
    let mut dead = PrinterDriver::new(room.settings.clone(), KilledJournal::new(&room.journal));
    if dead.identify(&mut *room.line).is_ok() {
        let job = slip("first", 0xA5, 20);
        let ended = print_on(&mut dead, &mut *room.line, job, &mut |_| {});
        assert!(ended.is_err(), "whole before the kill at {bytes}");
    }
    let open = room.journal.clone().open_job().unwrap();
    room.events.clear();
    room.restart();
    room.identify().unwrap();
    if open.is_some() {
        not_online_before_it_is_cut_free(&mut room);
    }
    room.idle(12);
    assert_eq!(room.journal.clone().open_job().unwrap(), None);
    let hanging = room.printer.device(|printer| printer.hanging());
    assert!(hanging.is_blank(), "{profile} killed at {bytes}");
    assert!(!room.printer.device(|printer| printer.slip_waits()));
    let before = room.printed().len();
    let taken = room.printer.now() + Duration::from_secs(9);
    room.printer.at(taken, PrinterSim::take_slip);
    let job = slip("second", 0x3C, 20);
    assert!(
        room.print(job.clone()).cause().is_none(),
        "killed at {bytes}"
    );
    let printed = room.printed();
    assert_eq!(printed.len(), before + 1, "{profile} killed at {bytes}");
    assert_eq!(
        picture(&printed[before]),
        trimmed(job.bitmap.as_bytes()),
        "{profile} killed at {bytes}"
    );
    open.is_some()
}

#[test]
fn killed_in_mid_slip_at_a_clone_and_at_a_presenter_the_next_person_gets_only_their_own() {
    // A clone is first sent nothing, three times over, to complete what was broken off.
    for (build, profile, kills) in [
        (Build::generic(), "generic", 10_500..14_500),
        (Build::custom(), "custom", 1..4_000),
    ] {
        let open = kills
            .step_by(113)
            .filter(|bytes| killed_at(build, profile, *bytes))
            .count();
        assert!(open > 5, "{profile}: {open} kills hit an open job");
    }
}

#[test]
fn killed_and_the_paper_is_out_at_the_next_start_it_is_cut_free_after_the_refill() {
    let mut room = Room::new();
    room.line = Box::new(DyingLine::new(room.printer.open().unwrap(), 6_000));
    let mut dead = PrinterDriver::new(settings(), KilledJournal::new(&room.journal));
    dead.identify(&mut *room.line).unwrap();
    let job = slip("first", 0xA5, 100);
    assert!(print_on(&mut dead, &mut *room.line, job, &mut |_| {}).is_err());
    room.printer.device(PrinterSim::pull_paper);
    room.restart();
    room.identify().unwrap();
    room.idle(3);
    assert_eq!(
        room.outcomes(),
        [("first", Outcome::Unknown(Cause::ProgramStopped))]
    );
    assert!(!room.events.contains(&PrinterEvent::Cleared));
    assert_eq!(room.driver.condition().detail, "paper_out");
    room.printer.device(PrinterSim::refill);
    room.idle(4);
    assert!(room.events.contains(&PrinterEvent::Cleared));
    assert_eq!(room.journal.clone().open_job().unwrap(), None);
}

#[test]
fn a_journal_that_cannot_be_written_prints_nothing() {
    struct FullDisk;
    impl Journal for FullDisk {
        fn last_process_id(&mut self) -> Result<Option<ProcessId>, JournalError> {
            Ok(None)
        }
        fn open_job(&mut self) -> Result<Option<JobRecord>, JournalError> {
            Ok(None)
        }
        fn save(&mut self, _record: &JobRecord) -> Result<(), JournalError> {
            let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
            Err(JournalError {
                operation: "writing",
                source: Box::new(full),
            })
        }
        fn close(&mut self, record: &JobRecord) -> Result<(), JournalError> {
            self.save(record)
        }
    }
    let mut room = Room::new();
    let mut driver = PrinterDriver::new(settings(), FullDisk);
    driver.identify(&mut *room.line).unwrap();
    let job = slip("first", 0xA5, 50);
    let mut events = Vec::new();
    let emit = &mut |event| events.push(event);
    print_on(&mut driver, &mut *room.line, job, emit).unwrap();
    let outcome = Outcome::NotPrinted(Cause::Journal);
    assert!(events.contains(&PrinterEvent::Outcome {
        job: JobId("first".to_owned()),
        outcome
    }));
    assert!(room.printed().is_empty());
    room.idle(1);
}
