//! What a printer is, found by what it does.

use super::*;
use crate::receipt_printer::driver::Findings;
use crate::receipt_printer::unknown;
use crate::runner::FaultKind;

/// Probes a printer whose family nobody told.
fn unknown(printer: &MemoryLine<PrinterSim>) -> Result<Findings, Fault> {
    let selector = "serial:/dev/ttyUSB0@115200".parse().unwrap();
    unknown::as_any(&selector, 4711, &mut |_| {
        let line: Box<dyn Transport> = Box::new(printer.open().map_err(Fault::opening)?);
        Ok(line)
    })
}

#[test]
fn a_printer_whose_family_nobody_told_is_told_by_what_it_does() {
    for (build, profile) in [
        (Build::default(), "epson"),
        (Build::custom(), "custom"),
        (Build::cashino(), "cashino"),
        (Build::generic(), "generic"),
    ] {
        let printer = MemoryLine::new(PrinterSim::new(build), Some(BAUD));
        let found = unknown(&printer).unwrap();
        assert_eq!(found.profile(), Some(profile), "{found:?}");
        assert_eq!(found.claims.as_deref(), Some(build.claims));
    }
}

#[test]
fn a_printer_without_paper_is_not_taken_for_another_family() {
    for build in [Build::default(), Build::custom(), Build::generic()] {
        let printer = MemoryLine::new(PrinterSim::new(build), Some(BAUD));
        printer.device(|printer| printer.pull_paper());
        let fault = unknown(&printer).unwrap_err();
        assert_eq!(
            (fault.kind, fault.key.as_ref()),
            (FaultKind::NeedsHand, "paper_out"),
            "{}",
            build.claims
        );
    }
}

#[test]
fn what_is_no_printer_is_asked_as_every_family_and_given_up() {
    let printer = MemoryLine::new(PrinterSim::new(Build::default()), Some(BAUD));
    printer.device(|printer| printer.set_mute(true));
    let fault = unknown(&printer).unwrap_err();
    assert_eq!(fault.kind, FaultKind::NoAnswer);
}

fn findings(build: Build, profile: &str) -> Findings {
    let mut room = Room::of(build, profile);
    room.round(Some(PrinterCommand::Probe)).unwrap();
    let found = room.events.iter().find_map(|event| match event {
        PrinterEvent::Probed(findings) => Some(findings.clone()),
        _ => None,
    });
    room.idle(8);
    let mut second = slip("after", 0x3C, 20);
    if room.settings.profile.head_bytes == 48 {
        room.printer.device(PrinterSim::take_slip);
        room.idle(6);
        second = narrow(second);
    }
    let outcome = room.print(second);
    assert!(outcome.cause().is_none(), "usable afterwards: {outcome:?}");
    found.unwrap()
}

#[test]
fn each_family_is_told_by_what_it_does() {
    for (build, profile) in [
        (Build::default(), "epson"),
        (Build::custom(), "custom"),
        (Build::cashino(), "cashino"),
        (Build::generic(), "generic"),
    ] {
        let found = findings(build, profile);
        assert_eq!(found.profile(), Some(profile), "{found:?}");
        assert_eq!(found.claims.as_deref(), Some(build.claims));
    }
}

#[test]
fn a_clone_that_says_it_is_an_epson_is_not_taken_for_one() {
    let found = findings(Build::generic(), "generic");
    assert_eq!(found.claims.as_deref(), Some("TM-T88V"));
    assert!(!found.process_id && !found.real_time_clear && found.fence);
}

#[test]
fn a_printer_that_always_gives_the_same_number_has_no_process_numbers() {
    let mut room = Room::new();
    room.printer.device(|printer| {
        printer.set_confirmations(sim::Confirmations::Fixed(*b"0001"));
    });
    room.round(Some(PrinterCommand::Probe)).unwrap();
    let PrinterEvent::Probed(found) = room.events.last().unwrap() else {
        panic!("{:?}", room.events);
    };
    assert!(!found.process_id);
    assert_eq!(found.profile(), Some("generic"));
}
