//! Larger words, other colours, everything lower: chosen by one person, gone for the next.

use kiosk_core::screen::{Lang, Overlay, Page, StartChoice};
use kiosk_core::{Contrast, Display, Effect, Event, TextSize, Touch};

use crate::room::Room;

fn shown(room: &Room) -> Display {
    room.kiosk.screen().display
}

fn choose(room: &mut Room, choices: impl IntoIterator<Item = Touch>) {
    room.touch(Touch::Display);
    assert_eq!(room.kiosk.screen().overlay, Some(Overlay::Display));
    for choice in choices {
        room.touch(choice);
    }
    room.touch(Touch::Close);
    assert_eq!(room.kiosk.screen().overlay, None);
}

#[test]
fn words_grow_in_the_middle_of_a_form_and_no_answer_is_lost() {
    let mut room = Room::new();
    room.touch(Touch::Start);
    room.touch(Touch::Pick(0));
    room.touch(Touch::Type("失业".into()));
    let before = room.page();
    choose(
        &mut room,
        [
            Touch::TextSize(TextSize::Largest),
            Touch::Contrast(Contrast::YellowOnBlack),
            Touch::Reach,
            Touch::Language(Lang::En),
        ],
    );
    assert_eq!(room.page(), before);
    let screen = room.kiosk.screen();
    assert_eq!(screen.lang, Lang::En);
    assert_eq!(
        screen.display,
        Display {
            text: TextSize::Largest,
            contrast: Contrast::YellowOnBlack,
            reach: true,
            ..Display::default()
        }
    );
}

#[test]
fn another_script_in_the_middle_of_a_form_keeps_page_answers_and_what_is_signed() {
    let mut room = Room::new();
    room.find("失业登记");
    room.prove();
    while !matches!(room.page(), Page::Review(_)) {
        room.step_forward();
    }
    let before = room.page();
    let values = |room: &Room| -> Vec<String> {
        let Page::Review(page) = room.page() else {
            panic!("{:?}", room.page());
        };
        page.rows.into_iter().map(|row| row.value).collect()
    };
    let simplified = values(&room);
    room.touch(Touch::Language(Lang::ZhHant));
    let (mut converted, mut kept) = (0, 0);
    for (was, is) in simplified.iter().zip(values(&room)) {
        if is == format!("[{was}]") {
            converted += 1;
        } else {
            assert_eq!(*was, is);
            kept += 1;
        }
    }
    assert!(converted > 0 && kept > 0, "labels and what was typed");
    room.touch(Touch::Language(Lang::ZhHans));
    assert_eq!(room.page(), before);
    room.touch(Touch::Language(Lang::ZhHant));
    room.touch(Touch::Next);
    let form = room.effects.iter().find_map(|effect| match effect {
        Effect::Compose { form, .. } => Some(form),
        _ => None,
    });
    let form = form.expect("the form is made");
    let filed = |text: &str| !text.contains('[');
    assert!(form.rows.iter().all(|(_, value, _)| filed(value.reveal())));
}

#[test]
fn the_next_person_finds_the_screen_as_everybody_does() {
    let mut room = Room::new();
    room.stored();
    choose(&mut room, [Touch::Elder, Touch::Reach]);
    room.end();
    room.wait(100);
    assert!(room.kiosk.is_idle());
    assert_eq!(shown(&room), Display::default());
}

#[test]
fn what_was_chosen_at_idle_holds_for_the_visit() {
    let mut room = Room::new();
    choose(&mut room, [Touch::TextSize(TextSize::Larger)]);
    room.touch(Touch::Start);
    assert_eq!(shown(&room).text, TextSize::Larger);
}

#[test]
fn somebody_chose_at_idle_and_went_away() {
    let mut room = Room::new();
    room.touch(Touch::Language(Lang::En));
    room.touch(Touch::Display);
    room.touch(Touch::Contrast(Contrast::BlackOnWhite));
    room.wait(59);
    assert_eq!(shown(&room).contrast, Contrast::BlackOnWhite);
    room.wait(1);
    let screen = room.kiosk.screen();
    assert_eq!(screen.display, Display::default());
    assert_eq!((screen.lang, screen.overlay), (Lang::ZhHans, None));
    assert!(
        room.kiosk.deadline().is_none(),
        "nothing is awaited at idle"
    );
}

#[test]
fn in_elder_mode_there_is_twice_the_time_and_half_the_choices() {
    let mut room = Room::new();
    choose(&mut room, [Touch::Elder]);
    assert_eq!(shown(&room).shown_text(), TextSize::Large);
    room.touch(Touch::Start);
    let Page::Start(start) = room.page() else {
        panic!("not the start page");
    };
    let choices: Vec<StartChoice> = start.choices.iter().map(|entry| entry.choice).collect();
    assert_eq!(choices.len(), 4);
    room.touch(Touch::Pick(1));
    assert!(
        matches!(room.page(), Page::Identify(_)),
        "the second is my matters"
    );
    room.touch(Touch::Back);
    room.wait(119);
    assert_eq!(room.kiosk.screen().overlay, None);
    room.wait(1);
    assert_eq!(
        room.kiosk.screen().overlay,
        Some(Overlay::TimeOut { seconds: 60 })
    );
}

#[test]
fn nobody_touches_the_sheet_and_the_time_out_still_comes() {
    let mut room = Room::new();
    room.touch(Touch::Start);
    room.touch(Touch::Display);
    room.wait(60);
    assert!(matches!(
        room.kiosk.screen().overlay,
        Some(Overlay::TimeOut { .. })
    ));
    room.touch(Touch::MoreTime);
    assert!(matches!(room.page(), Page::Start(_)));
    room.event(Event::Tick);
}
