//! What people do at a reader.

use std::time::Duration;

use super::super::ReaderFaultKind;
use super::super::sim::{CardContent, StatusOverride};
use super::super::{CardDate, Document};
use super::{Room, kinds, zhang_san};
use crate::runner::{Condition, Driver as _};

#[test]
fn a_card_is_put_read_and_taken_away() {
    let mut room = Room::new();
    room.run(1.0);
    assert_eq!(room.said(), ["sam"]);
    room.line.device(|reader| reader.put(zhang_san()));
    room.run(0.6);
    assert_eq!(room.cards().len(), 1);
    assert!(room.cards()[0].photo);
    assert_eq!(room.said(), ["card 张三"]);
    room.run(5.0);
    assert_eq!(room.said(), Vec::<String>::new());
    room.line.device(|reader| reader.remove());
    room.run(0.6);
    assert_eq!(room.said(), ["removed"]);
}

#[test]
fn a_reader_is_busy_while_it_reads_a_card_and_not_while_it_looks_for_one() {
    let mut room = Room::new();
    room.run(1.0);
    let busy = |room: &Room| room.driver.condition() != Condition::ONLINE;
    assert!(!busy(&room));
    room.line.device(|reader| reader.put(zhang_san()));
    while !busy(&room) {
        room.round();
    }
    assert!(room.cards().is_empty());
    assert_eq!(room.driver.condition().detail, "reading");
    room.round();
    assert_eq!(room.cards().len(), 1);
    assert!(!busy(&room));
}

#[test]
fn a_card_is_read_within_the_poll_and_the_wire_time() {
    let mut room = Room::new();
    room.run(2.0);
    let put = room.line.now();
    room.line.device(|reader| reader.put(zhang_san()));
    while room.cards().is_empty() {
        room.run(0.001);
    }
    // 300 ms of polling, and 1,369 bytes at 115200 are 119 ms.
    assert!(room.line.now() - put < Duration::from_millis(425));
}

#[test]
fn a_card_lifted_while_it_is_read_gives_no_part_of_a_person() {
    for after in [310, 320, 400, 450, 500, 700, 1000] {
        let mut room = Room::new();
        room.run(0.5);
        room.said();
        // The module takes its time, so the lift falls into find, select, read or address.
        room.line.device(|reader| {
            reader.faults.delay = Duration::from_millis(150);
            reader.put(zhang_san());
        });
        let now = room.line.now();
        room.line
            .at(now + Duration::from_millis(after), |reader| reader.remove());
        room.run(3.0);
        let whole = room.cards().iter().all(|card| card.number.len() == 18);
        assert!(whole);
        let said = room.said();
        if !said.is_empty() {
            assert_eq!(said.len(), 2, "{after}: {said:?}");
            assert_eq!(said[1], "removed", "{after}: {said:?}");
        }
        room.line.device(|reader| reader.put(zhang_san()));
        room.run(2.0);
        assert_eq!(room.said(), ["card 张三"], "{after}");
    }
}

#[test]
fn a_card_lifted_too_early_says_so_and_reads_when_put_back() {
    let mut room = Room::new();
    room.run(0.5);
    room.said();
    room.line.device(|reader| {
        let times = 1;
        reader.faults.status = Some(StatusOverride {
            command: [0x30, 0x01],
            status: 0x41,
            times,
        });
        reader.put(zhang_san());
    });
    let now = room.line.now();
    room.line
        .at(now + Duration::from_millis(450), |reader| reader.remove());
    room.run(1.5);
    assert_eq!(room.said(), ["read_failed 41", "removed"]);
    room.line.device(|reader| reader.put(zhang_san()));
    room.run(1.0);
    assert_eq!(room.said(), ["card 张三"]);
}

#[test]
fn after_a_read_find_stays_silent_and_the_card_still_counts_as_there() {
    let mut room = Room::new();
    room.line.device(|reader| reader.put(zhang_san()));
    room.run(20.0);
    assert_eq!(room.said(), ["sam", "card 张三"]);
}

