//! The lines at the foot of a passport, typed in place of its number.

use kiosk_core::screen::{Ask, Keyboard, Page};
use kiosk_core::{Code, DeviceState, Devices, Effect, Event, Secret, Touch};

use crate::room::Room;
use crate::samples::all_well;
use crate::sensed::{asked_for_a_number, typed};

/// The specimen of ICAO 9303-4, appendix A.
const LINES: &str = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\
                     L898902C36UTO7408122F1204159ZE184226B<<<<<10";

/// A kiosk without a code scanner, where the lines of a passport are typed in place of a number.
fn lines_typed(lines: &str) -> Room {
    let mut room = asked_for_a_number("知识产权维权援助申请");
    room.event(Event::Devices(Devices {
        code_scanner: DeviceState::Absent,
        ..all_well()
    }));
    room.touch(Touch::Type("A".into()));
    room.touch(Touch::TypeZone);
    room.touch(Touch::Type(lines.into()));
    room
}

/// The keyboard shown and the key of what is wrong.
fn asks(room: &Room) -> (Option<Keyboard>, Option<&'static str>) {
    match room.page() {
        Page::Question(page) => {
            let problem = page.problem.map(|problem| problem.key);
            match page.ask {
                Ask::Text { keyboard, .. } => (Some(keyboard), problem),
                _ => (None, problem),
            }
        }
        other => panic!("{other:?}"),
    }
}

fn read(room: &mut Room, code: Code) {
    room.touch(Touch::Next);
    let ask = room.asked();
    room.event(Event::Zone { ask, code });
}

#[test]
fn the_lines_of_a_passport_are_typed_where_no_scanner_is() {
    let mut room = lines_typed(LINES);
    assert_eq!(asks(&room), (Some(Keyboard::Zone), None));
    assert_eq!(typed(&room), LINES, "longer than the field itself takes");
    room.touch(Touch::Next);
    let text = room.effects.iter().find_map(|effect| match effect {
        Effect::ReadZone { text, .. } => Some(text.reveal().to_owned()),
        _ => None,
    });
    assert_eq!(text.as_deref(), Some(LINES));
    let ask = room.asked();
    let code = Code::Travel(Secret::new("L898902C3"));
    room.event(Event::Zone { ask, code });
    assert_eq!(asks(&room), (Some(Keyboard::Latin), None));
    assert_eq!(typed(&room), "L898902C3");
    room.touch(Touch::TypeZone);
    assert_eq!(typed(&room), "", "of the lines nothing is kept");
}

#[test]
fn typed_lines_with_a_wrong_check_digit_are_said_and_never_taken() {
    let mut room = lines_typed(LINES);
    for (code, problem) in [
        (Code::Doubtful, "zone-doubtful"),
        (Code::Unreadable, "zone-unreadable"),
        (Code::Travel(Secret::new("9".repeat(31))), "zone-no-number"),
    ] {
        read(&mut room, code);
        assert_eq!(asks(&room), (Some(Keyboard::Zone), Some(problem)));
        assert_eq!(typed(&room), LINES, "to be mended, not typed anew");
    }
    room.touch(Touch::Erase);
    assert_eq!(asks(&room), (Some(Keyboard::Zone), None));
    room.touch(Touch::Back);
    assert_eq!(asks(&room), (Some(Keyboard::Latin), None));
    assert_eq!(typed(&room), "A", "the number typed before stands");
}

#[test]
fn an_answer_about_lines_that_were_changed_meanwhile_is_ignored() {
    let mut room = lines_typed(LINES);
    room.touch(Touch::Next);
    let ask = room.asked();
    room.touch(Touch::Erase);
    let code = Code::Travel(Secret::new("L898902C3"));
    room.event(Event::Zone {
        ask,
        code: code.clone(),
    });
    assert_eq!(asks(&room).0, Some(Keyboard::Zone));
    room.touch(Touch::TypeZone);
    room.event(Event::Zone { ask, code });
    assert_eq!(typed(&room), "A");
}

#[test]
fn the_lines_typed_are_bounded_and_a_scanned_passport_closes_them() {
    let mut room = lines_typed(&"<".repeat(4_000));
    assert_eq!(typed(&room).len(), 92);
    room.event(Event::Devices(all_well()));
    room.event(Event::Code(Code::Travel(Secret::new("L898902C3"))));
    assert_eq!(asks(&room), (Some(Keyboard::Latin), None));
    assert_eq!(typed(&room), "L898902C3");
}

#[test]
fn where_no_passport_is_asked_for_its_lines_cannot_be_typed() {
    let mut room = asked_for_a_number("营业执照自助打印");
    let before = room.kiosk.screen();
    let Page::Question(page) = &before.page else {
        panic!("{:?}", before.page)
    };
    assert!(!page.zone);
    room.touch(Touch::TypeZone);
    assert_eq!(room.kiosk.screen(), before);
}
