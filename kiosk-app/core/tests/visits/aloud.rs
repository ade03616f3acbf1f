//! Led by ear: the keypad walks, takes, spells and signs, and is forgotten with the person.

use city_catalogue::record::FieldType;
use kiosk_core::screen::{Keyboard, Page};
use kiosk_core::{
    Devices, Effect, Event, FilingKind, Key, Letter, Press, Stop, Touch, letters, stops,
};

use crate::room::Room;
use crate::samples::all_well;

fn key(room: &mut Room, key: Key) {
    room.taps += 1;
    let mut random = [0; 16];
    random[..8].copy_from_slice(&room.taps.to_be_bytes());
    let page = room.kiosk.screen().number;
    room.event(Event::Key(Press { page, key, random }));
}

fn keys(room: &mut Room, pressed: &[Key]) {
    for pressed in pressed {
        key(room, *pressed);
    }
}

/// A room in which "repeat" was pressed at idle.
fn listening() -> Room {
    let mut room = Room::new();
    key(&mut room, Key::Repeat);
    assert!(room.kiosk.screen().display.aloud);
    room
}

/// Walks down until the cursor is on `wanted`.
fn walk_to(room: &mut Room, wanted: &Stop) {
    for _ in 0..60 {
        key(room, Key::Down);
        let screen = room.kiosk.screen();
        let at = screen
            .aloud
            .cursor
            .and_then(|at| stops(&screen).get(at).cloned());
        if at.as_ref() == Some(wanted) {
            return;
        }
    }
    panic!("{wanted:?} is nowhere on {:?}", room.page());
}

fn take(room: &mut Room, touch: Touch) {
    walk_to(room, &Stop::Touch(touch));
    key(room, Key::Select);
}

/// Spells into the field that was taken.
fn spell(room: &mut Room, text: &str) {
    for character in text.chars().map(Letter::Char).chain([Letter::Done]) {
        for _ in 0..60 {
            key(room, Key::Down);
            let spelling = room.kiosk.screen().aloud.spelling.expect("spelling");
            let at = spelling
                .at
                .and_then(|at| letters(spelling.keyboard).get(at).copied());
            if at == Some(character) {
                break;
            }
        }
        key(room, Key::Select);
    }
}

#[test]
fn the_cursor_goes_round_and_back_and_begins_anew_on_another_page() {
    let mut room = listening();
    let many = stops(&room.kiosk.screen()).len();
    let at = |room: &Room| room.kiosk.screen().aloud.cursor;
    let table = [
        (Key::Up, Some(many - 1)),
        (Key::Down, Some(0)),
        (Key::Down, Some(1)),
        (Key::Up, Some(0)),
        (Key::VolumeUp, Some(0)),
        (Key::Left, Some(0)),
        (Key::Digit(3), Some(0)),
        // The first stop is "start".
        (Key::Select, None),
    ];
    for (pressed, cursor) in table {
        key(&mut room, pressed);
        assert_eq!(at(&room), cursor, "{pressed:?}");
    }
    assert!(matches!(room.page(), Page::Start(_)));
    key(&mut room, Key::Select);
    assert_eq!(
        at(&room),
        Some(0),
        "a page without a first action shows its first stop"
    );
}

#[test]
fn every_key_is_answered_also_where_it_does_nothing() {
    let mut room = listening();
    for pressed in [Key::Back, Key::Left, Key::Right, Key::Help, Key::Digit(1)] {
        let before = room.kiosk.screen().aloud.again;
        key(&mut room, pressed);
        assert_eq!(room.kiosk.screen().aloud.again, before + 1, "{pressed:?}");
    }
    let before = room.kiosk.screen().aloud.repeats;
    key(&mut room, Key::Repeat);
    assert_eq!(room.kiosk.screen().aloud.repeats, before + 1);
}

#[test]
fn the_loudness_has_ten_steps_and_no_silence() {
    let mut room = listening();
    let loud = |room: &Room| room.kiosk.screen().aloud.volume.step();
    assert_eq!(loud(&room), 6);
    keys(&mut room, &[Key::VolumeUp; 9]);
    assert_eq!(loud(&room), 10);
    keys(&mut room, &[Key::VolumeDown; 20]);
    assert_eq!(loud(&room), 1);
}

#[test]
fn a_search_is_spelt_with_two_keys_and_mistakes_are_taken_back() {
    let mut room = listening();
    take(&mut room, Touch::Start);
    take(&mut room, Touch::Pick(0));
    walk_to(&mut room, &Stop::Field);
    key(&mut room, Key::Select);
    let query = |room: &Room| match room.page() {
        Page::Find(page) => page.query,
        page => panic!("{page:?}"),
    };
    // From nothing upwards: done, erase.
    keys(
        &mut room,
        &[Key::Down, Key::Select, Key::Up, Key::Up, Key::Select],
    );
    assert_eq!(query(&room), "", "typed and taken back");
    spell(&mut room, "sydj");
    assert_eq!(query(&room), "sydj");
    let screen = room.kiosk.screen();
    assert_eq!(screen.aloud.spelling, None);
    assert!(screen.aloud.cursor.is_some(), "it goes on at the field");
}

