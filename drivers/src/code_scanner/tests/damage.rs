//! What goes wrong between a code and the program.

use std::time::Duration;

use proptest::prelude::*;

use super::super::framing::{Ending, Framer};
use super::super::sim::SimScanner;
use super::super::{CodeEvent, CodeScanner, Family, MAX_PAYLOAD, ScanCommand, Settings, decode};
use super::Room;
use crate::runner::FaultKind;
use crate::transport::simulated::SimulatedDevice;

fn room(ending: Ending, suffix: &[u8]) -> Room<SimScanner> {
    let settings = Settings {
        family: None,
        ending,
    };
    Room::new(CodeScanner::new(settings), SimScanner::new(None, suffix))
}

#[test]
fn a_code_in_pieces_is_one_code() {
    for split in [1, 3, 7, 64] {
        let mut room = room(Ending::Any, b"\r");
        room.line.device(|scanner| {
            scanner.faults.split = split;
            scanner.faults.split_gap = Duration::from_millis(60);
            scanner.show("号码 ABC2-3456".as_bytes());
        });
        room.run(3.0);
        assert_eq!(room.said(), ["号码 ABC2-3456"], "{split}");
    }
}

#[test]
fn a_code_that_breaks_off_never_counts_as_a_shorter_one() {
    let mut room = room(Ending::Terminator, b"\r");
    room.line.device(|scanner| {
        scanner.faults.break_off = Some(5);
        scanner.show(b"ABC2-3456-789K");
    });
    room.run(2.0);
    assert_eq!(room.said(), ["rejected unfinished"]);
    room.line.device(|scanner| {
        scanner.faults.break_off = None;
        // A busy machine may see a code of two halves a third of a second apart.
        scanner.faults.split = 7;
        scanner.faults.split_gap = Duration::from_millis(350);
        scanner.show(b"ABC2-3456-789K");
    });
    room.run(2.0);
    assert_eq!(room.said(), ["ABC2-3456-789K"]);
}

#[test]
fn a_module_that_does_not_answer_is_a_fault_and_heals() {
    let settings = Settings {
        family: Some(Family::Gm65),
        ending: Ending::Any,
    };
    let mut deaf = SimScanner::new(Some(Family::Gm65), b"\r");
    deaf.faults.deaf = true;
    let mut room = Room::new(CodeScanner::new(settings), deaf);
    room.run(2.0);
    assert_eq!(room.faults[0].kind, FaultKind::NoAnswer);
    room.line.device(|scanner| scanner.faults.deaf = false);
    room.run(2.0);
    assert!(room.identified);
}

/// Says the same words to everything.
struct Parrot(Vec<u8>);

impl SimulatedDevice for Parrot {
    fn receive(&mut self, _now: Duration, bytes: &[u8]) {
        self.0.extend(b"ERROR\r\n".repeat(bytes.len()));
    }

    fn next_due(&self) -> Option<Duration> {
        (!self.0.is_empty()).then_some(Duration::ZERO)
    }

    fn poll(&mut self, _now: Duration) -> Vec<u8> {
        std::mem::take(&mut self.0)
    }
}

#[test]
fn another_device_where_the_module_should_be_is_noticed() {
    let settings = Settings {
        family: Some(Family::Gm65),
        ending: Ending::Any,
    };
    let mut room = Room::new(CodeScanner::new(settings), Parrot(Vec::new()));
    room.run(3.0);
    assert_eq!(room.faults[0].kind, FaultKind::WrongDevice);
    assert!(room.events.is_empty());
}

#[test]
fn the_largest_code_is_read_and_a_longer_one_refused() {
    let mut room = room(Ending::Any, b"\r");
    room.line
        .device(|scanner| scanner.show(&vec![b'7'; MAX_PAYLOAD]));
    room.run(2.0);
    assert_eq!(room.said()[0].len(), MAX_PAYLOAD);
    room.line
        .device(|scanner| scanner.show(&vec![b'7'; MAX_PAYLOAD + 1]));
    room.run(2.0);
    room.line.device(|scanner| scanner.show(b"next"));
    room.run(1.0);
    assert_eq!(room.said(), ["rejected too_long", "next"]);
}

#[test]
fn a_scanner_that_never_stops_sending_fills_no_memory() {
    let mut framer = Framer::new(Ending::Any);
    let mut told = 0;
    for step in 0..1000 {
        let now = Duration::from_millis(step);
        framer.push(now, &[b'x'; 1000], &mut |_| told += 1);
    }
    assert_eq!(told, 0);
    framer.idle(Duration::from_secs(2), &mut |framed| {
        told += 1;
        assert_eq!(framed.unwrap_err().name(), "too_long");
    });
    assert_eq!(told, 1);
}

#[test]
fn a_command_while_the_scanner_is_away_is_refused() {
    use crate::runner::{Driver, Fault};
    let mut driver = CodeScanner::new(Settings::default());
    let fault = Fault::new(FaultKind::Absent, "open");
    let mut said = Vec::new();
    driver.refuse(ScanCommand::Trigger, &fault, &mut |event| said.push(event));
    assert_eq!(said, [CodeEvent::Refused(ScanCommand::Trigger)]);
}

proptest! {
    #[test]
    fn any_bytes_at_any_time_keep_the_buffer_and_the_codes_bounded(
        pieces in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..300), 0_u64..700), 0..40),
        terminator in any::<bool>(),
    ) {
        let ending = if terminator { Ending::Terminator } else { Ending::Any };
        let mut framer = Framer::new(ending);
        let mut now = Duration::ZERO;
        for (bytes, pause) in pieces {
            now += Duration::from_millis(pause);
            framer.expect(Family::Gm65.replies(), false, now);
            framer.push(now, &bytes, &mut |framed| {
                if let Ok(payload) = framed {
                    assert!((1..=MAX_PAYLOAD).contains(&payload.len()));
                    let _ = decode(&payload);
                }
            });
        }
    }

    #[test]
    fn any_noise_ends_and_the_next_code_is_read(
        noise in prop::collection::vec(any::<u8>(), 0..5000),
        terminator in any::<bool>(),
    ) {
        let ending = if terminator { Ending::Terminator } else { Ending::Any };
        let mut room = room(ending, b"\r");
        room.line.device(|scanner| scanner.show(&noise));
        room.run(3.0);
        room.said();
        room.line.device(|scanner| scanner.show(b"ABC2-3456-789K"));
        room.run(1.0);
        prop_assert_eq!(room.said(), ["ABC2-3456-789K"]);
    }

    #[test]
    fn any_payload_is_read_as_it_is_or_refused(payload in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(Some(code)) = decode(&payload) {
            let shown = code.shown(40);
            prop_assert!(shown.chars().count() <= 41);
            prop_assert!(!shown.chars().any(char::is_control));
            if let Ok(text) = std::str::from_utf8(&payload) {
                prop_assert!(text.ends_with(code.text()));
            }
        }
    }
}
