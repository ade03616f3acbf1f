//! Touches found by what a screen reader would say, on every page in every language.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may stop"
)]

mod common;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use common::{pages as p, pages_after as a, pages_filing as f, pages_portrait as o};
use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use kiosk_ui::keyboard::Keyboard;
use kiosk_ui::*;
use slint::platform::PointerEventButton;
use slint::{ComponentHandle, Model, PhysicalSize};

fn window(english: bool) -> AppWindow {
    i_slint_backend_testing::init_no_event_loop();
    let window = AppWindow::new().expect("a window without a display");
    window.show().expect("shown");
    window.window().set_size(PhysicalSize::new(1080, 1920));
    p::frame(&window, english);
    settle();
    window
}

/// Lets the window take note of its size and of a new page, as the event loop would.
fn settle() {
    i_slint_backend_testing::mock_elapsed_time(Duration::from_millis(50));
}

/// The one button with this label.
fn button(window: &AppWindow, label: &str) -> ElementHandle {
    let mut found = ElementHandle::find_by_accessible_label(window, label)
        .filter(|e| e.accessible_role() == Some(AccessibleRole::Button));
    let first = found
        .next()
        .unwrap_or_else(|| panic!("a button \"{label}\""));
    assert!(found.next().is_none(), "two buttons \"{label}\"");
    first
}

fn touch(window: &AppWindow, label: &str) {
    button(window, label).mock_single_click(PointerEventButton::Left);
}

/// Collects the names of touches.
#[derive(Clone, Default)]
struct Heard(Rc<RefCell<Vec<String>>>);

impl Heard {
    fn say(&self, what: impl Into<String>) {
        self.0.borrow_mut().push(what.into());
    }

    fn take(&self) -> Vec<String> {
        self.0.borrow_mut().drain(..).collect()
    }
}

type Draw = fn(&AppWindow, bool);

const PAGES: &[(&str, Draw)] = &[
    ("idle", |w, _| p::idle(w, "", false)),
    ("out of service", |w, _| p::idle(w, "x", true)),
    ("start", |w, e| p::start(w, e, 2, true)),
    ("find", p::find_overview),
    ("found", |w, e| p::find_items(w, e, "a")),
    ("guide", |w, e| {
        p::guide(w, e, OfflineKind::CheckedLater, "")
    }),
    ("put card", |w, e| {
        p::identify(w, e, IdentifyStage::PutCard, true)
    }),
    ("is it you", |w, e| {
        p::identify(w, e, IdentifyStage::IsItYou, true)
    }),
    ("second factor", |w, e| {
        p::identify(w, e, IdentifyStage::SecondFactor, true)
    }),
    ("choose", |w, e| {
        p::identify(w, e, IdentifyStage::Choose, true)
    }),
    ("code", |w, e| p::identify(w, e, IdentifyStage::Code, true)),
    ("staff", |w, e| {
        p::identify(w, e, IdentifyStage::Staff, true)
    }),
    ("wait", p::wait),
    ("notice", p::notice),
    ("facts", f::facts),
    ("text", |w, e| f::ask_text(w, e, false)),
    ("long text", |w, e| f::ask_text(w, e, true)),
    ("number of a passport", |w, e| f::ask_passport(w, e, false)),
    ("lines of a passport", |w, e| f::ask_passport(w, e, true)),
    ("digits", f::ask_digits),
    ("date", f::ask_date),
    ("choice", |w, e| f::ask_choice(w, e, false)),
    ("choices", |w, e| f::ask_choice(w, e, true)),
    ("yes or no", |w, e| f::ask_yes_no(w, e, false)),
    ("statement", |w, e| f::ask_yes_no(w, e, true)),
    ("delivery", f::ask_delivery),
    ("address of the post", f::ask_address),
    ("region", f::ask_region),
    ("rows", f::ask_rows),
    ("materials", f::checklist),
    ("material", |w, e| f::material(w, e, true)),
    ("scan place", |w, e| f::scan(w, e, ScanStage::Place, true)),
    ("scanning", |w, e| f::scan(w, e, ScanStage::Scanning, false)),
    ("scan look", |w, e| f::scan(w, e, ScanStage::Look, false)),
    ("scan blank", |w, e| f::scan(w, e, ScanStage::Look, true)),
    ("scan desk", |w, e| f::scan_desk(w, e, false)),
    ("scan sideways", |w, e| {
        f::scan_advised(w, e, AdviceSketch::Turn)
    }),
    ("scan pages", |w, e| f::scan(w, e, ScanStage::Pages, false)),
    ("portrait ways", |w, e| o::ways(w, e, true)),
    ("portrait live", |w, e| o::live(w, e, o::Seen::Beside)),
    ("portrait look", |w, e| o::look(w, e, true)),
    ("portrait trouble", o::trouble),
    ("review", f::review),
    ("document", f::document),
    ("sign", |w, e| f::sign(w, e, true)),
    ("not stored", |w, e| a::submit(w, e, true)),
    ("stored", |w, e| a::done(w, e, false, false)),
    ("granted", |w, e| a::done(w, e, true, true)),
    ("drawn back", |w, e| {
        a::prints(w, e, SlipKind::DrawnBack, ResultPrinting::Partial, true);
    }),
    ("matter unknown", |w, e| {
        a::matter_prints(w, e, ResultPrinting::Unknown);
    }),
    ("rate", |w, e| a::rate(w, e, 1)),
    ("goodbye", |w, e| a::goodbye(w, e, true)),
    ("matters", |w, e| a::matters(w, e, false)),
    ("matter", a::matter),
    ("check-in", |w, e| a::check_in(w, e, true)),
    ("check-in elsewhere", |w, e| a::check_in(w, e, false)),
    ("appointment times", |w, e| a::appointment(w, e, false)),
    ("appointment made", |w, e| a::appointment(w, e, true)),
];

