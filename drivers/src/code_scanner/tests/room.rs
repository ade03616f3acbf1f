//! What people hold before a scanner.

use std::time::Duration;

use super::super::sim::SimScanner;
use super::super::{CodeScanner, Ending, Family, ScanCommand, Settings};
use super::Room;
use crate::mrz::{Collected, Collector};
use crate::runner::Driver as _;

fn always() -> Room<SimScanner> {
    Room::new(
        CodeScanner::new(Settings::default()),
        SimScanner::new(None, b"\r\n"),
    )
}

fn module(family: Family, suffix: &[u8]) -> Room<SimScanner> {
    let settings = Settings {
        family: Some(family),
        ending: Ending::Any,
    };
    Room::new(
        CodeScanner::new(settings),
        SimScanner::new(Some(family), suffix),
    )
}

#[test]
fn every_terminator_ends_a_code_and_so_does_quiet() {
    for suffix in [&b"\r"[..], b"\n", b"\r\n", b"\t", b""] {
        let mut room = Room::new(
            CodeScanner::new(Settings::default()),
            SimScanner::new(None, suffix),
        );
        room.line.device(|scanner| scanner.show(b"ABC2-3456-789K"));
        room.run(0.3);
        assert_eq!(room.said(), ["ABC2-3456-789K"], "{suffix:?}");
        room.line.device(|scanner| scanner.show(b"second"));
        room.run(0.3);
        assert_eq!(room.said(), ["second"], "{suffix:?}");
    }
}

#[test]
fn a_code_held_for_ten_seconds_is_told_once() {
    let mut room = always();
    room.line.device(|scanner| {
        scanner.faults.again = Some(Duration::from_millis(400));
        scanner.show(b"token-1");
    });
    room.run(10.0);
    assert_eq!(room.said(), ["token-1"]);
    // Taken away for a second and shown again: still the same presentation.
    room.line.device(SimScanner::take_away);
    room.run(1.0);
    room.line.device(|scanner| scanner.show(b"token-1"));
    room.run(1.0);
    assert_eq!(room.said(), Vec::<String>::new());
    room.line.device(SimScanner::take_away);
    room.run(2.5);
    room.line.device(|scanner| scanner.show(b"token-1"));
    room.run(1.0);
    assert_eq!(room.said(), ["token-1"]);
}

/// Shows one code after the other for a fifth of a second each.
fn shown(room: &mut Room<SimScanner>, codes: &[&str]) -> Vec<String> {
    for text in codes {
        room.line.device(|scanner| scanner.show(text.as_bytes()));
        room.run(0.2);
    }
    room.said()
}

