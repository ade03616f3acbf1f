//! Confirmations that lie, come late, or do not come; power notices.

use super::sim::Confirmations;
use super::*;

fn print_with(confirmations: Confirmations) -> (Room, Outcome) {
    let mut room = Room::new();
    room.printer
        .device(|printer| printer.set_confirmations(confirmations));
    let outcome = room.print(slip("first", 0xA5, 40));
    (room, outcome)
}

#[test]
fn a_fixed_answer_is_no_confirmation() {
    let (_, outcome) = print_with(Confirmations::Fixed(*b"1234"));
    assert_eq!(outcome, Outcome::Unknown(Cause::WrongConfirmation));
}

#[test]
fn a_lost_confirmation_is_unknown() {
    let (_, outcome) = print_with(Confirmations::Lost);
    assert_eq!(outcome, Outcome::Unknown(Cause::Timeout));
}

#[test]
fn a_late_and_a_double_confirmation_count_once() {
    let (_, late) = print_with(Confirmations::Late(Duration::from_secs(9)));
    assert_eq!(late, Outcome::Printed);
    let (mut room, twice) = print_with(Confirmations::Twice);
    assert_eq!(twice, Outcome::Printed);
    assert_eq!(room.print(slip("second", 0x3C, 40)), Outcome::Printed);
    assert_eq!(room.outcomes().len(), 2);
}

#[test]
fn a_confirmation_of_the_job_before_does_not_confirm_this_one() {
    let mut room = Room::new();
    room.printer
        .device(|printer| printer.set_confirmations(Confirmations::Late(Duration::from_secs(35))));
    assert_eq!(
        room.print(slip("first", 0xA5, 40)),
        Outcome::Unknown(Cause::Timeout)
    );
    room.printer
        .device(|printer| printer.set_confirmations(Confirmations::Lost));
    // The first job's number arrives while the second one's is awaited.
    assert_eq!(
        room.print(slip("second", 0x3C, 40)),
        Outcome::Unknown(Cause::WrongConfirmation)
    );
}

#[test]
fn power_cut_at_the_printer_in_mid_slip_is_unknown() {
    let mut room = Room::new();
    let cut = room.printer.now() + Duration::from_secs(2);
    room.printer.at(cut, PrinterSim::power_cycle);
    assert_eq!(
        room.print(slip("first", 0xA5, 150)),
        Outcome::Unknown(Cause::PowerLost)
    );
    room.idle(5);
    let job = slip("second", 0x3C, 40);
    assert_eq!(room.print(job.clone()), Outcome::Printed);
    let last = room.pieces().pop().unwrap();
    assert_eq!(picture(&last), trimmed(job.bitmap.as_bytes()));
}

#[test]
fn power_cut_in_mid_slip_is_noticed_even_without_a_word_of_the_printer() {
    for (build, profile) in [
        (Build::default(), "epson"),
        (Build::custom(), "custom"),
        (Build::generic(), "generic"),
    ] {
        let mute = Build {
            power_notice: false,
            xon_xoff: false,
            ..build
        };
        for tenths in [6, 11, 17, 23] {
            let mut room = Room::of(mute, profile);
            let cut = room.printer.now() + Duration::from_millis(tenths * 100);
            room.printer.at(cut, PrinterSim::power_cycle);
            let (outcome, _) = room.try_print(slip("first", 0xA5, 150));
            assert!(
                matches!(outcome, Outcome::Unknown(_)),
                "{profile} after {tenths}: {outcome:?}"
            );
        }
    }
}

#[test]
fn power_cut_while_idle_is_recovered_from_without_a_word() {
    let mut room = Room::new();
    room.printer.device(PrinterSim::power_cycle);
    room.idle(3);
    room.printer.device(|printer| printer.set_cover_open(true));
    room.round(None).unwrap();
    assert_eq!(
        room.driver.condition().detail,
        "cover_open",
        "automatic status is on again"
    );
    room.printer.device(|printer| printer.set_cover_open(false));
    room.idle(1);
    assert_eq!(room.print(slip("first", 0xA5, 40)), Outcome::Printed);
}

#[test]
fn a_printer_that_answers_nothing_is_not_used() {
    let mut room = Room::unidentified(Build::default());
    room.printer.device(|printer| printer.set_mute(true));
    assert!(room.identify().is_err());
    assert!(
        room.pieces().is_empty() && room.printer.device(|printer| printer.hanging().is_blank())
    );
}

#[test]
fn a_printer_gone_silent_before_the_slip_is_not_printed() {
    let mut room = Room::new();
    room.printer.device(|printer| printer.set_mute(true));
    let (outcome, fault) = room.try_print(slip("first", 0xA5, 40));
    assert_eq!(outcome, Outcome::NotPrinted(Cause::Offline));
    assert!(fault.is_some());
}

#[test]
fn a_printer_gone_silent_after_the_slip_is_unknown_because_it_is_not_cleared_for_sure() {
    let mut room = Room::new();
    let from = room.printer.now() + Duration::from_secs(2);
    room.printer.at(from, |printer| printer.set_mute(true));
    let (outcome, fault) = room.try_print(slip("first", 0xA5, 150));
    assert_eq!(outcome, Outcome::Unknown(Cause::Timeout));
    assert_eq!(fault.unwrap().key, "not_cleared");
}