#[test]
fn every_page_in_every_language_speaks_words_and_never_keys() {
    let window = window(false);
    for english in [false, true] {
        for (name, draw) in PAGES {
            p::frame(&window, english);
            draw(&window, english);
            settle();
            let keys = words::keys("en");
            let elements = ElementQuery::from_root(&window)
                .match_descendants()
                .find_all();
            let labels: Vec<_> = elements
                .iter()
                .filter_map(ElementHandle::accessible_label)
                .collect();
            assert!(labels.len() > 5, "{name} is empty");
            for label in labels {
                assert!(!keys.contains(&label.as_str()), "{name}: {label}");
            }
            for button in elements
                .iter()
                .filter(|e| e.accessible_role() == Some(AccessibleRole::Button))
            {
                let label = button.accessible_label().unwrap_or_default();
                assert!(!label.is_empty(), "{name}: a button without a label");
            }
        }
    }
}

#[test]
fn the_foot_reports_back_help_end_and_the_one_action() {
    let window = window(false);
    let heard = Heard::default();
    let say = |name: &'static str| {
        let heard = heard.clone();
        move || heard.say(name)
    };
    let touched = window.global::<Touched>();
    touched.on_next(say("next"));
    touched.on_back(say("back"));
    touched.on_help(say("help"));
    touched.on_end(say("end"));
    f::facts(&window, false);
    for label in ["返回", "帮助", "退出", "全部正确"] {
        touch(&window, label);
    }
    assert_eq!(heard.take(), ["back", "help", "end", "next"]);
}

#[test]
fn a_grey_action_does_nothing() {
    let window = window(false);
    let heard = Heard::default();
    let out = heard.clone();
    window.global::<Touched>().on_next(move || out.say("next"));
    f::ask_date(&window, false);
    let next = button(&window, "下一步");
    assert_eq!(next.accessible_enabled(), Some(false));
    next.mock_single_click(PointerEventButton::Left);
    next.invoke_accessible_default_action();
    assert!(heard.take().is_empty());
}

#[test]
fn the_language_button_says_the_other_language_on_every_page() {
    let window = window(false);
    let heard = Heard::default();
    let out = heard.clone();
    window
        .global::<Touched>()
        .on_language(move |language| out.say(format!("{language:?}")));
    f::review(&window, false);
    touch(&window, "English");
    p::frame(&window, true);
    touch(&window, "中文");
    assert_eq!(heard.take(), ["En", "ZhHans"]);
}

#[test]
fn choices_report_their_place() {
    let window = window(true);
    let heard = Heard::default();
    let (one, many) = (heard.clone(), heard.clone());
    let touched = window.global::<Touched>();
    touched.on_pick(move |place| one.say(format!("pick {place}")));
    touched.on_toggle(move |place| many.say(format!("toggle {place}")));
    let at = |label: &str| {
        ElementHandle::find_by_accessible_label(&window, label)
            .find(|e| e.accessible_checkable() == Some(true))
            .expect("an option")
    };
    f::ask_choice(&window, true, false);
    at("Snack service").mock_single_click(PointerEventButton::Left);
    f::ask_choice(&window, true, true);
    let scope = at("Snack service");
    assert_eq!(scope.accessible_checked(), Some(true));
    scope.mock_single_click(PointerEventButton::Left);
    a::rate(&window, true, 0);
    at("Very bad").mock_single_click(PointerEventButton::Left);
    assert_eq!(heard.take(), ["pick 2", "toggle 2", "pick 4"]);
}

#[test]
fn pinyin_is_typed_with_keys_and_only_chosen_characters_go_on() {
    let window = window(false);
    let heard = Heard::default();
    let (typed, erased) = (heard.clone(), heard.clone());
    let keyboard = Keyboard::connect(
        &window,
        move |text| typed.say(text),
        move || erased.say("erase"),
        |_| true,
    );
    f::ask_text(&window, false, false);
    keyboard.reset(KeyboardMode::Pinyin);
    for key in ["s", "h", "i", "是"] {
        button(&window, key).mock_single_click(PointerEventButton::Left);
    }
    assert_eq!(heard.take(), ["是"]);
    touch(&window, "w");
    touch(&window, "退格");
    assert!(heard.take().is_empty(), "the letter took the backspace");
    touch(&window, "退格");
    touch(&window, "英文");
    touch(&window, "大写");
    touch(&window, "Q");
    touch(&window, "7");
    assert_eq!(heard.take(), ["erase", "Q", "7"]);
    assert_eq!(format!("{keyboard:?}"), "[redacted]");
}

