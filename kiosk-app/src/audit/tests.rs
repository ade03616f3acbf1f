//! Planted faults: each rule finds its own, and nothing where there is none.

use i_slint_core::items::AccessibleRole;
use kiosk_core::Screen;
use kiosk_core::screen::{Lang, OutcomeShown, Page, SlipState, WaitPage, Waiting};
use kiosk_ui as ui;
use slint::{Color, ComponentHandle, Rgb8Pixel};

use super::found::{Found, Rule};
use super::look::Rules;
use super::rect::Rect;
use super::rules::pixels::{self, Pixels};
use super::scene::{Element, Place, Scene, Words};
use crate::headless::Canvas;
use crate::memory::VisitMemory;
use crate::samples;
use crate::view::tests::surroundings;

const BLACK: Color = Color::from_rgb_u8(0, 0, 0);
const WHITE: Color = Color::from_rgb_u8(255, 255, 255);

fn wait() -> Page {
    Page::Wait(WaitPage {
        what: Waiting::Document,
    })
}

fn screen() -> Screen {
    samples::screen(1, Lang::En, wait(), None)
}

fn place(x: f32, y: f32, width: f32, height: f32) -> Place {
    let whole = Rect::new(x, y, width, height);
    Place {
        whole,
        seen: whole,
        column: None,
    }
}

fn button(label: &str, x: f32) -> Element {
    Element {
        role: AccessibleRole::Button,
        label: label.to_owned(),
        more: Vec::new(),
        place: place(x, 20.0, 200.0, 96.0),
        target: true,
        enabled: true,
        key: false,
        around: None,
    }
}

fn text(words: &str, element: usize, x: f32) -> Words {
    Words {
        text: words.to_owned(),
        letters: place(x, 40.0, 100.0, 40.0),
        given: (160.0, 58.0),
        needed: (100.0, 58.0),
        size: 40.0,
        bold: false,
        colour: BLACK,
        ground: WHITE,
        frame: Some(Rect::new(x - 20.0, 20.0, 200.0, 96.0)),
        element: Some(element),
        painted_over: Rect::default(),
    }
}

/// Two buttons beside each other with nothing wrong about them.
fn scene() -> Scene {
    Scene {
        window: Rect::new(0.0, 0.0, 800.0, 700.0),
        texts: vec![text("one", 0, 40.0), text("two", 1, 440.0)],
        elements: vec![button("one", 20.0), button("two", 420.0)],
        focus: vec![0, 1],
        ..Scene::default()
    }
}

fn held(scene: &Scene) -> Vec<Found> {
    Rules::new().unwrap().hold(scene, &screen(), &[])
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    assert_eq!(held(&scene()), []);
}

#[test]
fn each_planted_fault_is_found_by_its_rule_and_by_no_other() {
    type Plant = fn(&mut Scene);
    let planted: [(&str, Rule, Plant); 16] = [
        ("low", Rule::Size, |it| {
            it.elements[0].place.whole.height = 80.0
        }),
        ("near", Rule::Distance, |it| {
            it.elements[1].place = place(230.0, 20.0, 200.0, 96.0)
        }),
        ("pale", Rule::Contrast, |it| {
            it.texts[0].colour = Color::from_rgb_u8(153, 153, 153)
        }),
        ("narrow", Rule::Cut, |it| it.texts[0].needed.0 = 300.0),
        ("short", Rule::Cut, |it| it.texts[0].needed.1 = 120.0),
        ("out", Rule::Cut, |it| {
            it.texts[0].letters = place(60.0, 100.0, 100.0, 40.0)
        }),
        ("over", Rule::Overlap, |it| {
            it.texts.push(text("one", 0, 50.0))
        }),
        ("under", Rule::Overlap, |it| {
            it.texts[0].painted_over = Rect::new(40.0, 40.0, 9.0, 9.0)
        }),
        ("rest", Rule::Rest, |it| {
            it.columns = vec![(Rect::new(0.0, 300.0, 800.0, 300.0), true)]
        }),
        ("glyph", Rule::Glyph, |it| it.texts[0].text.push('\u{e000}')),
        ("silent", Rule::Label, |it| {
            it.texts.push(Words {
                frame: None,
                element: None,
                ..text("one", 0, 300.0)
            });
        }),
        ("nameless", Rule::Label, |it| {
            it.elements.push(Element {
                role: AccessibleRole::Image,
                target: false,
                ..button("", 20.0)
            })
        }),
        ("bare", Rule::Role, |it| {
            it.bare.push(Rect::new(20.0, 300.0, 200.0, 96.0))
        }),
        ("not walked", Rule::Focus, |it| it.focus = vec![0]),
        ("private", Rule::Private, |it| {
            it.texts[0].text = "11010519491231002X".to_owned()
        }),
        ("key", Rule::Words, |it| {
            it.texts[0].text = "action.submit".to_owned()
        }),
    ];
    for (fault, rule, plant) in planted {
        let mut scene = scene();
        plant(&mut scene);
        // What is seen follows what is there.
        for element in &mut scene.elements {
            element.place.seen = element.place.whole;
        }
        let found = held(&scene);
        assert!(!found.is_empty(), "{fault} is not found");
        assert!(found.iter().all(|it| it.rule == rule), "{fault}: {found:?}");
    }
}

