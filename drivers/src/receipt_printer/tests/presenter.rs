//! A presenter: taken, forgotten, stuck, jammed.

use super::*;
use crate::runner::HealthState;

fn room() -> Room {
    Room::of(Build::custom(), "custom")
}

#[test]
fn a_slip_taken_from_the_presenter_is_printed_and_taken() {
    let mut room = room();
    let job = slip("first", 0xA5, 60);
    let taken = room.printer.now() + Duration::from_secs(25);
    room.printer.at(taken, PrinterSim::take_slip);
    assert_eq!(room.print(job.clone()), Outcome::PrintedTaken);
    assert!(room.printer.now() - taken < Duration::from_secs(1));
    assert_eq!(picture(&room.pieces()[0]), trimmed(job.bitmap.as_bytes()));
    let ready = PrinterEvent::SlipReady { job: job.id };
    assert_eq!(
        room.events.iter().filter(|event| **event == ready).count(),
        1
    );
    assert_eq!(
        room.journal.closed()[0].outcome,
        Some(Outcome::PrintedTaken)
    );
}

#[test]
fn a_slip_nobody_takes_is_drawn_back_after_a_minute_and_counted() {
    let mut room = room();
    let begun = room.printer.now();
    assert_eq!(
        room.print(slip("first", 0xA5, 60)),
        Outcome::PrintedNotTaken
    );
    let waited = room.printer.now() - begun;
    assert!(waited > Duration::from_secs(60) && waited < Duration::from_secs(90));
    assert!(room.printed().is_empty(), "nobody else can take it");
    assert_eq!(room.printer.device(|printer| printer.drawn_back().len()), 1);
    let retracts: u32 = room
        .events
        .iter()
        .filter_map(|event| match event {
            PrinterEvent::Used(used) => Some(used.retracts),
            _ => None,
        })
        .sum();
    assert_eq!(retracts, 1);
}

#[test]
fn a_presenter_with_process_numbers_says_the_same() {
    let build = Build {
        process_ids: true,
        ..Build::custom()
    };
    let profile = Profile {
        confirmation: Confirmation::ProcessId,
        ..Profile::named("custom").unwrap()
    };
    let mut room = Room::apart(build, profile);
    room.identify().unwrap();
    assert_eq!(
        room.print(slip("first", 0xA5, 30)),
        Outcome::PrintedNotTaken
    );
    let taken = room.printer.now() + Duration::from_secs(9);
    room.printer.at(taken, PrinterSim::take_slip);
    assert_eq!(room.print(slip("second", 0x3C, 30)), Outcome::PrintedTaken);
}

#[test]
fn a_slip_that_cannot_be_drawn_back_blocks_the_next_one() {
    let mut room = room();
    room.printer
        .device(|printer| printer.set_output_stuck(true));
    assert_eq!(room.print(slip("first", 0xA5, 30)), Outcome::Processed);
    room.idle(1);
    assert_eq!(
        room.driver.condition().with_supplies(Vec::new()),
        crate::runner::Condition::new(HealthState::UserError, "slip_waiting")
    );
    assert_eq!(
        room.print(slip("second", 0x3C, 30)),
        Outcome::NotPrinted(Cause::SlipWaiting)
    );
    room.printer
        .device(|printer| printer.set_output_stuck(false));
    room.idle(15);
    assert_eq!(room.driver.condition().state, HealthState::Online);
    assert_eq!(room.printer.device(|printer| printer.drawn_back().len()), 1);
    assert!(room.printed().is_empty());
}

#[test]
fn unplugged_while_the_slip_waits_it_is_processed_and_drawn_back_at_the_next_start() {
    let mut room = room();
    let cut = room.printer.now() + Duration::from_secs(20);
    room.printer.unplug_at(cut);
    let (outcome, fault) = room.try_print(slip("first", 0xA5, 30));
    assert_eq!(outcome, Outcome::Processed);
    assert!(fault.is_some());
    room.printer.plug();
    room.line = Box::new(room.printer.open().unwrap());
    room.identify().unwrap();
    room.idle(3);
    assert_eq!(room.outcomes().len(), 1);
    assert!(!room.printer.device(|printer| printer.slip_waits()));
    assert!(room.printed().is_empty());
}

#[test]
fn killed_while_the_slip_waits_the_journal_knows_it_and_the_next_program_draws_it_back() {
    let mut room = room();
    let mut killed = room.journal.clone();
    let cut = room.printer.now() + Duration::from_secs(20);
    let seen = std::sync::Arc::new(std::sync::Mutex::new(None));
    let (look, journal) = (seen.clone(), std::sync::Mutex::new(killed.clone()));
    room.printer.at(cut, move |_| {
        *look.lock().unwrap() = journal.lock().unwrap().open_job().unwrap();
    });
    assert_eq!(
        room.print(slip("first", 0xA5, 30)),
        Outcome::PrintedNotTaken
    );
    let record = seen.lock().unwrap().take().unwrap();
    assert_eq!(
        (record.phase, record.outcome),
        (Phase::Uncut, Some(Outcome::Processed))
    );
    // The program that was killed then leaves exactly this record behind.
    killed.save(&record).unwrap();
    room.restart();
    room.identify().unwrap();
    room.idle(5);
    assert!(room.events.contains(&PrinterEvent::Cleared));
    assert_eq!(room.journal.clone().open_job().unwrap(), None);
    assert_eq!(room.outcomes().len(), 1);
}

#[test]
fn paper_jammed_in_mid_slip_is_never_printed_and_the_rest_is_gone() {
    let mut room = room();
    let jam = room.printer.now() + Duration::from_secs(2);
    room.printer
        .at(jam, |printer| printer.set_paper_jammed(true));
    let (outcome, fault) = room.try_print(slip("first", 0xA5, 150));
    assert_eq!(outcome, Outcome::Unknown(Cause::Jam));
    assert!(fault.is_none());
    assert_eq!(room.driver.condition().detail, "jam");
    room.printer
        .device(|printer| printer.set_paper_jammed(false));
    room.idle(12);
    assert_eq!(room.driver.condition().state, HealthState::Online);
    let job = slip("second", 0x3C, 40);
    let taken = room.printer.now() + Duration::from_secs(9);
    room.printer.at(taken, PrinterSim::take_slip);
    assert_eq!(room.print(job.clone()), Outcome::PrintedTaken);
    let out = room.printed();
    assert_eq!(out.len(), 1, "the scrap of the first slip was drawn in");
    assert_eq!(picture(&out[0]), trimmed(job.bitmap.as_bytes()));
}

#[test]
fn paper_out_at_a_presenter_leaves_nothing_to_come_out_after_the_refill() {
    for millimetres in [5.0, 33.0, 70.0, 99.0] {
        let mut room = room();
        room.printer
            .device(|printer| printer.end_roll_after(millimetres));
        let (outcome, _) = room.try_print(slip("first", 0xA5, 100));
        assert_eq!(outcome, Outcome::Unknown(Cause::PaperOut));
        let before = room.printed().len();
        room.printer.device(PrinterSim::refill);
        room.idle(12);
        let torn = usize::from(millimetres > 0.0);
        assert_eq!(
            room.printed().len(),
            before + torn,
            "only what was torn off"
        );
        assert!(
            room.printer
                .device(|printer| printer.drawn_back().iter().all(Piece::is_blank))
        );
        assert_eq!(room.driver.condition().state, HealthState::Online);
    }
}
