//! What goes wrong on the bus.

use std::time::Duration;

use proptest::prelude::*;

use super::super::sim::{Faults, SimBoard};
use super::super::{CabinetEvent, Signal};
use super::{Room, at_rest, sample};
use crate::runner::FaultKind;
use crate::transport::simulated::SimulatedDevice;

#[test]
fn single_disturbances_are_forgiven_and_nothing_wrong_is_told() {
    let faults: [Faults; 6] = [
        Faults {
            drop_answers: 2,
            ..Faults::default()
        },
        Faults {
            break_crc: 2,
            ..Faults::default()
        },
        Faults {
            break_off: 2,
            ..Faults::default()
        },
        Faults {
            twice: 50,
            ..Faults::default()
        },
        Faults {
            garbage: vec![0, 0xFF, 1, 2, 1],
            ..Faults::default()
        },
        Faults {
            split: 1,
            split_gap: Duration::from_millis(5),
            ..Faults::default()
        },
    ];
    for fault in faults {
        let mut room = Room::new();
        room.run(3.0);
        assert_eq!(room.said(), at_rest());
        room.line.device(|board| board.faults = fault.clone());
        room.run(3.0);
        assert_eq!(room.said(), [], "{fault:?}");
        room.line.device(|board| board.set(Signal::Door, true));
        room.run(3.0);
        assert_eq!(room.said(), [CabinetEvent::Door(true)], "{fault:?}");
        assert!(room.faults.is_empty(), "{fault:?}");
    }
}

#[test]
fn a_board_that_falls_silent_is_a_fault_withdraws_and_heals() {
    let mut room = Room::new();
    room.run(3.0);
    room.said();
    room.line.device(|board| board.faults.silent = true);
    room.run(5.0);
    assert_eq!(room.said(), [CabinetEvent::Lost]);
    assert_eq!(room.faults[0].kind, FaultKind::NoAnswer);
    room.line.device(|board| board.faults.silent = false);
    room.run(5.0);
    assert_eq!(room.said(), at_rest());
}

#[test]
fn wrong_checksums_for_ever_are_garbled() {
    let mut room = Room::new();
    room.line.device(|board| board.faults.break_crc = u32::MAX);
    room.run(5.0);
    assert_eq!(room.said(), []);
    assert_eq!(room.faults[0].kind, FaultKind::Garbled);
    assert_eq!(
        room.faults[0].to_string(),
        "read the board's identity: garbled"
    );
}

#[test]
fn an_exception_names_its_code() {
    let mut room = Room::new();
    room.run(3.0);
    room.said();
    room.line.device(|board| board.faults.exception = Some(4));
    room.run(3.0);
    assert_eq!(room.said(), [CabinetEvent::Lost]);
    assert_eq!(room.faults[0].kind, FaultKind::OutOfService);
    assert_eq!(room.faults[0].key, "modbus_exception_04");
}

#[test]
fn another_board_or_another_address_is_not_used() {
    let mut room = Room::new();
    room.line.device(|board| board.faults.other_unit = true);
    room.run(3.0);
    assert_eq!(room.faults[0].kind, FaultKind::Garbled);
    let mut room = Room::new();
    room.line.device(|board| {
        board.write(super::super::bus::Table::Holding, 0, 0x1234);
    });
    room.run(3.0);
    assert_eq!(room.faults[0].kind, FaultKind::WrongDevice);
    assert_eq!(room.said(), []);
}

#[test]
fn a_board_pulled_out_is_a_lost_line() {
    let mut room = Room::new();
    room.run(3.0);
    room.said();
    room.line.unplug();
    room.round();
    assert_eq!(room.said(), [CabinetEvent::Lost]);
    assert_eq!(room.faults[0].kind, FaultKind::LineLost);
}

/// Answers every request with these bytes, for ever.
struct Noise(Vec<u8>, bool);

impl SimulatedDevice for Noise {
    fn receive(&mut self, _now: Duration, _bytes: &[u8]) {
        self.1 = true;
    }

    fn next_due(&self) -> Option<Duration> {
        self.1.then_some(Duration::ZERO)
    }

    fn poll(&mut self, _now: Duration) -> Vec<u8> {
        self.1 = false;
        self.0.clone()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_for_an_answer_tell_nothing(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
        let mut room = Room::with(sample(), Noise(bytes, false));
        room.run(5.0);
        prop_assert_eq!(room.said(), []);
        prop_assert!(!room.faults.is_empty());
    }

    #[test]
    fn the_simulator_takes_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let mut board = SimBoard::new(&sample());
        board.receive(Duration::ZERO, &bytes);
        board.poll(Duration::ZERO);
        let before = board.requests();
        let request = [1, 3, 0, 0, 0, 2, 0xC4, 0x0B];
        board.receive(Duration::from_secs(1), &request);
        prop_assert_eq!(board.requests(), before + 1);
        prop_assert_eq!(board.poll(Duration::from_secs(1)).len(), 9);
    }
}
