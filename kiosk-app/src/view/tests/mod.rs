//! Screens as a person meets them: every page speaks, every touch arrives, nothing stays.

mod printing;
mod sensed;
mod spoken;
mod traditional;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use i_slint_backend_testing::{ElementHandle, ElementRoot};
use jiff::civil::date;
use kiosk_core::screen::*;
use kiosk_core::{Screen, Touch};
use kiosk_paper::Picture;
use kiosk_ui::{self as ui};
use slint::{ComponentHandle, Model};

use crate::headless::Canvas;
use crate::memory::VisitMemory;
use crate::samples;
use crate::slips::Standing;
use crate::view::Surroundings;
use crate::words::Words;

/// Touches in the order they came.
type Taps = Rc<RefCell<Vec<(Touch, PageNumber)>>>;

pub(crate) fn surroundings() -> Surroundings {
    Surroundings {
        standing: Standing {
            city: samples::text("云汀市政务服务", "Yunting City Services"),
            station: samples::text("自助服务区", "Self-service Area"),
            phone: "000-5550-0031".to_owned(),
            ..Standing::default()
        },
        simulated: true,
        now: Box::new(|| date(2026, 11, 23).at(14, 36, 0, 0)),
        has_glyph: Box::new(|character| u32::from(character) < 0x1_0000),
    }
}

fn canvas() -> (Canvas, Taps) {
    let taps = Taps::default();
    let into = Rc::clone(&taps);
    let tap = move |touch, page| into.borrow_mut().push((touch, page));
    (Canvas::new(1080, 1920, tap, surroundings()).unwrap(), taps)
}

fn grey_page() -> Picture {
    Picture::new(210, 297, false, vec![200; 210 * 297]).unwrap()
}

/// Everything the screen says.
fn words_on(canvas: &Canvas) -> Vec<String> {
    let mut words = Vec::new();
    canvas
        .window()
        .root_element()
        .visit_descendants(|element: ElementHandle| {
            words.extend(
                [
                    element.accessible_label(),
                    element.accessible_value(),
                    element.accessible_description(),
                    element.accessible_placeholder_text(),
                ]
                .into_iter()
                .flatten()
                .map(String::from)
                .filter(|text| !text.is_empty()),
            );
            std::ops::ControlFlow::<()>::Continue(())
        });
    words
}

/// A word key that stands where words should: `turn.at 1 2` for `turn.at {0} {1}` too.
fn key_in(words: &[String]) -> Option<&String> {
    let stem = |text: &str| text.split(' ').next().unwrap_or_default().to_owned();
    let keys: Vec<String> = ui::words::keys("en").into_iter().map(stem).collect();
    words
        .iter()
        .find(|text| keys.contains(&stem(text)) || text.contains('{'))
}

fn centre(element: &ElementHandle) -> (f32, f32) {
    let (at, size) = (element.absolute_position(), element.size());
    (at.x + size.width / 2.0, at.y + size.height / 2.0)
}

/// Where the button with these words is.
fn button(canvas: &Canvas, words: &str) -> (f32, f32) {
    let found = ElementHandle::find_by_accessible_label(canvas.window(), words).next();
    centre(&found.unwrap_or_else(|| panic!("no button says {words}")))
}

fn question(number: u32, page: Page) -> Screen {
    samples::screen(number, Lang::ZhHans, page, Some(Action::Continue))
}

#[test]
fn every_page_speaks_every_language_and_shows_no_key() {
    let (canvas, _) = canvas();
    let mut memory = VisitMemory::default();
    memory.keep(grey_page(), None);
    let mut number = 0;
    for lang in Lang::ALL {
        for (page, action) in samples::all() {
            number += 1;
            let name = page.name();
            canvas.show(&samples::screen(number, lang, page, action), &memory);
            let words = words_on(&canvas);
            assert!(words.len() > 3, "{name} says next to nothing: {words:?}");
            assert_eq!(key_in(&words), None, "{name} in {lang:?}");
            let back = Words(lang).get("foot.back");
            assert!(
                name == "idle" || words.contains(&back),
                "{name} speaks another language"
            );
        }
    }
}

#[test]
fn the_head_is_whole_again_on_the_page_after_any_question() {
    let canvas = Canvas::new(1920, 1080, |_, _| {}, surroundings()).unwrap();
    let memory = VisitMemory::default();
    let mut number = 0;
    let mut show = |page| {
        number += 1;
        canvas.show(&question(number, page), &memory);
    };
    let questions = samples::all().into_iter().map(|(page, _)| page);
    for page in questions.filter(|page| matches!(page, Page::Question(_))) {
        show(page);
        show(samples::facts());
        let typing = canvas.window().global::<ui::Theme>().get_typing();
        assert!(!typing, "after question {number}");
    }
}

