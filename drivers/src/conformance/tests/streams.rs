//! Devices on a byte stream: card readers, keypads, code scanners, cabinets.

use std::time::Duration;

use super::*;
use crate::cabinet::sim::SimBoard;
use crate::cabinet::{RegisterMap, Signal, Slot};
use crate::code_scanner::sim::SimScanner;
use crate::code_scanner::{self, Family};
use crate::conformance::{NoGuide, Verdict};
use crate::id_card::sim::{CardContent, SimReader, StatusOverride};
use crate::id_card::{Document, SamId};
use crate::input_event::sim::SimKeys;
use crate::keypad::{Key, KeyMap};

fn card() -> CardContent {
    CardContent::blank(Document::Foreigner2017)
}

fn lay_or_lift(reader: &mut SimReader, instruction: Instruction) {
    match instruction {
        Instruction::LayCard => reader.put(card()),
        Instruction::TakeCardAway => reader.remove(),
        other => panic!("a reader was asked to {}", other.name()),
    }
}

pub(super) fn a_good_reader_passes_every_level() {
    let (host, _folder) = host(SimReader::default());
    let sam_id = host.device(|reader| reader.sam_id()).to_string();
    let target = target(host.selector());
    let silent = silent(DeviceKind::IdCard, &target);
    passes(&silent);
    assert_eq!(silent.identity, Some(sam_id));
    host.device(|reader| reader.put(card()));
    let active = active(DeviceKind::IdCard, &target);
    passes(&active);
    shows(&active, &["card"]);
    host.device(SimReader::remove);
    let mut hand = Hand(|instruction| {
        if !moved_cable(&host, instruction) {
            host.device(|reader| lay_or_lift(reader, instruction));
        }
    });
    let guided = guided(DeviceKind::IdCard, &target, &mut hand);
    passes(&guided);
    shows(
        &guided,
        &[
            "resets",
            "card-read",
            "card-removed",
            "plugged-in",
            "card-read-again",
        ],
    );
}

pub(super) fn a_reader_without_a_card_is_not_at_fault() {
    let (host, _folder) = host(SimReader::default());
    let target = impatient(host.selector());
    let report = active(DeviceKind::IdCard, &target);
    passes(&report);
    assert_eq!(report.check("card").unwrap().verdict, Verdict::Skipped);
}

pub(super) fn a_silent_reader_does_not_identify_itself() {
    let (host, _folder) = host(SimReader::default());
    host.device(|reader| reader.faults.silent = true);
    let target = target(host.selector());
    let report = guided(DeviceKind::IdCard, &target, &mut NoGuide);
    fails(&report, "identifies", "no_answer");
    assert_eq!(report.checks.len(), 2, "{report}");
}

#[test]
fn a_reader_that_is_not_there_does_not_open() {
    let target = target(&"serial:/dev/there-is-none".parse().unwrap());
    let report = silent(DeviceKind::IdCard, &target);
    fails(&report, "opens", "absent");
}

#[test]
fn a_reader_swapped_between_two_asks_is_another() {
    let (host, _folder) = host(SimReader::default());
    let target = target(host.selector());
    let swap = || host.device(|reader| *reader = SimReader::new(SamId([7; 16])));
    let mut swapped = After("status", Some(swap));
    let report = run(DeviceKind::IdCard, &target, Level::Silent, &mut swapped);
    fails(&report, "same-identity", "now it is");
}

#[test]
fn a_reader_that_cannot_read_fails_the_reading_and_no_more() {
    let (host, _folder) = host(SimReader::default());
    host.device(|reader| {
        reader.faults.status = Some(StatusOverride {
            command: [0x30, 0x01],
            status: 0x41,
            times: 1000,
        });
    });
    let mut hand = Hand(|instruction| {
        if !moved_cable(&host, instruction) {
            host.device(|reader| lay_or_lift(reader, instruction));
        }
    });
    let target = target(host.selector());
    let report = guided(DeviceKind::IdCard, &target, &mut hand);
    fails(&report, "card-read", "read_failed");
    shows(&report, &["resets"]);
}

