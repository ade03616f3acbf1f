//! Fault scripts at the reader: no wrong person, and right again within ten seconds.

use std::time::Duration;

use super::super::ReaderEvent;
use super::super::sim::SimReader;
use super::climb::Climb;
use super::mutations::expected;
use super::zhang_san;
use crate::sim_script::Script;

const RECOVERED: Duration = Duration::from_secs(10);

/// The card of the golden frames, as a script puts it.
const CARD: &str = "card = { document = \"resident\", name = \"张三\", sexCode = \"1\", \
    ethnicityCode = \"01\", birthDate = \"1949-12-31\", address = \"北京市东城区测试路1号\", \
    number = \"11010519491231002X\", issuer = \"北京市公安局东城分局\", \
    validFrom = \"2020-01-01\", validTo = \"long-term\" }";

/// Cards read while `faults` happen after the card was put; then the reader must be right again.
fn story(faults: &str) -> usize {
    let text = format!("[[fault]]\nafter-ms = 1000\n{CARD}\n{faults}");
    let script = Script::parse("reader.toml", &text).unwrap();
    let mut room = Climb::new(SimReader::default(), Some(115_200));
    room.line.play(script.plan());
    let mut read = 0;
    while !room.line.played() || room.line.now() < Duration::from_secs(8) {
        read += cards(&room.round(), faults);
        assert!(
            room.line.now() < Duration::from_secs(60),
            "never over: {faults}"
        );
    }
    let before = room.line.now();
    room.line.device(|reader| {
        reader.remove();
        reader.put(zhang_san());
    });
    while cards(&room.round(), faults) == 0 {
        let took = room.line.now() - before;
        assert!(took < RECOVERED, "not right again: {faults}");
    }
    read
}

fn cards(events: &[ReaderEvent], faults: &str) -> usize {
    let mut count = 0;
    for event in events {
        match event {
            ReaderEvent::Card(card) => {
                assert_eq!(card.to_json(true), expected("张三"), "after {faults}");
                count += 1;
            }
            ReaderEvent::SamId(id) => assert_eq!(*id, SimReader::default().sam_id()),
            ReaderEvent::Removed | ReaderEvent::Fault(_) => {}
        }
    }
    count
}

#[test]
fn a_card_pulled_at_any_byte_of_the_answers_is_a_whole_person_or_none() {
    let mut whole = 0;
    for byte in (1..1500).step_by(23) {
        let faults = format!("[[fault]]\nafter-bytes-to-host = {byte}\npull-card = true");
        let read = story(&faults);
        assert!(read == 0 || byte > 1290, "a person of {byte} bytes");
        whole += read;
    }
    assert!(whole > 0, "no card was left there long enough");
}

#[test]
fn a_reader_unplugged_at_any_byte_of_the_answers_is_a_whole_person_or_none() {
    for byte in (1..1500).step_by(131) {
        let faults = format!(
            "[[fault]]\nafter-bytes-to-host = {byte}\nunplug = true\n[[fault]]\nafter-ms = 2000\nreplug = true"
        );
        story(&faults);
    }
}

#[test]
fn a_line_that_stumbles_makes_no_wrong_person() {
    for faults in [
        "after-bytes-to-host = 100\ndelay-ms = 3000",
        "after-bytes-to-host = 500\ndrop = 7",
        "after-bytes-to-host = 600\nflip = [0x01, 0x80]",
        "after-bytes-to-host = 600\nflip = [0x55]",
        "after-bytes-to-host = 700\ngarbage = [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 4, 0, 0, 0x90, 0x94]",
        "after-bytes-to-host = 900\nlose = true",
        "after-bytes-to-host = 300\nstuck-busy-ms = 5000",
        "after-bytes-to-device = 3\nway = \"to-device\"\ndrop = 20",
        "after-bytes-to-device = 12\nway = \"to-device\"\nflip = [0xFF]",
        "way = \"to-device\"\ngarbage = [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0xFF]",
    ] {
        story(&format!("[[fault]]\n{faults}"));
    }
}

#[test]
fn an_answer_in_small_pieces_is_one_answer() {
    let read = story(
        "[[fault]]\nsplit = { bytes = 40, pause-ms = 20 }\n\
         [[fault]]\nafter-ms = 6000\nsplit = { bytes = 0, pause-ms = 0 }",
    );
    assert_eq!(read, 1);
}

#[test]
fn two_cards_and_a_module_that_refuses_are_told_and_over_when_one_card_lies_there() {
    let two = format!("[[fault]]\nremove-card = true\n[[fault]]\n{CARD}\n[[fault]]\n{CARD}");
    story(&two);
    for status in [0x40, 0x60, 0x81, 0x91] {
        for command in ["[0x20, 0x01]", "[0x20, 0x02]", "[0x30, 0x01]"] {
            story(&format!(
                "[[fault]]\nanswer-status = {{ command = {command}, status = {status}, times = 3 }}"
            ));
        }
    }
}
