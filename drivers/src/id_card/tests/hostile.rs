//! Readers that answer otherwise than the sheet says: combination boards, vendors' habits,
//! and bytes nobody would send on purpose.

use std::time::Duration;

use proptest::prelude::*;

use super::super::protocol::frame;
use super::super::sim::{CardContent, StatusOverride};
use super::{Room, zhang_san};
use crate::transport::Transport;

/// A room that has settled, with a card put under `habit`.
fn room_with(habit: impl FnOnce(&mut super::super::sim::Faults)) -> Room {
    let mut room = Room::new();
    room.run(0.5);
    room.said();
    room.line.device(|reader| {
        habit(&mut reader.faults);
        reader.put(zhang_san());
    });
    room
}

#[test]
fn a_vendor_prefix_that_looks_like_a_preamble_is_passed_over() {
    for prefix in [
        &[0xAA][..],
        &[0xAA, 0xAA, 0xAA, 0xAA],
        &[0x55, 0xAA, 0x96, 0x69],
        &[0xAA, 0xAA, 0xAA, 0x96, 0x69],
        &[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x04],
    ] {
        let mut room = room_with(|faults| faults.garbage = prefix.to_vec());
        room.run(6.0);
        assert_eq!(room.said(), ["card 张三"], "{prefix:02X?}");
    }
}

#[test]
fn zero_fill_behind_the_frame_is_no_part_of_it() {
    for fill in [1, 53, 64, 700] {
        let mut room = room_with(|faults| faults.trailing = vec![0; fill]);
        room.run(1.0);
        assert_eq!(room.said(), ["card 张三"], "{fill}");
    }
}

#[test]
fn two_frames_in_one_read_are_the_answer_and_a_stray_one() {
    for stray in [&[0, 0, 0x90][..], &[0, 0, 0x9F, 0, 0, 0, 0], &[0, 0, 0x80]] {
        let mut room = room_with(|faults| faults.trailing = frame::encode(stray));
        room.run(2.0);
        assert_eq!(room.said(), ["card 张三"], "{stray:02X?}");
    }
}

#[test]
fn chip_numbers_that_are_not_zero_are_as_good() {
    let mut room = room_with(|faults| faults.chip_numbers = true);
    room.run(1.0);
    assert_eq!(room.said(), ["card 张三"]);
}

#[test]
fn an_answer_with_a_wrong_length_is_asked_for_again() {
    for by in [-1, 1, 7, 100] {
        let mut room = room_with(|faults| faults.break_lengths = (1, by));
        room.run(4.0);
        assert_eq!(room.said(), ["card 张三"], "{by}");
    }
}

#[test]
fn words_of_a_combination_board_between_answers_are_passed_over() {
    let mut room = room_with(|faults| {
        faults.garbage = b"+RFID: BUSY\r\n".to_vec();
        faults.trailing = b"OK\r\n".to_vec();
    });
    room.run(1.0);
    assert_eq!(room.said(), ["card 张三"]);
}

#[test]
fn a_board_that_turns_to_words_for_a_while_is_used_again_afterwards() {
    let mut room = room_with(|faults| faults.words = true);
    room.run(15.0);
    assert_eq!(room.said(), ["no_answer"]);
    room.line.device(|reader| reader.faults.words = false);
    room.run(8.0);
    assert_eq!(room.said(), ["sam", "card 张三"]);
}

#[test]
fn a_board_that_never_stops_talking_is_understood_between_its_words() {
    let mut room = room_with(|faults| faults.chatter = true);
    room.run(3.0);
    assert_eq!(room.said(), ["card 张三"]);
}

#[test]
fn a_board_that_only_talks_holds_nobody_up_for_long() {
    let mut room = room_with(|faults| {
        faults.chatter = true;
        faults.silent = true;
    });
    let begun = room.line.now();
    while room.faults.is_empty() {
        room.run(0.1);
        assert!(room.line.now() - begun < Duration::from_secs(30));
    }
    room.line.device(|reader| {
        reader.faults.chatter = false;
        reader.faults.silent = false;
    });
    room.said();
    room.run(8.0);
    assert_eq!(room.said(), ["sam", "card 张三"]);
}