pub(super) fn a_reader_that_misses_the_removal_fails_it() {
    let (host, _folder) = host(SimReader::default());
    let mut hand = Hand(|instruction| match instruction {
        Instruction::TakeCardAway => {}
        other if moved_cable(&host, other) => {}
        other => host.device(|reader| lay_or_lift(reader, other)),
    });
    let target = impatient(host.selector());
    let report = guided(DeviceKind::IdCard, &target, &mut hand);
    fails(&report, "card-removed", "not within 2 s");
}

fn code_of(wanted: Key) -> u16 {
    let map = KeyMap::default();
    (0..0x300)
        .find(|code| map.key(*code) == Some(wanted))
        .unwrap()
}

#[test]
fn a_good_keypad_passes_every_level() {
    let (host, _folder) = host(SimKeys::default());
    let target = target(host.selector());
    for level in [Level::Silent, Level::Active, Level::Guided] {
        let mut hand = Hand(|instruction| {
            if let Instruction::PressKey(key) = instruction {
                let gap = Duration::from_millis(1);
                host.device(|keys| keys.tap(code_of(key), gap));
            } else {
                assert!(moved_cable(&host, instruction));
            }
        });
        let report = run(DeviceKind::Keypad, &target, level, &mut hand);
        passes(&report);
        let keys = [
            "up", "down", "left", "right", "select", "back", "repeat", "help",
        ];
        let pressed = keys
            .iter()
            .filter(|key| shown(&report).contains(key))
            .count();
        assert_eq!(
            pressed,
            if level == Level::Guided { 8 } else { 0 },
            "{report}"
        );
    }
}

pub(super) fn crossed_wires_of_a_keypad_fail_the_key_and_name_the_one_that_came() {
    let (host, _folder) = host(SimKeys::default());
    let mut hand = Hand(|instruction| {
        if instruction == Instruction::PressKey(Key::Select) {
            host.device(|keys| keys.tap(code_of(Key::Back), Duration::from_millis(1)));
        } else if let Instruction::PressKey(key) = instruction {
            host.device(|keys| keys.tap(code_of(key), Duration::from_millis(1)));
        } else {
            assert!(moved_cable(&host, instruction));
        }
    });
    let target = target(host.selector());
    let report = guided(DeviceKind::Keypad, &target, &mut hand);
    fails(&report, "select", "back came instead");
    shows(&report, &["down"]);
}

fn scanner(target: Target) -> Target {
    let codes = code_scanner::Settings {
        family: Some(Family::Gm65),
        ..code_scanner::Settings::default()
    };
    Target { codes, ..target }
}

pub(super) fn a_good_code_scanner_passes_every_level_and_is_dark_in_silence() {
    let (host, _folder) = host(SimScanner::new(Some(Family::Gm65), b"\r"));
    let target = scanner(target(host.selector()));
    let silent = silent(DeviceKind::CodeScanner, &target);
    passes(&silent);
    assert_eq!(host.device(|scanner| scanner.triggered()), 0);
    let active = active(DeviceKind::CodeScanner, &target);
    passes(&active);
    let (triggered, on) = host.device(|scanner| (scanner.triggered(), scanner.looking()));
    assert_eq!((triggered, on), (1, false));
    let mut hand = Hand(|instruction| match instruction {
        Instruction::ShowCode => host.device(|scanner| scanner.show(b"ABC2-3456-789K")),
        other => assert!(moved_cable(&host, other)),
    });
    let guided = guided(DeviceKind::CodeScanner, &target, &mut hand);
    passes(&guided);
    assert_eq!(guided.check("code-read").unwrap().detail, "14 characters");
    assert!(!guided.to_string().contains("3456"), "{guided}");
}

pub(super) fn a_deaf_code_scanner_does_not_identify_itself() {
    let (host, _folder) = host(SimScanner::new(Some(Family::Gm65), b"\r"));
    host.device(|scanner| scanner.faults.deaf = true);
    let target = scanner(impatient(host.selector()));
    let report = active(DeviceKind::CodeScanner, &target);
    fails(&report, "identifies", "no_answer");
}