#[test]
fn a_rare_character_is_typed_by_strokes_or_by_its_number() {
    let window = window(false);
    let heard = Heard::default();
    let typed = heard.clone();
    let keyboard = Keyboard::connect(
        &window,
        move |text| typed.say(text),
        || {},
        |c| u32::from(c) < 0x3_0000,
    );
    f::ask_text(&window, false, false);
    keyboard.reset(KeyboardMode::Pinyin);
    touch(&window, "笔画");
    for label in ["横", "横", "任意", "横", "王"] {
        touch(&window, label);
    }
    touch(&window, "编码");
    for key in ["2", "C", "C", "5", "6", "𬱖"] {
        touch(&window, key);
    }
    assert_eq!(heard.take(), ["王", "𬱖"]);
    let keys = window.global::<KeyboardAdapter>();
    for key in ["3", "1", "3", "4", "A"] {
        touch(&window, key);
    }
    let drawn: Vec<_> = keys.get_candidates().iter().map(|c| c.code).collect();
    assert_eq!(
        drawn,
        ["3134A"],
        "a character without a glyph is its number"
    );
    touch(&window, "拼音");
    assert_eq!(keys.get_composition(), "", "nothing stays behind");
}

#[test]
fn the_lines_of_a_passport_are_typed_with_their_fillers() {
    let window = window(false);
    let heard = Heard::default();
    let (typed, zone) = (heard.clone(), heard.clone());
    let keyboard = Keyboard::connect(&window, move |text| typed.say(text), || {}, |_| true);
    let touched = window.global::<Touched>();
    touched.on_type_zone(move || zone.say("zone"));
    f::ask_passport(&window, false, false);
    keyboard.reset(KeyboardMode::Capitals);
    touch(&window, "输入护照机读码");
    f::ask_passport(&window, false, true);
    keyboard.reset(KeyboardMode::Zone);
    for key in ["P", "<", "7"] {
        touch(&window, key);
    }
    touch(&window, "只填号码");
    assert_eq!(heard.take(), ["zone", "P", "<", "7", "zone"]);
    let keys = ["空格", "大写", "符号", "拼音"];
    for label in keys {
        let found = ElementHandle::find_by_accessible_label(&window, label).count();
        assert_eq!(found, 0, "{label} has no place in those lines");
    }
}

#[test]
fn a_signature_is_reported_point_by_point_in_thousandths() {
    let window = window(false);
    let heard = Heard::default();
    let (begun, ended) = (heard.clone(), heard.clone());
    let touched = window.global::<Touched>();
    touched.on_stroke_begin(move |x, y| {
        assert!((0..=1000).contains(&x) && (0..=1000).contains(&y));
        begun.say("begin");
    });
    touched.on_stroke_finish(move || ended.say("finish"));
    f::sign(&window, false, false);
    let pad = ElementHandle::find_by_accessible_label(&window, "签名区")
        .next()
        .expect("the pad");
    pad.mock_single_click(PointerEventButton::Left);
    assert_eq!(heard.take(), ["begin", "finish"]);
}

#[test]
fn while_the_card_is_away_the_page_below_takes_no_touch() {
    let window = window(false);
    let heard = Heard::default();
    let (next, end) = (heard.clone(), heard.clone());
    let touched = window.global::<Touched>();
    touched.on_next(move || next.say("next"));
    touched.on_end_now(move || end.say("end now"));
    f::facts(&window, false);
    let frame = window.global::<Frame>();
    frame.set_overlay_seconds(30);
    frame.set_overlay(OverlayKind::Cover);
    touch(&window, "全部正确");
    touch(&window, "结束办理");
    assert_eq!(heard.take(), ["end now"]);
}

#[test]
fn the_fault_panel_reports_what_is_done_to_the_devices() {
    i_slint_backend_testing::init_no_event_loop();
    let panel = FaultPanel::new().expect("a window without a display");
    panel.show().expect("shown");
    panel.set_groups(p::groups());
    let heard = Heard::default();
    let (card, deed, fault) = (heard.clone(), heard.clone(), heard.clone());
    panel.on_choose(move |group, place| card.say(format!("card {group} {place}")));
    panel.on_press(move |group, place| deed.say(format!("press {group} {place}")));
    panel.on_tick(move |group, place, on| fault.say(format!("tick {group} {place} {on}")));
    let labels = ["拿走证件", "李样本", "彩色一页", "扫描仪 · 已拔掉"];
    for label in labels {
        ElementHandle::find_by_accessible_label(&panel, label)
            .next()
            .unwrap_or_else(|| panic!("{label} is on the panel"))
            .mock_single_click(PointerEventButton::Left);
    }
    let expected = ["card 0 -1", "card 0 1", "press 1 0", "tick 1 1 true"];
    assert_eq!(heard.take(), expected);
}