#[test]
fn a_status_nobody_knows_is_told_with_its_byte() {
    for status in [0x00, 0x01, 0x7F, 0xDC, 0xFA, 0xFF] {
        let mut room = room_with(|faults| {
            faults.status = Some(StatusOverride {
                command: [0x20, 0x01],
                status,
                times: 1000,
            });
        });
        room.run(2.0);
        assert_eq!(room.said(), [format!("refused {status:02X}")]);
        room.line.device(|reader| reader.faults.status = None);
        room.run(1.0);
        assert_eq!(room.said(), ["card 张三"]);
    }
}

#[test]
fn a_read_answer_that_is_lost_is_read_again_without_lifting_the_card() {
    // The module thinks the card is done with; only a reset makes it look again.
    let mut room = room_with(|faults| {
        faults.delay = Duration::from_millis(100);
    });
    let now = room.line.now();
    room.line.at(now + Duration::from_millis(450), |reader| {
        reader.faults.drop_answers = 1;
    });
    room.run(8.0);
    assert_eq!(room.said(), ["card 张三"]);
}

#[test]
fn the_answer_for_the_last_person_never_comes_for_the_next() {
    // The module answers the read after seven seconds, when another card lies there.
    let mut room = room_with(|_| {});
    room.line.device(|reader| {
        reader.faults.slow_reads = Duration::from_secs(7);
    });
    let now = room.line.now();
    room.line.at(now + Duration::from_secs(2), |reader| {
        reader.faults.slow_reads = Duration::ZERO;
        reader.swap(other());
    });
    room.run(25.0);
    assert!(!room.cards().is_empty());
    for card in room.cards() {
        assert_eq!(card.name, "张示例");
    }
}

fn other() -> CardContent {
    let mut other = zhang_san();
    other.name = "张示例".to_owned();
    other
}

#[test]
fn a_slipped_block_with_a_right_checksum_is_no_person() {
    // A byte that came twice and equals the checksum: the XOR does not see it.
    let mut room = room_with(|faults| faults.double_checksum_byte = 1);
    room.run(3.0);
    assert_eq!(room.cards()[0].number, "11010519491231002X");
    assert_eq!(room.said(), ["card 张三"]);
}

#[test]
fn an_unusual_card_is_read_twice_and_taken_as_it_is() {
    let mut room = Room::new();
    let mut card = zhang_san();
    card.number = "１１０".to_owned();
    card.valid_to = "永久".to_owned();
    room.line.device(|reader| reader.put(card));
    room.run(2.0);
    let read = room.cards()[0];
    assert_eq!((read.number.as_str(), read.number_valid), ("１１０", false));
    assert_eq!(read.valid_to.as_ref().unwrap().to_string(), "永久");
    assert_eq!(room.said(), ["sam", "card 张三"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_habit_is_survived_and_nobody_is_half_read(
        garbage in prop::collection::vec(any::<u8>(), 0..80),
        trailing in prop::collection::vec(any::<u8>(), 0..80),
        split in 0_usize..70,
        lose_bytes in 0_usize..30,
        break_off in 0_u32..3,
        break_lengths in (0_u32..3, any::<i8>()),
        chip_numbers: bool,
        command in prop::sample::select(vec![[0x20, 0x01], [0x20, 0x02], [0x30, 0x01], [0x30, 0x03]]),
        status in any::<u8>(),
    ) {
        let mut room = room_with(|faults| {
            faults.garbage = garbage;
            faults.trailing = trailing;
            faults.split = split;
            faults.lose_bytes = lose_bytes;
            faults.break_off = break_off;
            faults.break_lengths = break_lengths;
            faults.chip_numbers = chip_numbers;
            faults.status = Some(StatusOverride { command, status, times: 2 });
        });
        room.run(20.0);
        for card in room.cards() {
            prop_assert_eq!(&card.name, "张三");
            prop_assert_eq!(&card.number, "11010519491231002X");
        }
        room.line.device(|reader| {
            reader.faults = super::super::sim::Faults::default();
            reader.remove();
        });
        room.run(5.0);
        room.said();
        room.line.device(|reader| reader.put(zhang_san()));
        room.run(10.0);
        prop_assert_eq!(room.cards().len(), 1);
    }

    #[test]
    fn any_bytes_said_unasked_are_no_card(
        bytes in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..400), 1..10),
    ) {
        let mut room = Room::new();
        room.run(0.5);
        room.said();
        for piece in bytes {
            room.line.device(|reader| reader.say(&piece));
            room.run(0.4);
        }
        prop_assert!(room.cards().is_empty());
        prop_assert!(room.transport.read(&mut [0; 1], Duration::ZERO).is_ok());
    }
}
