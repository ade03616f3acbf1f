//! The cable comes out.

use super::*;
use crate::runner::FaultKind;

/// Bytes the driver writes before the first byte of a slip: questions and modes.
fn bytes_before_the_slip(room: &mut Room) -> usize {
    let wide = Bitmap::new(576, vec![0xFF; 72]).unwrap();
    // A slip of one row is its band and a fence, the cut and the process number.
    let one_row = Job {
        bitmap: wide,
        ..slip("one row", 0, 1)
    };
    let line = DyingLine::new(room.printer.open().unwrap(), usize::MAX);
    let written = std::sync::Arc::clone(&line.written);
    room.line = Box::new(line);
    assert_eq!(room.print(one_row), Outcome::Printed);
    written.load(std::sync::atomic::Ordering::SeqCst) - (8 + 72 + 3) - 4 - 11
}

/// Lets the line break after `bytes`, puts it back and prints for the next person.
fn unplugged_after(bytes: usize) -> Option<Outcome> {
    let mut room = Room::new();
    room.line = Box::new(DyingLine::new(room.printer.open().unwrap(), bytes));
    let (outcome, fault) = room.try_print(slip("first", 0xA5, 4));
    if fault.is_none() {
        assert_eq!(outcome, Outcome::Printed, "after {bytes}");
        return None;
    }
    assert_eq!(fault.unwrap().kind, FaultKind::LineLost);
    room.line = Box::new(room.printer.open().unwrap());
    room.identify().unwrap();
    room.idle(4);
    let job = slip("second", 0x3C, 4);
    assert_eq!(room.print(job.clone()), Outcome::Printed);
    let last = room.pieces().pop().unwrap();
    assert_eq!(
        picture(&last),
        trimmed(job.bitmap.as_bytes()),
        "unplugged after {bytes}"
    );
    assert_eq!(room.outcomes().len(), 2, "one outcome a job");
    let first = room
        .printed()
        .iter()
        .filter(|piece| carries(piece, 0xA5))
        .count();
    assert!(first <= 1, "the first slip came out {first} times");
    Some(outcome)
}

#[test]
fn unplugged_after_every_single_byte_of_a_short_slip() {
    let before = bytes_before_the_slip(&mut Room::new());
    let mut bytes = 0;
    while let Some(outcome) = unplugged_after(bytes) {
        let expected = if bytes <= before {
            Outcome::NotPrinted(Cause::Disconnected)
        } else {
            Outcome::Unknown(Cause::Disconnected)
        };
        assert_eq!(
            outcome, expected,
            "after {bytes}, the slip begins at {before}"
        );
        bytes += 1;
    }
    assert!(bytes > before + 800, "only {bytes} bytes were tried");
}

/// Where the same happens to another family: nothing, then nobody knows, then the whole slip.
/// Tried after every `step` bytes; returns how many bytes were written for the whole slip.
fn every_byte_of(build: Build, profile: &str, step: usize) -> usize {
    let mut begun = false;
    let mut bytes = 0;
    loop {
        let mut room = Room::of(build, profile);
        room.line = Box::new(DyingLine::new(room.printer.open().unwrap(), bytes));
        let (outcome, fault) = room.try_print(of_width(build, slip("first", 0xA5, 2)));
        if fault.is_none() {
            assert!(outcome.cause().is_none(), "{outcome:?} after {bytes}");
            break;
        }
        let marked = |piece: &Piece| carries(piece, 0xA5);
        match outcome {
            Outcome::NotPrinted(Cause::Disconnected) => {
                assert!(!begun, "after {bytes}");
                assert!(!room.pieces().iter().any(marked), "after {bytes}");
            }
            // The proof came before the line broke: it comes to the output, or waits there.
            Outcome::Processed => assert!(build.presenter || !build.knife, "after {bytes}"),
            other => {
                assert_eq!(
                    other,
                    Outcome::Unknown(Cause::Disconnected),
                    "after {bytes}"
                );
                begun = true;
            }
        }
        room.line = Box::new(room.printer.open().unwrap());
        room.identify().unwrap();
        room.idle(12);
        if !build.knife {
            // What lies at the tear bar only a hand takes away.
            room.printer.device(PrinterSim::take_slip);
            room.idle(12);
        }
        let first = room.pieces().iter().filter(|piece| marked(piece)).count();
        assert!(first <= 1, "the first slip came out {first} times");
        let hanging = room.printer.device(|printer| printer.hanging());
        assert!(hanging.is_blank(), "after {bytes}");
        assert!(!room.printer.device(|printer| printer.slip_waits()));
        assert_eq!(room.outcomes().len(), 1, "one outcome a job");
        bytes += step;
    }
    assert!(begun, "{profile}: only {bytes} bytes were tried");
    bytes
}

#[test]
fn unplugged_along_a_slip_of_every_family() {
    // Every single byte in the long profile; a prime step meets all places of a command.
    let long = std::env::var_os("KIOSK_LONG").is_some();
    for (build, profile) in [
        (Build::generic(), "generic"),
        (Build::custom(), "custom"),
        (Build::cashino(), "cashino"),
    ] {
        let step = if long { 1 } else { 7 };
        let bytes = every_byte_of(build, profile, step);
        assert!(bytes > 400, "{profile}: only {bytes} bytes were tried");
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
