//! The cable comes out.

use super::*;
use crate::runner::FaultKind;

/// Lets the line break after `bytes` of the slip, puts it back and prints for the next person.
fn unplugged_after(bytes: usize) -> Outcome {
    let mut room = Room::new();
    room.line = Box::new(DyingLine {
        line: room.printer.open().unwrap(),
        left: bytes,
    });
    let (outcome, fault) = room.try_print(slip("first", 0xA5, 40));
    assert_eq!(fault.unwrap().kind, FaultKind::LineLost);
    room.line = Box::new(room.printer.open().unwrap());
    room.identify().unwrap();
    room.idle(4);
    let job = slip("second", 0x3C, 40);
    assert_eq!(room.print(job.clone()), Outcome::Printed);
    let last = room.pieces().pop().unwrap();
    assert_eq!(
        picture(&last),
        trimmed(job.bitmap.as_bytes()),
        "unplugged after {bytes}"
    );
    assert_eq!(room.outcomes().len(), 2, "one outcome a job");
    outcome
}

#[test]
fn unplugged_before_a_byte_of_the_slip_is_not_printed() {
    for bytes in [0, 1, 11, 13, 20] {
        assert_eq!(
            unplugged_after(bytes),
            Outcome::NotPrinted(Cause::Disconnected),
            "after {bytes}"
        );
    }
}

#[test]
fn unplugged_anywhere_in_the_slip_is_unknown() {
    for bytes in (40..8_000).step_by(397) {
        assert_eq!(
            unplugged_after(bytes),
            Outcome::Unknown(Cause::Disconnected),
            "after {bytes}"
        );
    }
}

#[test]
fn a_confirmation_from_before_the_cable_came_out_does_not_count_after() {
    let mut room = Room::new();
    room.printer.device(|printer| {
        printer.set_confirmations(sim::Confirmations::Late(Duration::from_secs(4)))
    });
    let now = room.printer.now();
    room.printer.unplug_at(now + Duration::from_millis(3_500));
    room.printer.plug_at(now + Duration::from_millis(3_600));
    let (outcome, fault) = room.try_print(slip("first", 0xA5, 40));
    assert_eq!(outcome, Outcome::Unknown(Cause::Disconnected));
    assert!(fault.is_some());
    room.printer.pass(Duration::from_secs(1));
    room.line = Box::new(room.printer.open().unwrap());
    room.identify().unwrap();
    room.idle(10);
    assert_eq!(
        room.outcomes(),
        [("first", Outcome::Unknown(Cause::Disconnected))]
    );
}
