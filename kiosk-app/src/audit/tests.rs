//! Planted faults: each rule finds its own, and nothing where there is none.

use kiosk_core::screen::{Lang, Page, WaitPage, Waiting};
use slint::ComponentHandle;

use super::found::{Found, Rule};
use super::look::Rules;
use super::rules::pixels::{self, Pixels};
use super::scene::Scene;
use crate::headless::Canvas;
use crate::samples;
use crate::view::tests::surroundings;

slint::slint! {
    component Target inherits Rectangle {
        in property <string> label;
        in property <string> text;
        in property <color> colour: #000000;
        in property <bool> walked: true;
        in property <length> room: 100px;
        width: 300px;
        height: 96px;
        background: #ffffff;
        border-width: 2px;
        border-color: #000000;
        accessible-role: button;
        accessible-label: root.label;
        accessible-action-default => { }
        FocusScope {
            enabled: root.walked;
        }
        TouchArea {
            clicked => { }
        }
        Text {
            x: 20px;
            y: 10px;
            width: 260px;
            height: min(root.room, 76px);
            text: root.text;
            accessible-role: none;
            font-family: "Kiosk Sans";
            font-size: 40px;
            color: root.colour;
            vertical-alignment: center;
        }
    }

    export component Faulty inherits Window {
        in property <string> fault;
        width: 800px;
        height: 700px;
        background: #ffffff;
        if root.fault == "pixels": Path {
            width: 100%;
            height: 100%;
            viewbox-width: 10;
            viewbox-height: 10;
            commands: "M0 0 L10 0 L10 10 L0 10 Z";
            fill: #404040;
        }
        Target {
            x: root.fault == "order" ? 400px : 20px;
            y: 20px;
            height: root.fault == "size" ? 80px : 96px;
            label: root.fault == "label" ? "" : "one";
            text: root.fault == "glyph" ? "\u{10fffd}" : root.fault == "key" ? "action.submit" : "one";
            colour: root.fault == "contrast" ? #999999 : #000000;
        }
        Target {
            x: root.fault == "order" ? 20px : root.fault == "distance" ? 330px : 400px;
            y: 20px;
            label: "two";
            text: root.fault == "long" ? "many words that do not fit" : "two";
            walked: root.fault != "focus";
            room: root.fault == "cut" ? 20px : 100px;
        }
        if root.fault == "role": TouchArea {
            x: 20px;
            y: 200px;
            width: 200px;
            height: 100px;
            clicked => { }
        }
        Text {
            x: 20px;
            y: 320px;
            width: 700px;
            height: 60px;
            text: root.fault == "private" ? "11010519491231002X" : root.fault == "words" ? "\u{63d0}\u{4ea4}" : "three";
            font-family: "Kiosk Sans";
            font-size: 40px;
            color: #000000;
        }
        if root.fault == "overlap": Text {
            x: 40px;
            y: 330px;
            text: "four";
            font-family: "Kiosk Sans";
            font-size: 40px;
            color: #000000;
        }
        if root.fault == "silent": Text {
            x: 20px;
            y: 420px;
            text: "five";
            accessible-role: none;
            font-family: "Kiosk Sans";
            font-size: 40px;
            color: #000000;
        }
        if root.fault == "rest": Flickable {
            y: 500px;
            height: 200px;
            content-height: 400px;
        }
    }
}

/// What every rule says of the window with this fault.
fn found(fault: &str) -> Vec<Found> {
    let canvas = Canvas::new(800, 700, |_, _| {}, surroundings()).unwrap();
    let faulty = Faulty::new().unwrap();
    faulty.set_fault(fault.into());
    faulty.show().unwrap();
    canvas.resize(800, 700);
    let wait = Page::Wait(WaitPage {
        what: Waiting::Document,
    });
    let screen = samples::screen(1, Lang::En, wait, None);
    let scene = Scene::read(faulty.window());
    let mut found = Rules::new().unwrap().hold(&scene, &screen, &[]);
    canvas.with_pixels(|width, all| {
        pixels::check(&scene, &Pixels { width, all }, &mut found);
    });
    found
}

/// Every fault on a thread of its own: there is one window on each.
fn found_apart(fault: &'static str) -> Vec<Found> {
    std::thread::spawn(move || found(fault)).join().unwrap()
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    assert_eq!(found_apart("none"), []);
}

#[test]
fn each_planted_fault_is_found_by_its_rule_and_by_no_other() {
    let planted = [
        ("size", Rule::Size),
        ("distance", Rule::Distance),
        ("pixels", Rule::Pixels),
        ("cut", Rule::Cut),
        ("long", Rule::Cut),
        ("overlap", Rule::Overlap),
        ("rest", Rule::Rest),
        ("glyph", Rule::Glyph),
        ("label", Rule::Label),
        ("silent", Rule::Label),
        ("role", Rule::Role),
        ("focus", Rule::Focus),
        ("order", Rule::Focus),
        ("private", Rule::Private),
        ("words", Rule::Words),
        ("key", Rule::Words),
    ];
    for (fault, rule) in planted {
        let found = found_apart(fault);
        assert!(!found.is_empty(), "{fault} is not found");
        for it in &found {
            let drawn_without_glyph = fault == "glyph" && it.rule == Rule::Pixels;
            assert!(it.rule == rule || drawn_without_glyph, "{fault}: {it:?}");
        }
    }
}

#[test]
fn pale_letters_are_found_by_their_colours_and_by_their_pixels() {
    let rules: Vec<Rule> = found_apart("contrast").iter().map(|it| it.rule).collect();
    assert_eq!(rules, [Rule::Contrast, Rule::Pixels]);
}
