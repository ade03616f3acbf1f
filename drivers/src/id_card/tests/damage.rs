//! What goes wrong on the line and in the module.

use std::time::Duration;

use proptest::prelude::*;

use super::super::protocol::commands::{FindCard, Request};
use super::super::sim::SimReader;
use super::{Room, zhang_san};
use crate::runner::FaultKind;
use crate::transport::simulated::SimulatedDevice;

#[test]
fn one_wrong_checksum_on_the_way_costs_one_retry() {
    let mut room = Room::new();
    room.run(0.5);
    room.said();
    room.line.device(|reader| {
        reader.faults.break_checksums = 1;
        reader.put(zhang_san());
    });
    room.run(6.0);
    assert_eq!(room.said(), ["card 张三"]);
    assert!(room.faults.is_empty());
}

#[test]
fn a_request_the_module_saw_damaged_is_sent_once_more() {
    for status in [0x10, 0x11] {
        let mut room = Room::new();
        room.run(0.5);
        room.said();
        let command = [0x30, 0x01];
        room.line.device(|reader| {
            let times = 1;
            reader.faults.status = Some(super::super::sim::StatusOverride {
                command,
                status,
                times,
            });
            reader.put(zhang_san());
        });
        room.run(0.6);
        assert_eq!(room.said(), ["card 张三"]);
    }
}

#[test]
fn an_answer_that_breaks_off_is_asked_for_again_from_the_start() {
    let mut room = Room::new();
    room.run(0.5);
    room.said();
    room.line.device(|reader| {
        reader.put(zhang_san());
        reader.faults.break_off = 1;
    });
    room.run(3.0);
    assert_eq!(room.said(), ["card 张三"]);
}

#[test]
fn answers_in_pieces_behind_garbage_are_answers() {
    for split in [1, 2, 7, 64] {
        let mut room = Room::new();
        room.line.device(|reader| {
            reader.faults.split = split;
            reader.faults.split_gap = Duration::from_millis(1);
            reader.faults.garbage = vec![0xAA, 0xAA, 0x96, 0xAA, 0xAA];
            reader.put(zhang_san());
        });
        room.run(3.0);
        assert_eq!(room.said(), ["sam", "card 张三"], "{split}");
    }
}

#[test]
fn the_first_bytes_lost_at_open_do_not_lose_the_reader() {
    for lost in [1, 5, 10, 15] {
        let mut room = Room::new();
        room.line.device(|reader| reader.faults.lose_bytes = lost);
        room.run(4.0);
        assert_eq!(room.said(), ["sam"], "{lost}");
        assert!(room.faults.is_empty());
    }
}

#[test]
fn a_reader_that_falls_silent_is_a_fault_and_the_card_is_withdrawn() {
    let mut room = Room::new();
    room.line.device(|reader| reader.put(zhang_san()));
    room.run(1.0);
    assert_eq!(room.said(), ["sam", "card 张三"]);
    room.line.device(|reader| reader.faults.silent = true);
    room.run(15.0);
    assert_eq!(room.said(), ["removed", "no_answer"]);
    assert_eq!(room.faults[0].kind, FaultKind::NoAnswer);
    room.line.device(|reader| reader.faults.silent = false);
    room.run(15.0);
    assert_eq!(room.said(), ["sam", "card 张三"]);
}

#[test]
fn words_instead_of_frames_are_garbage_not_a_card() {
    let mut room = Room::new();
    room.line.device(|reader| reader.faults.words = true);
    room.run(15.0);
    assert_eq!(room.said(), ["no_answer"]);
    assert_eq!(room.faults[0].kind, FaultKind::Garbled);
}

#[test]
fn a_module_out_of_service_says_why_with_its_status() {
    for (failed, said) in [(true, "out_of_service 60"), (false, "out_of_service 66")] {
        let mut room = Room::new();
        room.line.device(|reader| {
            reader.faults.self_test_failed = failed;
            reader.faults.not_authorised = !failed;
        });
        room.run(3.0);
        assert_eq!(room.said(), [said]);
        let key = if failed {
            "self_test_failed"
        } else {
            "not_authorised"
        };
        assert_eq!(room.faults[0].key, key);
    }
}

#[test]
fn a_slow_answer_is_not_taken_for_that_to_the_next_question() {
    let mut room = Room::new();
    room.run(0.5);
    room.said();
    room.line.device(|reader| {
        reader.put(zhang_san());
        reader.faults.delay = Duration::from_millis(1150);
    });
    let now = room.line.now();
    room.line.at(now + Duration::from_millis(1500), |reader| {
        reader.faults.delay = Duration::ZERO;
    });
    room.run(6.0);
    assert_eq!(room.said(), ["card 张三"]);
}

#[test]
fn a_module_without_newest_address_still_tells_when_the_card_is_lifted() {
    let mut room = Room::new();
    room.line.device(|reader| {
        reader.faults.no_newest_address = true;
        reader.put(zhang_san());
    });
    room.run(5.0);
    assert_eq!(room.said(), ["sam", "card 张三"]);
    room.line.device(|reader| reader.remove());
    room.run(1.0);
    assert_eq!(room.said(), ["removed"]);
}

#[test]
fn a_request_with_wrong_length_or_checksum_is_never_accepted_by_the_module() {
    let ask = |bytes: &[u8]| {
        let mut reader = SimReader::default();
        reader.receive(Duration::ZERO, bytes);
        let mut answer = reader.poll(Duration::ZERO);
        answer.extend(reader.poll(Duration::from_secs(1)));
        answer
    };
    let find = FindCard.encode();
    let wrong_checksum = [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 4, 0, 0, 0x10, 0x14];
    let wrong_length = [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 4, 0, 0, 0x11, 0x15];
    let unknown = [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 4, 0, 0, 0x21, 0x25];
    let mut request = find.clone();
    *request.last_mut().unwrap() ^= 1;
    assert_eq!(ask(&request), wrong_checksum);
    for length in [0_u8, 2, 4, 200] {
        request.clone_from(&find);
        request[6] = length;
        assert_eq!(ask(&request), wrong_length, "{length}");
    }
    let long = super::super::protocol::frame::encode(&[0x20, 0x01, 0x00]);
    assert_eq!(ask(&long), wrong_length);
    let other = super::super::protocol::frame::encode(&[0xDC, 0x00]);
    assert_eq!(ask(&other), unknown);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_noise_before_the_answers_never_makes_a_wrong_person(
        noise in prop::collection::vec(any::<u8>(), 0..40),
        split in 0_usize..70,
        drop_answers in 0_u32..3,
        broken in 0_u32..2,
    ) {
        let mut room = Room::new();
        room.line.device(|reader| {
            reader.faults.garbage = noise;
            reader.faults.split = split;
            reader.faults.drop_answers = drop_answers;
            reader.faults.break_checksums = broken;
            reader.put(zhang_san());
        });
        room.run(20.0);
        prop_assert_eq!(room.cards().len(), 1);
        prop_assert_eq!(&room.cards()[0].number, "11010519491231002X");
    }

    #[test]
    fn the_simulator_takes_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let mut reader = SimReader::default();
        reader.receive(Duration::ZERO, &bytes);
        reader.poll(Duration::from_secs(1));
        reader.receive(Duration::from_secs(2), &FindCard.encode());
        prop_assert!(!reader.poll(Duration::from_secs(2)).is_empty());
    }
}