#[test]
fn a_card_left_on_the_reader_is_found_when_the_program_starts_again() {
    let mut room = Room::new();
    room.line.device(|reader| reader.put(zhang_san()));
    room.run(2.0);
    room.identified = false;
    room.run(2.0);
    assert_eq!(room.said(), ["sam", "card 张三", "sam", "card 张三"]);
}

#[test]
fn another_card_put_at_once_is_another_person() {
    let mut room = Room::new();
    room.line.device(|reader| reader.put(zhang_san()));
    room.run(2.0);
    let mut other = zhang_san();
    other.name = "张示例".to_owned();
    room.line.device(|reader| {
        reader.remove();
        reader.put(other);
    });
    room.run(2.0);
    assert_eq!(room.said(), ["sam", "card 张三", "removed", "card 张示例"]);
}

#[test]
fn two_cards_at_once_are_told_once() {
    let mut room = Room::new();
    room.line.device(|reader| {
        reader.put(zhang_san());
        reader.put(zhang_san());
    });
    room.run(5.0);
    assert_eq!(room.said(), ["sam", "select_failed 81"]);
    room.line.device(|reader| reader.remove());
    room.run(1.0);
    assert_eq!(room.said(), ["removed"]);
}

#[test]
fn a_card_of_another_kind_is_told_once_and_nobody_accused() {
    for (status, kind) in [
        (0x40, ReaderFaultKind::UnsupportedCard),
        (0x31, ReaderFaultKind::NotAccepted),
        (0x32, ReaderFaultKind::NotAccepted),
        (0x33, ReaderFaultKind::NotAccepted),
        (0x41, ReaderFaultKind::ReadFailed),
        (0x21, ReaderFaultKind::Refused),
        (0x24, ReaderFaultKind::Refused),
        (0x47, ReaderFaultKind::ReadFailed),
        (0xDC, ReaderFaultKind::Refused),
    ] {
        let mut room = Room::new();
        let command = [0x30, 0x01];
        room.line.device(|reader| {
            reader.faults.status = Some(StatusOverride {
                command,
                status,
                times: 1000,
            });
            reader.put(zhang_san());
        });
        room.run(5.0);
        assert_eq!(kinds(&room.events), [kind], "{status:02X}");
        assert!(room.faults.is_empty() && room.cards().is_empty());
        room.line.device(|reader| {
            reader.faults.status = None;
            reader.remove();
        });
        room.run(1.0);
        room.line.device(|reader| reader.put(zhang_san()));
        room.run(1.0);
        assert_eq!(room.said().last().unwrap(), "card 张三", "{status:02X}");
    }
}

#[test]
fn a_moved_resident_has_both_addresses() {
    let mut room = Room::new();
    let mut card = zhang_san();
    card.new_address = "上海市黄浦区样例路2号".to_owned();
    room.line.device(|reader| reader.put(card));
    room.run(1.0);
    assert_eq!(
        room.cards()[0].new_address.as_deref(),
        Some("上海市黄浦区样例路2号")
    );
    assert_eq!(
        room.cards()[0].address.as_deref(),
        Some("北京市东城区测试路1号")
    );
}

#[test]
fn a_wrong_check_digit_and_an_impossible_date_are_flagged_and_accepted() {
    let mut room = Room::new();
    let mut card = zhang_san();
    card.number = "110105194912310021".to_owned();
    card.birth_date = "19491232".to_owned();
    room.line.device(|reader| reader.put(card));
    room.run(1.0);
    let read = room.cards()[0];
    assert!(!read.number_valid);
    assert_eq!(
        read.birth_date,
        Some(CardDate::Unreadable("19491232".to_owned()))
    );
}

#[test]
fn a_rare_name_and_a_card_without_photo_are_read() {
    let mut room = Room::new();
    let mut card = CardContent::blank(Document::Resident);
    card.name = "陈𬱖样".to_owned();
    card.number = "59010219771111005X".to_owned();
    card.photo = false;
    room.line.device(|reader| reader.put(card));
    room.run(1.0);
    assert_eq!(room.cards()[0].name, "陈𬱖样");
    assert!(!room.cards()[0].photo);
}
