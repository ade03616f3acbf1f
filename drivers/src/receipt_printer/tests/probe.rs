//! What a printer is, found by what it does.

use super::*;
use crate::receipt_printer::driver::Findings;

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