#[test]
fn focus_against_the_order_of_reading_or_behind_a_sheet_is_found() {
    let mut backwards = scene();
    backwards.focus = vec![1, 0];
    assert_eq!(held(&backwards)[0].rule, Rule::Focus);
    let mut behind = scene();
    behind.behind.push("one".to_owned());
    assert_eq!(held(&behind)[0].rule, Rule::Focus);
}

#[test]
fn chinese_on_an_english_page_is_found_unless_it_is_data() {
    let mut foreign = scene();
    foreign.texts[0].text = "提交申请".to_owned();
    assert_eq!(held(&foreign)[0].rule, Rule::Words);
}

#[test]
fn simplified_on_a_traditional_page_is_found_unless_an_officer_wrote_it() {
    let refused = || {
        let reason = samples::text("不在受理范围", "Outside the scope");
        let place = kiosk_core::screen::Place::StoredHere;
        samples::done(place, OutcomeShown::Refused { reason }, SlipState::Printed)
    };
    let found = |lang, page, words: &str| {
        let mut scene = scene();
        scene.texts[0].text = words.to_owned();
        let found = Rules::new()
            .unwrap()
            .hold(&scene, &samples::screen(1, lang, page, None), &[]);
        found.into_iter().map(|it| it.rule).collect::<Vec<_>>()
    };
    assert_eq!(found(Lang::ZhHant, wait(), "不在受理范围"), [Rule::Words]);
    assert_eq!(found(Lang::ZhHant, refused(), "說明：不在受理范围"), []);
    // Beside his words stand ours.
    let ours = found(Lang::ZhHant, refused(), "说明：不在受理范围");
    assert_eq!(ours, [Rule::Words]);
    // English has its own.
    assert_eq!(found(Lang::En, refused(), "不在受理范围"), [Rule::Words]);
}

#[test]
fn letters_in_the_blank_of_their_line_are_seen_and_missing_ones_found() {
    let scene = scene();
    let drawn = |row: usize| {
        let mut all = vec![Rgb8Pixel::new(255, 255, 255); 800 * 700];
        all[row * 800..(row + 1) * 800].fill(Rgb8Pixel::new(0, 0, 0));
        let mut found = Vec::new();
        let pixels = Pixels {
            width: 800,
            all: &all,
        };
        pixels::check(&scene, &pixels, &mut found);
        found.len()
    };
    // Letters stand from 40 to 80, their line ends at 87.
    assert_eq!(drawn(84), 0);
    assert_eq!(drawn(95), 2);
}

#[test]
fn letters_that_were_drawn_pale_are_found_by_their_pixels() {
    let scene = scene();
    let drawn = |letters: u8| {
        let mut all = vec![Rgb8Pixel::new(255, 255, 255); 800 * 700];
        for (at, pixel) in all.iter_mut().enumerate().filter(|(at, _)| at % 5 == 0) {
            *pixel = Rgb8Pixel::new(letters, letters, letters + u8::try_from(at % 2).unwrap());
        }
        let mut found = Vec::new();
        pixels::check(
            &scene,
            &Pixels {
                width: 800,
                all: &all,
            },
            &mut found,
        );
        found
    };
    assert_eq!(drawn(0), []);
    assert!(drawn(150).iter().all(|it| it.rule == Rule::Pixels));
    assert_eq!(drawn(150).len(), 2);
}

#[test]
fn what_is_planted_on_a_real_page_is_read_from_its_window() {
    let canvas = Canvas::new(1080, 1920, |_, _| {}, surroundings()).unwrap();
    canvas.show(&screen(), &VisitMemory::default());
    let frame = canvas.window().global::<ui::Frame>();
    let rules = |found: Vec<Found>| found.into_iter().map(|it| it.rule).collect::<Vec<_>>();
    let read = || held(&Scene::read(canvas.window().window()));
    frame.set_station("11010519491231002X".into());
    assert!(rules(read()).contains(&Rule::Private));
    frame.set_station("a place with a name that is far too long for the head of a page".into());
    assert!(rules(read()).contains(&Rule::Cut));
    frame.set_station("action.submit".into());
    assert!(rules(read()).contains(&Rule::Words));
    frame.set_has_primary(true);
    frame.set_primary("".into());
    assert!(rules(read()).contains(&Rule::Label));
}
