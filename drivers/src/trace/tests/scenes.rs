//! What is recorded of the simulators, live and played back.

use std::time::Duration;

use serde_json::Value;

use super::{played, recorded};
use crate::cabinet::sim::SimBoard;
use crate::cabinet::{RegisterMap, Signal};
use crate::code_scanner::sim::SimScanner;
use crate::code_scanner::{self, Family};
use crate::conformance::{DeviceKind, Target};
use crate::id_card::Document;
use crate::id_card::sim::{CardContent, SimReader};
use crate::input_event::SW_HEADPHONE_INSERT;
use crate::input_event::sim::SimKeys;
use crate::receipt_printer::sim::{Build, PrinterSim};
use crate::trace::Recording;
use crate::transport::memory::MemoryLine;

/// The speed of the simulated lines.
const PACE: Option<u32> = Some(115_200);

/// A recording of a scene, and what the driver said in it.
pub(super) type Scene = (String, Vec<Value>);

fn at(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

fn target() -> Target {
    Target::new("serial:/dev/ttyUSB0@115200".parse().unwrap())
}

fn recording(seconds: f64, reveal: bool, orders: &[(f64, &str)]) -> Recording {
    let orders = orders.iter();
    Recording {
        time: at(seconds),
        reveal,
        orders: orders
            .map(|(when, text)| (at(*when), (*text).to_owned()))
            .collect(),
    }
}

/// A card of each document, with what a person is known by.
pub(super) fn card(document: Document) -> CardContent {
    let mut card = CardContent::blank(document);
    card.name = "证件样本".to_owned();
    card.english_name = "ZHENGJIAN, YANGBEN".to_owned();
    card.birth_date = "1990-01-01".to_owned();
    card.valid_from = "2019-01-01".to_owned();
    card.valid_to = "2029-01-01".to_owned();
    card.sex_code = "1".to_owned();
    let number = match document {
        Document::Resident => "440524188001010014",
        Document::Hmt => "820000199001010029",
        Document::Foreigner2017 => "CAN110081080310",
        Document::Foreigner2023 => "931586198001010028",
    };
    card.number = number.to_owned();
    match document {
        Document::Resident => {
            card.ethnicity_code = "01".to_owned();
            card.new_address = "云汀市样本路9号".to_owned();
        }
        Document::Hmt => card.permit_number = "H01234567".to_owned(),
        Document::Foreigner2017 => card.nationality = "CAN".to_owned(),
        Document::Foreigner2023 => card.nationality = "PAK".to_owned(),
    }
    card
}

/// A card is laid down, read whole and taken away.
pub(super) fn card_read(content: CardContent, reveal: bool) -> Scene {
    let line = MemoryLine::new(SimReader::default(), PACE);
    line.at(at(0.6), |reader| reader.put(content));
    line.at(at(2.5), SimReader::remove);
    recorded(
        DeviceKind::IdCard,
        &target(),
        recording(4.0, reveal, &[]),
        &line,
    )
}

/// A code is scanned on the trigger, another without being asked, and one that is no text.
pub(super) fn code_scan(reveal: bool) -> Scene {
    let line = MemoryLine::new(SimScanner::new(Some(Family::Gm65), b"\r"), PACE);
    let codes = code_scanner::Settings {
        family: Some(Family::Gm65),
        ..code_scanner::Settings::default()
    };
    let target = Target { codes, ..target() };
    line.at(at(0.5), |scanner| scanner.show(b"ABC2-3456-789K"));
    line.at(at(1.2), |scanner| scanner.show("李四的预约".as_bytes()));
    line.at(at(1.8), |scanner| scanner.show(b"\xFF\xFE\xFD"));
    let orders = [
        (0.3, "trigger"),
        (1.0, "trigger"),
        (1.7, "trigger"),
        (2.3, "stop"),
    ];
    recorded(
        DeviceKind::CodeScanner,
        &target,
        recording(3.0, reveal, &orders),
        &line,
    )
}

/// The roll ends in the middle of a slip; new paper; the next slip.
pub(super) fn slip_with_paper_out() -> Scene {
    let line = MemoryLine::new(PrinterSim::new(Build::default()), PACE);
    line.at(at(0.5), |printer| printer.end_roll_after(45.0));
    line.at(at(6.0), PrinterSim::refill);
    let orders = [
        (1.0, "print 20"),
        (2.0, "print 40"),
        (9.0, "print 10"),
        (11.0, "clear"),
    ];
    recorded(
        DeviceKind::ReceiptPrinter,
        &target(),
        recording(12.0, false, &orders),
        &line,
    )
}

/// A visitor, the service door, headphones, a light.
pub(super) fn cabinet() -> Scene {
    let line = MemoryLine::new(SimBoard::new(&RegisterMap::sample().unwrap()), Some(9600));
    line.at(at(1.0), |board| board.set(Signal::Presence, true));
    line.at(at(2.0), |board| board.set(Signal::Door, true));
    line.at(at(2.5), |board| board.set_temperature(315));
    line.at(at(3.0), |board| board.set(Signal::Mains, false));
    let orders = [(1.5, "light card on"), (3.5, "light card off")];
    recorded(
        DeviceKind::Cabinet,
        &target(),
        recording(5.0, false, &orders),
        &line,
    )
}

/// A few keys and the headphones.
pub(super) fn keypad() -> Scene {
    let line = MemoryLine::new(SimKeys::default(), None);
    line.device(|keys| {
        keys.tap(103, at(0.3));
        keys.tap(28, at(0.4));
        keys.switch(SW_HEADPHONE_INSERT, true, at(0.3));
        keys.press(108, at(0.2));
        keys.repeat(108, at(0.25));
        keys.release(108, at(0.1));
    });
    recorded(
        DeviceKind::Keypad,
        &target(),
        recording(2.0, false, &[]),
        &line,
    )
}

/// The reader's cable is pulled and plugged in again.
fn unplugged() -> Scene {
    let line = MemoryLine::new(SimReader::default(), PACE);
    line.unplug_at(at(1.0));
    line.plug_at(at(1.0));
    line.at(at(1.5), |reader| reader.put(card(Document::Hmt)));
    recorded(
        DeviceKind::IdCard,
        &target(),
        recording(4.0, true, &[]),
        &line,
    )
}

#[test]
fn what_is_played_back_is_what_was_said_then() {
    for document in [
        Document::Resident,
        Document::Hmt,
        Document::Foreigner2017,
        Document::Foreigner2023,
    ] {
        let (text, said) = card_read(card(document), true);
        assert!(said.iter().any(|it| it["event"] == "removed"), "{said:?}");
        assert_eq!(played(&text, true).unwrap(), said, "{document:?}");
    }
    for (text, said) in [
        code_scan(true),
        slip_with_paper_out(),
        cabinet(),
        keypad(),
        unplugged(),
    ] {
        assert!(said.len() > 3, "{said:?}");
        assert_eq!(played(&text, true).unwrap(), said);
    }
}

#[test]
fn nothing_of_a_card_stands_in_a_recording_and_it_plays_all_the_same() {
    for document in [
        Document::Resident,
        Document::Hmt,
        Document::Foreigner2017,
        Document::Foreigner2023,
    ] {
        let content = card(document);
        let wide = |text: &str| -> Vec<String> {
            let units = text.encode_utf16().flat_map(u16::to_le_bytes);
            units.map(|byte| format!("{byte:02X}")).collect()
        };
        let (open, live) = card_read(content.clone(), true);
        let (text, said) = card_read(content.clone(), false);
        for secret in [&content.name, &content.english_name, &content.new_address] {
            let secret = wide(secret).join(" ");
            let holds = |text: &str| !secret.is_empty() && text.contains(&secret);
            assert!(!holds(&text), "{document:?}: {secret}");
        }
        assert!(
            open.contains(&wide("9").join(" ")),
            "the search itself works"
        );
        assert!(text.contains("replaced 1284 sha256 "), "{text}");
        // The same events, of a specimen of the same document.
        let shape = |all: &[Value]| -> Vec<(Value, Value, Value)> {
            let each = all.iter();
            each.map(|it| {
                (
                    it["event"].clone(),
                    it["document"].clone(),
                    it["photo"].clone(),
                )
            })
            .collect()
        };
        let back = played(&text, false).unwrap();
        assert_eq!(shape(&back), shape(&said), "{document:?}");
        assert_eq!(shape(&said), shape(&live));
    }
}

#[test]
fn a_card_read_twice_because_it_looked_odd_is_read_twice_again() {
    let mut odd = card(Document::Resident);
    odd.number = "440524188001010015".to_owned();
    let (text, said) = card_read(odd, false);
    assert_eq!(
        text.matches("> AA AA AA 96 69 00 03 30 01").count(),
        2,
        "{text}"
    );
    let back = played(&text, false).unwrap();
    assert_eq!(back.len(), said.len(), "{back:?}");
    assert!(back.iter().any(|it| it["numberValid"] == false), "{back:?}");
}

#[test]
fn nothing_of_a_code_stands_in_a_recording() {
    let (text, said) = code_scan(false);
    let hex =
        |text: &str| -> Vec<String> { text.bytes().map(|byte| format!("{byte:02X}")).collect() };
    for secret in ["ABC2", "3456", "李四", "预约"] {
        assert!(!text.contains(&hex(secret).join(" ")), "{secret}");
    }
    assert_eq!(text.matches("replaced 14 sha256").count(), 1, "{text}");
    assert_eq!(played(&text, false).unwrap(), said);
    assert!(said.iter().any(|it| it["detail"] == "encoding"), "{said:?}");
}

#[test]
fn where_the_device_was_stands_in_no_recording() {
    let (text, _) = cabinet();
    assert!(text.contains("\ncarrier serial\n"), "{text}");
    assert!(!text.contains("ttyUSB0"), "{text}");
}