#[test]
fn the_head_makes_room_on_every_page_that_is_typed_from_its_beginning() {
    let canvas = Canvas::new(1920, 1080, |_, _| {}, surroundings()).unwrap();
    let memory = VisitMemory::default();
    let mut number = 0;
    let mut show = |page| {
        number += 1;
        canvas.show(&question(number, page), &memory);
    };
    let pages = samples::all().into_iter().map(|(page, _)| page);
    let typed =
        |page: &Page| super::kinds::letters(page).is_some() && !matches!(page, Page::Find(_));
    for page in pages.filter(typed) {
        let name = page.name();
        show(samples::facts());
        show(page);
        let typing = canvas.window().global::<ui::Theme>().get_typing();
        assert!(typing, "{name}");
    }
}

#[test]
fn under_a_camera_nobody_is_told_of_a_glass_or_a_lid() {
    let (canvas, _) = canvas();
    let mut memory = VisitMemory::default();
    memory.keep(grey_page(), None);
    let place = ScanPage::Place {
        name: samples::text("租赁合同", "Lease contract"),
        pages: 0,
        feeder: false,
        desk: true,
        back: false,
        photo: false,
        trouble: None,
    };
    let looks = [
        PageAdvice::Blank,
        PageAdvice::Dark,
        PageAdvice::Bright,
        PageAdvice::NoPhoto,
    ];
    let looks = looks.map(|advice| ScanPage::Look {
        name: samples::text("租赁合同", "Lease contract"),
        picture: PictureId(1),
        page: 1,
        may_add: true,
        may_turn: true,
        desk: true,
        left: false,
        advice: Some(advice),
    });
    for (number, page) in (1..).zip(std::iter::once(place).chain(looks)) {
        let page = samples::screen(number, Lang::En, Page::Scan(page), None);
        canvas.show(&page, &memory);
        let words = words_on(&canvas).join("; ");
        for wrong in ["glass", "lid", "face down"] {
            assert!(!words.contains(wrong), "{wrong}: {words}");
        }
    }
}

#[test]
fn overlays_speak_and_cover() {
    let (canvas, _) = canvas();
    let overlays = [
        Overlay::TimeOut { seconds: 30 },
        Overlay::Cover {
            seconds: 30,
            another_card: true,
        },
        Overlay::ConfirmEnd { answers: true },
        Overlay::Help {
            phone: "000-5550-0031".to_owned(),
        },
    ];
    for (number, overlay) in (1..).zip(overlays) {
        let mut screen = question(number, samples::typed(""));
        screen.overlay = Some(overlay);
        canvas.show(&screen, &VisitMemory::default());
        assert_eq!(key_in(&words_on(&canvas)), None);
    }
}

#[test]
fn a_finger_on_the_primary_action_says_next_on_the_page_shown() {
    let (canvas, taps) = canvas();
    canvas.show(&question(7, samples::facts()), &VisitMemory::default());
    let (x, y) = button(&canvas, &Words(Lang::ZhHans).get("action.continue"));
    canvas.click(x, y);
    canvas.show(&question(8, samples::facts()), &VisitMemory::default());
    canvas.click(x, y);
    let expected = [(Touch::Next, PageNumber(7)), (Touch::Next, PageNumber(8))];
    assert_eq!(*taps.borrow(), expected);
}

#[test]
fn places_and_languages_arrive_as_touched() {
    let (canvas, taps) = canvas();
    let touched = canvas.window().global::<ui::Touched>();
    touched.invoke_pick(3);
    touched.invoke_pick(-1);
    touched.invoke_turn(-1);
    touched.invoke_language(ui::Language::En);
    touched.invoke_typed("7".into());
    let touches: Vec<Touch> = taps
        .borrow()
        .iter()
        .map(|(touch, _)| touch.clone())
        .collect();
    let expected = [
        Touch::Pick(3),
        Touch::Turn(-1),
        Touch::Language(Lang::En),
        Touch::Type("7".to_owned()),
    ];
    assert_eq!(touches, expected);
}

#[test]
fn a_signature_comes_as_whole_strokes_in_thousandths() {
    let (canvas, taps) = canvas();
    let page = Page::Sign(SignPage {
        item: samples::text("失业登记", "Unemployment registration"),
        strokes: Vec::new(),
        enough: false,
        fees: Vec::new(),
        applicant: None,
        aloud: None,
    });
    canvas.show(&question(4, page), &VisitMemory::default());
    let (x, y) = button(&canvas, &Words(Lang::ZhHans).get("sign.pad"));
    let window = canvas.window().window();
    let button = slint::platform::PointerEventButton::Left;
    let at = |x, y| slint::LogicalPosition::new(x, y);
    for event in [
        slint::platform::WindowEvent::PointerPressed {
            position: at(x, y),
            button,
        },
        slint::platform::WindowEvent::PointerMoved {
            position: at(x + 200.0, y),
        },
        slint::platform::WindowEvent::PointerMoved {
            position: at(x + 200.0, y + 100.0),
        },
        slint::platform::WindowEvent::PointerReleased {
            position: at(x + 200.0, y + 100.0),
            button,
        },
    ] {
        window.dispatch_event(event);
    }
    let taps = taps.borrow();
    let [(Touch::Stroke(points), PageNumber(4))] = taps.as_slice() else {
        panic!("one stroke was drawn: {taps:?}");
    };
    assert_eq!(points.len(), 3, "{points:?}");
    assert_eq!(points.first(), Some(&Point { x: 500, y: 500 }));
    assert!(
        points
            .iter()
            .all(|point| point.x <= 1000 && point.y <= 1000)
    );
}

