//! Lights, codes, a closed kiosk, and a keypad instead of a finger.

use kiosk_core::{CodeAsk, CodeTrouble, Lights, PrintTrouble};

use super::*;
use crate::shell::Walk;

const LIT: Lights = Lights {
    card: true,
    receipt: true,
    scanner: true,
    document: true,
    code: true,
};

fn put_card() -> Page {
    Page::Identify(IdentifyPage::PutCard { again: None })
}

pub(super) fn says(canvas: &Canvas, key: &str) -> bool {
    words_on(canvas).contains(&Words(Lang::ZhHans).get(key))
}

pub(super) fn show(canvas: &Canvas, screen: &Screen) {
    canvas.show(screen, &VisitMemory::default());
}

#[test]
fn a_page_speaks_of_a_lit_slot_only_where_one_is_lit() {
    let (canvas, _) = canvas();
    let mut screen = question(1, put_card());
    show(&canvas, &screen);
    assert!(says(&canvas, "identify.put-card") && !says(&canvas, "identify.put-card-lit"));
    screen.lights = LIT;
    show(&canvas, &screen);
    assert!(says(&canvas, "identify.put-card-lit"));
}

#[test]
fn a_code_is_asked_for_only_where_something_reads_it() {
    let (canvas, _) = canvas();
    let Page::Question(mut page) = samples::typed("A1") else {
        panic!("a question")
    };
    page.problem = None;
    let mut screen = question(1, Page::Question(page));
    show(&canvas, &screen);
    assert!(!says(&canvas, "question.code"));
    screen.codes = Some(CodeAsk::default());
    show(&canvas, &screen);
    assert!(says(&canvas, "question.code"));
    let trouble = Some(CodeTrouble::Doubtful);
    screen.codes = Some(CodeAsk { trouble });
    show(&canvas, &screen);
    assert!(says(&canvas, "code-trouble.doubtful"));
}

#[test]
fn the_lines_of_a_passport_have_a_keyboard_with_their_filler() {
    let (canvas, taps) = canvas();
    let page = samples::asked(samples::lines_of_a_passport());
    show(&canvas, &question(1, page));
    let keys = canvas.window().global::<ui::KeyboardAdapter>();
    assert_eq!(keys.get_mode(), ui::KeyboardMode::Zone);
    assert!(!keys.get_offers_pinyin());
    keys.invoke_key("<".into());
    canvas.window().global::<ui::Touched>().invoke_type_zone();
    let touched: Vec<Touch> = taps.take().into_iter().map(|(touch, _)| touch).collect();
    assert_eq!(touched, [Touch::Type("<".to_owned()), Touch::TypeZone]);
}

#[test]
fn a_kiosk_on_battery_offers_no_start() {
    let (canvas, _) = canvas();
    let idle = |halted| {
        Page::Idle(IdlePage {
            items_open: 56,
            trouble: halted,
            card_left: false,
            near: true,
            halted,
        })
    };
    show(&canvas, &question(1, idle(None)));
    assert!(says(&canvas, "idle.start") && says(&canvas, "idle.near"));
    show(&canvas, &question(2, idle(Some(Reason::OnBattery))));
    assert!(!says(&canvas, "idle.start") && !says(&canvas, "idle.look"));
    assert!(says(&canvas, "reason.on-battery") && says(&canvas, "idle.halted-detail"));
}

#[test]
fn a_slip_that_did_not_come_says_what_to_do() {
    let (canvas, _) = canvas();
    let Page::Done(mut page) = samples::done(
        Place::StoredHere,
        OutcomeShown::Unknown,
        SlipState::NotPrinted,
    ) else {
        panic!("done")
    };
    page.slip_trouble = Some(PrintTrouble::Paper);
    show(&canvas, &question(1, Page::Done(page)));
    let paper = Words(Lang::ZhHans).get("print-trouble.paper");
    let words = words_on(&canvas);
    assert!(
        words.iter().any(|text| text.starts_with(&paper)),
        "{words:?}"
    );
}

#[test]
fn a_kiosk_that_was_just_started_asks_for_a_moment() {
    let (canvas, _) = canvas();
    let starting = Some(Reason::Starting);
    let idle = Page::Idle(IdlePage {
        items_open: 0,
        trouble: starting,
        card_left: false,
        near: false,
        halted: starting,
    });
    show(&canvas, &question(1, idle));
    assert!(says(&canvas, "idle.starting") && says(&canvas, "reason.starting"));
    assert!(!says(&canvas, "idle.start") && !says(&canvas, "idle.trouble-detail"));
}

#[test]
fn a_keypad_walks_to_an_element_and_touches_it() {
    let (canvas, taps) = canvas();
    show(&canvas, &question(1, samples::facts()));
    canvas.walk(Walk::Take);
    assert!(taps.borrow().is_empty(), "nothing was walked to");
    canvas.walk(Walk::After);
    canvas.walk(Walk::After);
    canvas.walk(Walk::Take);
    let after = taps.take();
    assert_eq!(after.len(), 1, "{after:?}");
    canvas.walk(Walk::Before);
    canvas.walk(Walk::Take);
    let before = taps.take();
    assert_eq!(before.len(), 1);
    assert_ne!(before, after, "another element");
}
