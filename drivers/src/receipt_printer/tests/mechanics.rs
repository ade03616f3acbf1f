//! Cover, knife, hot head.

use super::*;
use crate::runner::{HealthState, Level};

#[test]
fn a_printer_is_busy_while_a_slip_comes_out_and_says_what_it_did() {
    let mut room = Room::new();
    room.round(Some(PrinterCommand::Print(slip("first", 0xA5, 40))))
        .unwrap();
    let condition = room.driver.condition();
    assert_eq!(condition.state, HealthState::Busy);
    assert_eq!(condition.detail, "printing");
    assert!(room.printed().is_empty());
    room.round(None).unwrap();
    assert_eq!(room.outcomes(), [("first", Outcome::Printed)]);
    assert_eq!(room.driver.condition().state, HealthState::Online);
    let counted: Vec<_> = room.driver.counters();
    assert!(counted.contains(&("slips", 1)), "{counted:?}");
    assert!(counted.contains(&("restarted", 0)), "{counted:?}");
}

#[test]
fn a_roll_that_gets_thin_and_runs_out_is_told_as_a_supply() {
    let mut room = Room::new();
    let paper = |room: &Room| {
        let supplies = room.driver.condition().supplies;
        assert!(supplies.iter().all(|supply| supply.name == "paper"));
        supplies.first().map(|paper| paper.level)
    };
    assert_eq!(paper(&room), Some(Level::Enough));
    room.printer.device(|printer| printer.set_near_end(true));
    room.idle(2);
    assert_eq!(paper(&room), Some(Level::Low));
    room.printer.device(PrinterSim::pull_paper);
    room.idle(2);
    assert_eq!(paper(&room), Some(Level::Out));
}

#[test]
fn cover_opened_in_mid_slip_is_partial_and_the_rest_stays_inside() {
    let mut room = Room::new();
    let opened = room.printer.now() + Duration::from_secs(2);
    room.printer
        .at(opened, |printer| printer.set_cover_open(true));
    assert_eq!(
        room.print(slip("first", 0xA5, 150)),
        Outcome::Partial(Cause::CoverOpen)
    );
    assert_eq!(room.driver.condition().detail, "cover_open");
    room.printer.device(|printer| printer.set_cover_open(false));
    room.idle(5);
    let job = slip("second", 0x3C, 60);
    assert_eq!(room.print(job.clone()), Outcome::Printed);
    let printed = room.printed();
    assert_eq!(printed.len(), 2);
    assert!(carries(&printed[0], 0xA5) && !carries(&printed[0], 0x3C));
    assert_eq!(picture(&printed[1]), trimmed(job.bitmap.as_bytes()));
}

#[test]
fn cover_open_before_the_slip_is_not_printed() {
    let mut room = Room::new();
    room.printer.device(|printer| printer.set_cover_open(true));
    assert_eq!(
        room.print(slip("first", 0xA5, 50)),
        Outcome::NotPrinted(Cause::CoverOpen)
    );
    assert!(room.printed().is_empty());
}

#[test]
fn knife_jammed_is_partial_and_the_slip_is_cut_off_before_the_next_person() {
    let mut room = Room::new();
    room.printer
        .device(|printer| printer.set_cutter_jammed(true));
    assert_eq!(
        room.print(slip("first", 0xA5, 50)),
        Outcome::Partial(Cause::Cutter)
    );
    room.idle(3);
    assert_eq!(room.driver.condition().detail, "cutter");
    assert!(room.pieces().is_empty());
    assert_eq!(
        room.print(slip("too soon", 0x77, 50)),
        Outcome::NotPrinted(Cause::Cutter)
    );
    room.printer
        .device(|printer| printer.set_cutter_jammed(false));
    room.idle(15);
    assert_eq!(room.driver.condition().state, HealthState::Online);
    assert!(room.events.contains(&PrinterEvent::Cleared));
    let job = slip("second", 0x3C, 50);
    assert_eq!(room.print(job.clone()), Outcome::Printed);
    let printed = room.printed();
    assert_eq!(printed.len(), 2);
    assert!(carries(&printed[0], 0xA5));
    assert_eq!(picture(&printed[1]), trimmed(job.bitmap.as_bytes()));
}

#[test]
fn a_hot_head_is_waited_for() {
    let mut room = Room::new();
    let now = room.printer.now();
    room.printer.at(now + Duration::from_secs(1), |printer| {
        printer.set_head_hot(true)
    });
    room.printer.at(now + Duration::from_secs(6), |printer| {
        printer.set_head_hot(false)
    });
    let job = slip("first", 0xA5, 100);
    assert_eq!(room.print(job.clone()), Outcome::Printed);
    assert_eq!(picture(&room.pieces()[0]), trimmed(job.bitmap.as_bytes()));
}

#[test]
fn a_head_that_never_cools_ends_the_job_as_unknown_and_nothing_follows() {
    let mut room = Room::new();
    let now = room.printer.now();
    room.printer.at(now + Duration::from_secs(1), |printer| {
        printer.set_head_hot(true)
    });
    assert_eq!(
        room.print(slip("first", 0xA5, 150)),
        Outcome::Unknown(Cause::Timeout)
    );
    room.printer.device(|printer| printer.set_head_hot(false));
    room.idle(5);
    assert_eq!(room.print(slip("second", 0x3C, 40)), Outcome::Printed);
    assert!(!carries(room.printed().last().unwrap(), 0xA5));
}

#[test]
fn a_dead_printer_is_a_hardware_error() {
    let mut room = Room::new();
    room.printer.device(|printer| printer.set_dead(true));
    room.idle(1);
    assert_eq!(room.driver.condition().state, HealthState::HardwareError);
    assert_eq!(
        room.print(slip("first", 0xA5, 20)),
        Outcome::NotPrinted(Cause::Mechanism)
    );
}