pub(super) fn a_code_scanner_that_goes_deaf_at_work_fails_the_trigger() {
    let (host, _folder) = host(SimScanner::new(Some(Family::Gm65), b"\r"));
    let target = scanner(impatient(host.selector()));
    let mut deaf = After(
        "reopens",
        Some(|| host.device(|scanner| scanner.faults.deaf = true)),
    );
    let report = run(DeviceKind::CodeScanner, &target, Level::Active, &mut deaf);
    fails(&report, "triggers", "not within 5 s");
}

pub(super) fn a_code_scanner_set_to_another_encoding_fails_the_code() {
    let (host, _folder) = host(SimScanner::new(Some(Family::Gm65), b"\r"));
    let mut hand = Hand(|instruction| match instruction {
        Instruction::ShowCode => host.device(|scanner| scanner.show(b"\xFF\xFE\x41\x00")),
        other => assert!(moved_cable(&host, other)),
    });
    let target = scanner(target(host.selector()));
    let report = guided(DeviceKind::CodeScanner, &target, &mut hand);
    fails(&report, "code-read", "encoding");
}

pub(super) fn a_good_cabinet_passes_every_level_and_is_dark_afterwards() {
    let map = RegisterMap::sample().unwrap();
    let (host, _folder) = host(SimBoard::new(&map));
    let target = target(host.selector());
    for level in [Level::Silent, Level::Active, Level::Guided] {
        let mut hand = Hand(|instruction| match instruction {
            Instruction::Switch { signal, on } => host.device(|board| board.set(signal, on)),
            other => assert!(moved_cable(&host, other)),
        });
        let report = run(DeviceKind::Cabinet, &target, level, &mut hand);
        passes(&report);
        let lights = shown(&report)
            .iter()
            .filter(|name| name.starts_with("light-"))
            .count();
        assert_eq!(lights, if level == Level::Silent { 0 } else { 5 });
        assert!(
            map.slots()
                .all(|slot| host.device(|board| board.lit(slot)) == Some(false))
        );
        let doors = shown(&report).contains(&"door");
        assert_eq!(doors, level == Level::Guided, "{report}");
    }
}

pub(super) fn a_technician_who_stands_before_the_kiosk_already_has_only_to_step_away() {
    let map = RegisterMap::sample().unwrap();
    let (host, _folder) = host(SimBoard::new(&map));
    host.device(|board| board.set(Signal::Presence, true));
    let mut hand = Hand(|instruction| match instruction {
        Instruction::Switch { signal, on } => host.device(|board| board.set(signal, on)),
        other => assert!(moved_cable(&host, other)),
    });
    let target = target(host.selector());
    passes(&guided(DeviceKind::Cabinet, &target, &mut hand));
}

#[test]
fn a_cabinet_whose_lamp_relay_is_refused_fails_that_light() {
    let map = RegisterMap::sample().unwrap();
    let (host, _folder) = host(SimBoard::new(&map));
    let target = impatient(host.selector());
    let mut broken = After(
        "light-card",
        Some(|| host.device(|board| board.faults.exception = Some(4))),
    );
    let report = run(DeviceKind::Cabinet, &target, Level::Active, &mut broken);
    fails(&report, "light-receipt", "");
    assert_eq!(host.device(|board| board.lit(Slot::Card)), Some(false));
}

pub(super) fn a_door_switch_that_hangs_fails_the_door() {
    let map = RegisterMap::sample().unwrap();
    let (host, _folder) = host(SimBoard::new(&map));
    let mut hand = Hand(|instruction| match instruction {
        Instruction::Switch { signal, on } if signal.name() != "door" => {
            host.device(|board| board.set(signal, on));
        }
        Instruction::Switch { .. } => {}
        other => assert!(moved_cable(&host, other)),
    });
    let target = impatient(host.selector());
    let report = guided(DeviceKind::Cabinet, &target, &mut hand);
    fails(&report, "door", "not within 2 s");
    shows(&report, &["cover"]);
}

pub(super) fn a_board_that_takes_another_address_does_not_identify_itself() {
    let map = RegisterMap::sample().unwrap();
    let (host, _folder) = host(SimBoard::new(&map));
    host.device(|board| board.faults.other_unit = true);
    let target = impatient(host.selector());
    let report = silent(DeviceKind::Cabinet, &target);
    fails(&report, "identifies", "");
}
