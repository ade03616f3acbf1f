//! Each family with its own profile, and with somebody else's.

use super::sim::Confirmations;
use super::*;
use crate::runner::{FaultKind, HealthState};

#[test]
fn a_clone_without_process_numbers_is_processed_and_nothing_prints_as_text() {
    let mut room = Room::of(Build::generic(), "generic");
    let job = slip("first", 0xA5, 60);
    assert_eq!(room.print(job.clone()), Outcome::Processed);
    let pieces = room.pieces();
    assert_eq!(pieces.len(), 1);
    assert_eq!(picture(&pieces[0]), trimmed(job.bitmap.as_bytes()));
    assert!(pieces[0].text.is_empty(), "a command printed as text");
    assert_eq!(room.print(slip("second", 0x3C, 30)), Outcome::Processed);
}

#[test]
fn a_clone_taken_for_an_epson_is_not_used() {
    let mut room = Room::apart(Build::generic(), Profile::default());
    let fault = room.identify().unwrap_err();
    assert_eq!(
        (fault.kind, fault.key.as_ref()),
        (FaultKind::NoAnswer, "not_cleared")
    );
    assert!(room.printed().is_empty());
}

#[test]
fn a_profile_of_another_family_is_named_as_the_fault() {
    let mut room = Room::apart(Build::generic(), Profile::named("custom").unwrap());
    let fault = room.identify().unwrap_err();
    assert_eq!(
        (fault.kind, fault.key.as_ref()),
        (FaultKind::WrongDevice, "other_profile")
    );
}

#[test]
fn answers_to_the_fence_before_do_not_confirm_this_slip() {
    // Late answers of the first slip's fence arrive while the second one's are lost.
    let mut room = Room::of(Build::generic(), "generic");
    room.printer
        .device(|printer| printer.set_confirmations(Confirmations::Late(Duration::from_secs(28))));
    let (first, _) = room.try_print(slip("first", 0xA5, 5));
    assert_eq!(first, Outcome::Unknown(Cause::Timeout));
    room.printer
        .device(|printer| printer.set_confirmations(Confirmations::Sent));
    let ready = (0..10).any(|_| room.identify().is_ok());
    assert!(ready, "once the late answers are through");
    room.printer
        .device(|printer| printer.set_confirmations(Confirmations::Lost));
    let (second, _) = room.try_print(slip("second", 0x3C, 5));
    assert!(
        !matches!(second, Outcome::Printed | Outcome::Processed),
        "{second:?}"
    );
}

#[test]
fn an_answer_too_many_is_no_proof() {
    let mut room = Room::of(Build::generic(), "generic");
    room.printer
        .device(|printer| printer.set_confirmations(Confirmations::Twice));
    let (outcome, _) = room.try_print(slip("first", 0xA5, 40));
    assert_eq!(outcome, Outcome::Unknown(Cause::WrongConfirmation));
}

#[test]
fn a_printer_that_confirms_nothing_is_never_known_to_have_printed() {
    let profile = Profile {
        confirmation: Confirmation::None,
        ..Profile::default()
    };
    let build = Build {
        process_ids: false,
        ..Build::default()
    };
    let mut room = Room::apart(build, profile);
    room.identify().unwrap();
    let job = slip("first", 0xA5, 60);
    assert_eq!(
        room.print(job.clone()),
        Outcome::Unknown(Cause::NoConfirmation)
    );
    room.idle(3);
    assert_eq!(room.pieces().len(), 1, "nothing more is cut off");
    assert_eq!(picture(&room.pieces()[0]), trimmed(job.bitmap.as_bytes()));
}

#[test]
fn paper_out_at_a_clone_is_unknown_and_no_more_than_one_band_comes_after_the_refill() {
    for millimetres in [3.0, 20.0, 41.0, 59.0] {
        let mut room = Room::of(Build::generic(), "generic");
        room.printer
            .device(|printer| printer.end_roll_after(millimetres));
        let (outcome, fault) = room.try_print(slip("first", 0xA5, 100));
        assert_eq!(outcome, Outcome::Unknown(Cause::PaperOut), "{fault:?}");
        assert!(fault.is_none());
        assert_eq!(room.driver.condition().detail, "paper_out");
        room.printer.device(PrinterSim::refill);
        room.idle(15);
        assert_eq!(room.driver.condition().state, HealthState::Online);
        let hanging = room.printer.device(|printer| printer.hanging());
        assert!(hanging.is_blank(), "cut off before the next person");
        let after: usize = room
            .printed()
            .iter()
            .skip(1)
            .map(|piece| picture(piece).len() / 72)
            .sum();
        assert!(after <= 48, "{after} rows after the refill");
        let job = slip("second", 0x3C, 30);
        assert_eq!(room.print(job.clone()), Outcome::Processed);
        let last = room.pieces().pop().unwrap();
        assert_eq!(picture(&last), trimmed(job.bitmap.as_bytes()));
    }
}

#[test]
fn a_clone_stopped_inside_a_band_is_completed_and_cut_before_the_next_slip() {
    let mut room = Room::of(Build::generic(), "generic");
    room.line = Box::new(DyingLine::new(room.printer.open().unwrap(), 2_000));
    let (outcome, fault) = room.try_print(slip("first", 0xA5, 60));
    assert_eq!(outcome, Outcome::Unknown(Cause::Disconnected));
    assert!(fault.is_some());
    room.line = Box::new(room.printer.open().unwrap());
    room.identify().unwrap();
    room.idle(5);
    let job = slip("second", 0x3C, 40);
    assert_eq!(room.print(job.clone()), Outcome::Processed);
    let last = room.pieces().pop().unwrap();
    assert_eq!(picture(&last), trimmed(job.bitmap.as_bytes()));
    assert!(last.text.is_empty());
}

fn at_the_bar() -> (Room, Job) {
    let room = Room::of(Build::cashino(), "cashino");
    (room, narrow(slip("first", 0xA5, 40)))
}

#[test]
fn a_slip_at_the_tear_bar_is_ready_and_then_taken() {
    let (mut room, job) = at_the_bar();
    let taken = room.printer.now() + Duration::from_secs(20);
    room.printer.at(taken, PrinterSim::take_slip);
    assert_eq!(room.print(job.clone()), Outcome::PrintedTaken);
    assert!(
        room.events
            .contains(&PrinterEvent::SlipReady { job: job.id })
    );
    assert_eq!(room.printed().len(), 1);
}

#[test]
fn a_slip_left_at_the_tear_bar_is_processed_and_the_next_person_does_not_get_it() {
    let (mut room, job) = at_the_bar();
    assert_eq!(room.print(job), Outcome::Processed);
    room.idle(1);
    assert_eq!(room.driver.condition().detail, "slip_waiting");
    let second = narrow(slip("second", 0x3C, 40));
    assert_eq!(
        room.print(second.clone()),
        Outcome::NotPrinted(Cause::SlipWaiting)
    );
    room.printer.device(PrinterSim::take_slip);
    room.idle(6);
    let taken = room.printer.now() + Duration::from_secs(8);
    room.printer.at(taken, PrinterSim::take_slip);
    assert_eq!(room.print(second), Outcome::PrintedTaken);
    assert_eq!(room.printed().len(), 2);
}