#[test]
fn letters_become_characters_and_a_new_page_a_new_keyboard() {
    let (canvas, taps) = canvas();
    let keys = || canvas.window().global::<ui::KeyboardAdapter>();
    canvas.show(&question(1, samples::typed("")), &VisitMemory::default());
    for letter in ["s", "h", "i"] {
        keys().invoke_key(letter.into());
    }
    assert_eq!(keys().get_composition(), "shi");
    keys().invoke_candidate(0);
    assert!(matches!(
        taps.borrow().as_slice(),
        [(Touch::Type(_), PageNumber(1))]
    ));

    keys().invoke_key("h".into());
    canvas.show(&question(1, samples::typed("是")), &VisitMemory::default());
    assert_eq!(
        keys().get_composition(),
        "h",
        "typing goes on over a screen of the same page"
    );
    canvas.show(&question(2, samples::typed("")), &VisitMemory::default());
    assert_eq!(keys().get_composition(), "", "a new page begins empty");

    let mut english = question(3, samples::typed(""));
    english.lang = Lang::En;
    canvas.show(&english, &VisitMemory::default());
    assert_eq!(keys().get_mode(), ui::KeyboardMode::Latin);
    assert!(keys().get_offers_pinyin());
}

#[test]
fn a_character_without_a_glyph_is_boxed_with_its_code_point() {
    let (canvas, _) = canvas();
    canvas.show(&question(1, samples::facts()), &VisitMemory::default());
    let facts = canvas.window().global::<ui::Pages>().get_facts().facts;
    let name: Vec<(String, bool)> = facts
        .row_data(0)
        .unwrap()
        .value
        .iter()
        .map(|segment| (segment.text.to_string(), segment.boxed))
        .collect();
    let expected = [("陈", false), ("2CC56", true), ("样", false)];
    assert_eq!(name, expected.map(|(text, boxed)| (text.to_owned(), boxed)));
}

#[test]
fn nothing_of_a_person_stays_on_a_page_that_was_left() {
    let (canvas, _) = canvas();
    canvas.show(&question(1, samples::facts()), &VisitMemory::default());
    let idle = Page::Idle(IdlePage {
        items_open: 56,
        trouble: None,
        card_left: false,
        near: false,
        halted: None,
    });
    canvas.show(&question(2, idle), &VisitMemory::default());
    let pages = canvas.window().global::<ui::Pages>();
    assert_eq!(pages.get_facts().facts.row_count(), 0);
    assert!(!words_on(&canvas).iter().any(|text| text.contains('陈')));
}

#[test]
fn seconds_until_the_slip_prints_go_on_between_screens() {
    let (canvas, _) = canvas();
    let waiting = SlipState::Waiting { seconds: Some(5) };
    let page = samples::done(Place::StoredHere, OutcomeShown::Unknown, waiting);
    canvas.show(&question(1, page), &VisitMemory::default());
    let seconds = || {
        canvas
            .window()
            .global::<ui::Pages>()
            .get_done()
            .slip_seconds
    };
    assert_eq!(seconds(), 5);
    canvas.pass(Duration::from_secs(2));
    assert_eq!(seconds(), 3);
    canvas.pass(Duration::from_secs(9));
    assert_eq!(seconds(), 0);
}

#[test]
fn a_picture_is_shown_and_one_that_is_gone_leaves_its_place_empty() {
    let (canvas, _) = canvas();
    let mut memory = VisitMemory::default();
    let id = memory.keep(grey_page(), None);
    canvas.show(&question(1, samples::document(id.0)), &memory);
    let shown = || {
        canvas
            .window()
            .global::<ui::Pages>()
            .get_document()
            .picture
            .size()
    };
    assert_eq!((shown().width, shown().height), (210, 297));
    canvas.show(&question(2, samples::document(99)), &memory);
    assert_eq!((shown().width, shown().height), (0, 0));
}

#[test]
fn the_head_says_city_and_time_in_the_language_spoken() {
    let (canvas, _) = canvas();
    let mut screen = question(1, samples::facts());
    screen.lang = Lang::En;
    canvas.show(&screen, &VisitMemory::default());
    let frame = canvas.window().global::<ui::Frame>();
    assert_eq!(frame.get_city(), "Yunting City Services");
    assert_eq!(frame.get_clock(), "14:36");
    assert_eq!(frame.get_date(), "Mon 23 Nov");
    assert!(frame.get_simulated());
}

#[test]
fn five_touches_on_the_citys_mark_ask_for_the_service_and_four_do_not() {
    let (canvas, taps) = canvas();
    canvas.show(&question(3, samples::facts()), &VisitMemory::default());
    for _ in 0..4 {
        canvas.click(100.0, 100.0);
    }
    canvas.pass(Duration::from_secs(6));
    for _ in 0..4 {
        canvas.click(100.0, 100.0);
    }
    assert_eq!(*taps.borrow(), [], "too slow");
    canvas.click(100.0, 100.0);
    assert_eq!(*taps.borrow(), [(Touch::Service, PageNumber(3))]);
}
