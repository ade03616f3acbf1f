//! Scanners that type, and hands that do.

use std::time::Duration;

use proptest::prelude::*;

use super::super::{CodeScanner, MAX_PAYLOAD};
use super::Room;
use crate::input_event::sim::SimKeys;

const FAST: Duration = Duration::from_millis(2);

fn wedge() -> Room<SimKeys> {
    Room::new(CodeScanner::wedge(), SimKeys::default())
}

#[test]
fn a_wedge_types_a_code_with_both_cases_and_all_signs() {
    let mut room = wedge();
    let all: String = (' '..='~').collect();
    for text in ["https://City.example/m?x=1&y=2", &all] {
        room.line
            .device(|keys| keys.type_text(&format!("{text}\n"), FAST));
        room.run(2.0);
        assert_eq!(room.said(), [text]);
    }
}

#[test]
fn a_hand_on_a_keyboard_makes_no_code() {
    let mut room = wedge();
    room.line
        .device(|keys| keys.type_text("password\n", Duration::from_millis(120)));
    room.run(3.0);
    assert_eq!(room.said(), Vec::<String>::new());
    // And leaves nothing before the scan that follows.
    room.line.device(|keys| {
        keys.type_text("abc", Duration::from_millis(120));
        keys.tap(30, Duration::from_millis(300));
        keys.type_text("23-7\n", FAST);
    });
    room.run(3.0);
    assert_eq!(room.said(), ["a23-7"]);
}

#[test]
fn a_scan_that_breaks_off_is_forgotten() {
    let mut room = wedge();
    room.line.device(|keys| {
        keys.type_text("ABC2-34", FAST);
        keys.tap(28, Duration::from_millis(80));
        keys.tap(2, Duration::from_millis(500));
        keys.type_text("23\n", FAST);
    });
    room.run(2.0);
    assert_eq!(room.said(), ["123"]);
}

#[test]
fn lost_keys_and_keys_without_a_character_spoil_the_whole_code() {
    let mut room = wedge();
    room.line.device(|keys| {
        keys.type_text("ABC", FAST);
        keys.lose_events();
        keys.type_text("DEF\n", FAST);
    });
    room.run(1.0);
    assert_eq!(room.said(), ["rejected keys"]);
    room.line.device(|keys| {
        keys.type_text("12", FAST);
        keys.press(29, FAST);
        keys.tap(46, FAST);
        keys.release(29, FAST);
        keys.type_text("34\n", FAST);
    });
    room.run(1.0);
    assert_eq!(room.said(), ["rejected keys"]);
    // F1, and after it an honest code.
    room.line.device(|keys| {
        keys.tap(59, FAST);
        keys.type_text("1\n", FAST);
        keys.type_text("ok\n", FAST);
    });
    room.run(1.0);
    assert_eq!(room.said(), ["rejected keys", "ok"]);
}

#[test]
fn a_scanner_that_types_with_caps_lock_is_understood() {
    let mut room = wedge();
    room.line.device(|keys| {
        keys.tap(58, FAST);
        keys.type_text("abC1\n", FAST);
        keys.tap(58, FAST);
        keys.type_text("abC1\n", FAST);
    });
    room.run(1.0);
    assert_eq!(room.said(), ["ABc1", "abC1"]);
}

#[test]
fn a_wedge_that_types_for_ever_fills_no_memory() {
    let mut room = wedge();
    let text = format!("{}\n", "7".repeat(MAX_PAYLOAD + 1));
    room.line.device(|keys| keys.type_text(&text, FAST));
    room.run(60.0);
    assert_eq!(room.said(), ["rejected too_long"]);
}

proptest! {
    #[test]
    fn any_bytes_from_an_input_device_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let mut events = crate::input_event::InputEvents::default();
        let mut wedge = super::super::wedge::Wedge::default();
        events.push(&bytes, &mut |event| {
            let _ = wedge.push(event);
        });
    }

    #[test]
    fn any_keys_type_text_or_nothing(keys in prop::collection::vec((0_u16..130, 0_i32..3), 0..300)) {
        let mut wedge = super::super::wedge::Wedge::default();
        for (code, value) in keys {
            let event = crate::input_event::InputEvent {
                at: Duration::ZERO,
                kind: 1,
                code,
                value,
            };
            if let Some(Ok(text)) = wedge.push(event) {
                prop_assert!((1..=MAX_PAYLOAD).contains(&text.len()));
            }
        }
    }
}