#[test]
fn two_codes_of_one_paper_seen_in_turn_are_told_once_each() {
    let mut room = always();
    let codes = ["one", "two", "one", "two", "one", "one"];
    assert_eq!(shown(&mut room, &codes), ["one", "two"]);
    let counted = [
        ("codes_read", 2),
        ("codes_repeated", 4),
        ("codes_rejected", 0),
    ];
    assert_eq!(room.driver.counters(), counted);
    room.run(2.0);
    assert_eq!(shown(&mut room, &["two", "one"]), ["two", "one"]);
    let many: Vec<String> = (0..100).map(|n| n.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(shown(&mut room, &many), many, "and no more are kept");
}

#[test]
fn after_a_line_that_broke_off_the_one_before_is_told_again() {
    let mut room = always();
    assert_eq!(shown(&mut room, &["line 1"]), ["line 1"]);
    room.line.device(|scanner| scanner.show(b"\xFF\xFF\xFF"));
    room.run(0.2);
    assert_eq!(room.said(), ["rejected encoding"]);
    assert_eq!(
        shown(&mut room, &["line 1", "line 2"]),
        ["line 1", "line 2"]
    );
}

#[test]
fn what_did_not_help_is_told_again_once_that_was_said() {
    let mut room = always();
    assert_eq!(shown(&mut room, &["one", "one"]), ["one"]);
    room.tell(ScanCommand::Forget);
    assert_eq!(shown(&mut room, &["one", "one"]), ["one"]);
}

#[test]
fn an_answer_that_comes_late_is_no_code() {
    for millis in [600, 1_500, 5_000] {
        for suffix in [&b"\r"[..], b""] {
            let mut room = module(Family::Gm65, suffix);
            room.run(1.0);
            let late = Duration::from_millis(millis);
            room.line
                .device(|scanner| scanner.faults.reply_delay = late);
            room.tell(ScanCommand::Trigger);
            room.run(late.as_secs_f64() + 0.3);
            assert_eq!(room.said(), Vec::<String>::new(), "after {millis} ms");
            assert_eq!(shown(&mut room, &["1234"]), ["1234"], "after {millis} ms");
            room.line.device(|scanner| scanner.show(b"at once"));
            room.tell(ScanCommand::Trigger);
            room.run(late.as_secs_f64() + 0.3);
            assert_eq!(room.said(), ["at once"], "after {millis} ms");
        }
    }
}

#[test]
fn an_answer_that_never_came_is_not_waited_for_beside_the_next() {
    let mut room = module(Family::Gm65, b"\r");
    room.run(1.0);
    room.line.device(|scanner| scanner.faults.deaf = true);
    room.tell(ScanCommand::Trigger);
    room.run(4.0);
    room.line.device(|scanner| scanner.faults.deaf = false);
    room.tell(ScanCommand::Trigger);
    room.run(0.3);
    let like_an_answer = "\u{2}\0\0\u{1}\u{0}31";
    assert_eq!(shown(&mut room, &[like_an_answer]), [like_an_answer]);
}

#[test]
fn chinese_comes_as_utf8_or_as_gb18030() {
    let mut room = always();
    room.line.device(|scanner| scanner.show("张三".as_bytes()));
    room.run(0.2);
    // 张三 and the four-byte 㐂, U+3402, of the national standard.
    room.line
        .device(|scanner| scanner.show(b"\xD5\xC5\xC8\xFD\x81\x39\xEE\x39"));
    room.run(0.2);
    let said = room.said();
    assert_eq!(said[0], "张三");
    assert!(said[1].starts_with("张三"), "{said:?}");
    assert_eq!(said[1].chars().count(), 3);
    room.line.device(|scanner| scanner.show(b"\xFF\xFF\xFF"));
    room.run(0.2);
    assert_eq!(room.said(), ["rejected encoding"]);
}

#[test]
fn the_prefix_of_the_symbology_is_taken_off() {
    let mut room = always();
    for (sent, read) in [
        ("]Q1https://city.example/m/1", "https://city.example/m/1"),
        ("]C0ABC", "ABC"),
        ("]-1ABC", "]-1ABC"),
        ("\u{FEFF}ABCD", "ABCD"),
    ] {
        room.line.device(|scanner| scanner.show(sent.as_bytes()));
        room.run(0.2);
        assert_eq!(room.said(), [read]);
    }
    room.line.device(|scanner| scanner.show(b"]Q1"));
    room.run(0.2);
    assert_eq!(room.said(), Vec::<String>::new());
}

#[test]
fn a_triggered_module_looks_for_one_code_and_its_answer_is_no_code() {
    for family in [Family::Honeywell, Family::Newland, Family::Gm65] {
        for suffix in [&b"\r\n"[..], b""] {
            let mut room = module(family, suffix);
            room.line.device(|scanner| scanner.show(b"1234"));
            room.run(1.0);
            assert_eq!(room.said(), Vec::<String>::new(), "{family:?}");
            room.tell(ScanCommand::Trigger);
            room.run(1.0);
            assert_eq!(room.said(), ["1234"], "{family:?} {suffix:?}");
            assert_eq!(room.line.device(|scanner| scanner.triggered()), 1);
            room.tell(ScanCommand::Trigger);
            room.run(0.2);
            assert!(room.line.device(|scanner| scanner.looking()));
            room.tell(ScanCommand::Stop);
            room.run(0.3);
            assert!(!room.line.device(|scanner| scanner.looking()));
            assert_eq!(room.said(), Vec::<String>::new(), "{family:?}");
            assert!(room.faults.is_empty());
        }
    }
}

#[test]
fn a_code_that_looks_like_an_answer_is_a_code() {
    let mut room = module(Family::Gm65, b"\r");
    room.run(1.0);
    let twice = b"\x02\x00\x00\x01\x00\x33\x31";
    room.line.device(|scanner| scanner.show(twice));
    room.tell(ScanCommand::Trigger);
    room.run(1.0);
    assert_eq!(room.said(), ["\u{2}\0\0\u{1}\u{0}31"]);
}

#[test]
fn a_passport_read_by_a_scanner_becomes_a_document() {
    let mut room = always();
    // The specimen of ICAO Doc 9303, part 4.
    let zone = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\r\n\
                L898902C36UTO7408122F1204159ZE184226B<<<<<10";
    room.line.device(|scanner| scanner.show(zone.as_bytes()));
    room.run(0.5);
    let today = crate::id_card::Date::from_digits("20260401").unwrap();
    let mut collector = Collector::default();
    let now = room.line.now();
    let collected: Vec<Collected> = room
        .said()
        .iter()
        .map(|line| collector.push(now, line, today))
        .collect();
    assert_eq!(collected[0], Collected::More);
    let Collected::Document(passport) = &collected[1] else {
        panic!("{collected:?}");
    };
    assert_eq!(passport.number, "L898902C3");
}

#[test]
fn a_code_on_its_way_when_the_trigger_is_pulled_leaves_the_answer_no_code() {
    let mut room = module(Family::Gm65, b"\r");
    room.tell(ScanCommand::Trigger);
    room.run(0.2);
    room.line.device(|scanner| {
        scanner.faults.delay = Duration::from_millis(150);
        scanner.show(b"first");
    });
    room.run(0.1);
    room.tell(ScanCommand::Trigger);
    room.run(0.3);
    room.line.device(|scanner| scanner.show(b"second"));
    room.run(0.5);
    assert_eq!(room.said(), ["first", "second"]);
}

#[test]
fn answers_to_commands_in_a_row_are_no_part_of_the_code() {
    for family in [Family::Newland, Family::Gm65] {
        let settings = Settings {
            family: Some(family),
            ..Settings::default()
        };
        let mut room = Room::new(
            CodeScanner::new(settings),
            SimScanner::new(Some(family), b"\r"),
        );
        for command in [
            ScanCommand::Trigger,
            ScanCommand::Stop,
            ScanCommand::Trigger,
        ] {
            room.tell(command);
        }
        room.run(0.3);
        room.line.device(|scanner| scanner.show(b"A-1"));
        room.run(1.0);
        assert_eq!(room.said(), ["A-1"], "{}", family.name());
    }
}