#[test]
fn who_does_not_see_signs_only_what_was_heard_to_its_end() {
    let mut room = listening();
    room.find("失业登记");
    room.prove();
    while !matches!(room.page(), Page::Sign(_)) {
        room.step_forward();
    }
    let signed = |room: &Room| match room.page() {
        Page::Sign(page) => page.aloud.expect("read aloud"),
        page => panic!("{page:?}"),
    };
    take(&mut room, Touch::SignAloud);
    assert!(!signed(&room).given, "nobody has heard it yet");
    key(&mut room, Key::Select);
    let number = room.kiosk.screen().number;
    room.event(Event::Heard(kiosk_core::screen::PageNumber(number.0 - 1)));
    take(&mut room, Touch::SignAloud);
    assert!(!signed(&room).given, "another page was heard");
    room.event(Event::Heard(number));
    take(&mut room, Touch::SignAloud);
    assert!(signed(&room).given);
    take(&mut room, Touch::Next);
    let filing = room.effects.iter().find_map(|effect| match effect {
        Effect::File { filing, .. } => Some(filing),
        _ => None,
    });
    let filing = filing.expect("filed");
    assert_eq!(filing.kind, FilingKind::Application);
    assert!(filing.strokes.is_empty());
    assert_eq!(filing.aloud, Some(kiosk_core::screen::Lang::ZhHans));
}

#[test]
fn a_changed_answer_takes_back_what_was_signed_by_ear() {
    let mut room = listening();
    room.find("失业登记");
    room.prove();
    while !matches!(room.page(), Page::Sign(_)) {
        room.step_forward();
    }
    let number = room.kiosk.screen().number;
    room.event(Event::Heard(number));
    take(&mut room, Touch::SignAloud);
    room.touch(Touch::Language(kiosk_core::screen::Lang::En));
    keys(&mut room, &[Key::Back, Key::Back]);
    assert!(matches!(room.page(), Page::Review(_)));
    let mobile = |field: &&city_catalogue::record::Field| field.field_type == FieldType::Mobile;
    let shelf = crate::samples::shelf();
    let item = shelf
        .catalogue
        .items()
        .iter()
        .find(|it| it.name.zh == "失业登记");
    let asks = item
        .and_then(|item| item.form.iter().find(mobile))
        .is_some();
    assert!(asks, "the item asks for something that can be changed");
    let Page::Review(page) = room.page() else {
        panic!("the review");
    };
    let place = page.rows.iter().position(|row| row.change).expect("a row");
    take(&mut room, Touch::Change(place));
    while !matches!(room.page(), Page::Sign(_)) {
        room.touch(Touch::Next);
        if matches!(room.page(), Page::Wait(_)) {
            room.step_forward();
        }
    }
    let Page::Sign(page) = room.page() else {
        panic!("the signature");
    };
    let signed = page.aloud.expect("read aloud");
    assert!(!signed.given && !page.enough);
}

#[test]
fn a_blind_person_has_twice_the_time_and_the_next_one_hears_and_misses_nothing() {
    let mut room = listening();
    take(&mut room, Touch::Start);
    take(&mut room, Touch::Dark);
    assert!(room.kiosk.screen().display.dark);
    room.wait(119);
    assert!(room.kiosk.screen().overlay.is_none());
    room.wait(1);
    key(&mut room, Key::Select);
    assert!(room.kiosk.screen().overlay.is_none(), "more time");
    room.wait(120);
    room.wait(60);
    assert!(room.kiosk.is_idle());
    let screen = room.kiosk.screen();
    assert!(!screen.display.aloud && !screen.display.dark);
    key(&mut room, Key::Down);
    assert_eq!(room.kiosk.screen().aloud.cursor, None);
}

#[test]
fn the_screen_goes_dark_only_for_who_hears_it() {
    let mut room = Room::new();
    room.touch(Touch::Dark);
    assert!(!room.kiosk.screen().display.dark);
    key(&mut room, Key::Repeat);
    room.touch(Touch::Dark);
    assert!(room.kiosk.screen().display.dark);
    room.touch(Touch::Display);
    room.touch(Touch::Aloud);
    let display = room.kiosk.screen().display;
    assert!(!display.aloud && !display.dark);
}

#[test]
fn a_plug_begins_and_pulled_out_nothing_personal_is_said_to_the_room() {
    let mut room = Room::new();
    room.event(Event::Headphones(true));
    let screen = room.kiosk.screen();
    assert!(screen.display.aloud && !screen.aloud.hushed);
    room.event(Event::Headphones(false));
    assert!(room.kiosk.screen().aloud.hushed);
    key(&mut room, Key::Down);
    assert!(
        room.kiosk.screen().aloud.hushed,
        "a key alone does not speak up"
    );
    key(&mut room, Key::Repeat);
    assert!(!room.kiosk.screen().aloud.hushed, "asked for");
    room.event(Event::Headphones(false));
    room.event(Event::Headphones(true));
    assert!(!room.kiosk.screen().aloud.hushed);
}

#[test]
fn a_kiosk_without_a_voice_does_not_pretend_to_speak() {
    let mut room = Room::new();
    room.event(Event::Devices(Devices {
        voice: false,
        ..all_well()
    }));
    key(&mut room, Key::Repeat);
    room.event(Event::Headphones(true));
    room.touch(Touch::Display);
    room.touch(Touch::Aloud);
    let screen = room.kiosk.screen();
    assert!(!screen.display.aloud && !screen.aloud.voice);
}

#[test]
fn a_key_on_a_page_that_is_gone_takes_nothing() {
    let mut room = listening();
    let old = room.kiosk.screen().number;
    take(&mut room, Touch::Start);
    room.event(Event::Key(Press {
        page: old,
        key: Key::Down,
        random: [0; 16],
    }));
    assert_eq!(room.kiosk.screen().aloud.cursor, None);
}

#[test]
fn every_keyboard_can_be_spelt_and_ends_with_done() {
    for keyboard in [
        Keyboard::Full,
        Keyboard::Latin,
        Keyboard::Digits,
        Keyboard::IdNumber,
        Keyboard::Money,
        Keyboard::Zone,
    ] {
        let letters = letters(keyboard);
        assert_eq!(letters.last(), Some(&Letter::Done));
        assert!(letters.contains(&Letter::Erase) && letters.contains(&Letter::Char('7')));
    }
}
