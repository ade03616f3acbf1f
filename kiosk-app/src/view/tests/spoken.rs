//! Pages as they are heard: every one speaks, every stop has a name, and what is said follows the
//! hand.

use kiosk_core::screen::*;
use kiosk_core::{Screen, Spelling, stops};

use super::{key_in, samples};
use crate::view::{Said, lines, said};

fn heard(lang: Lang, page: Page, action: Option<Action>) -> Screen {
    let mut screen = samples::screen(1, lang, page, action);
    screen.display.aloud = true;
    screen.aloud.voice = true;
    screen
}

fn texts(said: &Said) -> Vec<&str> {
    said.lines.iter().map(|line| line.text.as_str()).collect()
}

#[test]
fn every_page_and_every_stop_is_spoken_in_both_languages() {
    for lang in [Lang::ZhHans, Lang::En] {
        for (page, action) in samples::all() {
            let name = page.name();
            let mut screen = heard(lang, page, action);
            let spoken: Vec<String> = lines(&screen).into_iter().map(|it| it.text).collect();
            assert!(
                spoken.len() > usize::from(name != "service"),
                "{name}: {spoken:?}"
            );
            assert_eq!(key_in(&spoken), None, "{name} in {lang:?}");
            let before = screen.clone();
            for at in 0..stops(&screen).len() {
                screen.aloud.cursor = Some(at);
                let said = said(Some(&before), &screen);
                let stop = stops(&screen).get(at).cloned();
                let said = said.unwrap_or_else(|| panic!("{name}: {stop:?} has no words"));
                let said: Vec<String> = said.lines.into_iter().map(|it| it.text).collect();
                assert_eq!(said.len(), 1, "{name} {at}: {said:?}");
                assert_eq!(key_in(&said), None, "{name} {at} in {lang:?}");
            }
        }
    }
}

#[test]
fn overlays_are_spoken_alone() {
    let overlays = [
        Overlay::TimeOut { seconds: 30 },
        Overlay::Cover {
            seconds: 30,
            another_card: true,
        },
        Overlay::Cover {
            seconds: 30,
            another_card: false,
        },
        Overlay::ConfirmEnd { answers: true },
        Overlay::Display,
        Overlay::Help {
            phone: "000-5550-0031".to_owned(),
        },
    ];
    for lang in [Lang::ZhHans, Lang::En] {
        for overlay in &overlays {
            let mut screen = heard(lang, samples::facts(), None);
            let before = screen.clone();
            screen.number = PageNumber(2);
            screen.overlay = Some(overlay.clone());
            let whole = said(Some(&before), &screen).unwrap();
            let whole: Vec<String> = whole.lines.into_iter().map(|it| it.text).collect();
            assert_eq!(key_in(&whole), None);
            assert!(!whole.join(" ").contains('陈'), "{whole:?}");
            let quiet = screen.clone();
            for at in 0..stops(&screen).len() {
                screen.aloud.cursor = Some(at);
                let said = said(Some(&quiet), &screen).expect("a stop says something");
                let said: Vec<String> = said.lines.into_iter().map(|it| it.text).collect();
                assert_eq!(key_in(&said), None, "{overlay:?} {at}");
            }
        }
    }
}

#[test]
fn what_is_masked_on_the_screen_is_hidden_from_the_ear() {
    let screen = heard(Lang::ZhHans, samples::facts(), None);
    let spoken: Vec<String> = lines(&screen).into_iter().map(|it| it.text).collect();
    let number = spoken.iter().find(|line| line.starts_with("公民身份号码"));
    let number = number.expect("the number is spoken of");
    assert!(number.contains("五，隐去，X"), "{number}");
    assert!(!number.contains('*'), "{number}");
}

#[test]
fn a_new_page_is_said_whole_and_a_walk_only_where_it_goes() {
    let first = heard(Lang::En, samples::facts(), Some(Action::Continue));
    let begun = said(None, &first).unwrap();
    assert!(begun.cuts && begun.page == Some(PageNumber(1)));
    assert!(texts(&begun)[0].starts_with("Reading aloud is on"));
    assert_eq!(
        said(Some(&first), &first),
        None,
        "nothing new, nothing said"
    );

    let mut walked = first.clone();
    walked.aloud.cursor = Some(0);
    let walk = said(Some(&first), &walked).unwrap();
    assert!(walk.cuts && walk.page.is_none());
    assert_eq!(walk.lines.len(), 1);

    let mut again = walked.clone();
    again.aloud.again += 1;
    assert_eq!(said(Some(&walked), &again), Some(walk.clone()));

    let mut louder = walked.clone();
    louder.aloud.repeats += 1;
    let whole = said(Some(&walked), &louder).unwrap();
    assert_eq!(
        whole.lines.last(),
        walk.lines.last(),
        "the stop once more after the page"
    );

    let mut turned = walked.clone();
    turned.number = PageNumber(2);
    turned.aloud.cursor = None;
    let whole = said(Some(&walked), &turned).unwrap();
    assert!(!texts(&whole)[0].starts_with("Reading aloud is on"));
    assert_eq!(whole.page, Some(PageNumber(2)));
}

#[test]
fn what_changes_by_itself_is_said_after_what_is_being_said() {
    let waiting = SlipState::Waiting { seconds: Some(5) };
    let done = |slip| samples::done(Place::StoredHere, OutcomeShown::Unknown, slip);
    let before = heard(Lang::En, done(waiting), Some(Action::Finish));
    let later = SlipState::Waiting { seconds: Some(4) };
    let now = heard(Lang::En, done(later), Some(Action::Finish));
    assert_eq!(
        said(Some(&before), &now),
        None,
        "seconds are not counted aloud"
    );
    let printing = heard(Lang::En, done(SlipState::Printing), Some(Action::Finish));
    let news = said(Some(&before), &printing).unwrap();
    assert!(!news.cuts && news.page.is_none());
    assert!(texts(&news).len() <= 2, "{:?}", texts(&news));
}

#[test]
fn a_spelt_character_is_named_and_the_text_read_when_it_is_done() {
    let page = |text: &str| {
        samples::asked(Ask::Text {
            text: text.to_owned(),
            keyboard: Keyboard::Digits,
            max: None,
            long: false,
        })
    };
    let spelling = |at| {
        Some(Spelling {
            keyboard: Keyboard::Digits,
            at,
        })
    };
    let mut field = heard(Lang::ZhHans, page(""), None);
    field.aloud.cursor = Some(0);
    let mut opened = field.clone();
    opened.aloud.spelling = spelling(None);
    let said_of = |before: &Screen, now: &Screen| {
        let said = said(Some(before), now).unwrap();
        said.lines.into_iter().map(|it| it.text).collect::<Vec<_>>()
    };
    assert!(said_of(&field, &opened)[0].starts_with("拼写"));
    let mut at_one = opened.clone();
    at_one.aloud.spelling = spelling(Some(1));
    assert_eq!(said_of(&opened, &at_one), ["1"]);
    let mut typed = at_one.clone();
    typed.page = page("1");
    assert_eq!(said_of(&at_one, &typed), ["输入了 1"]);
    let mut erased = typed.clone();
    erased.page = page("");
    assert_eq!(said_of(&typed, &erased), ["已删除"]);
    let mut done = typed.clone();
    done.page = page("15400000001");
    let mut ended = done.clone();
    ended.aloud.spelling = None;
    let ended = said_of(&done, &ended);
    assert!(ended[0].contains("幺五四，零零零零，零零零幺"), "{ended:?}");
}

#[test]
fn pulled_headphones_end_what_is_being_said() {
    let plugged = heard(Lang::En, samples::facts(), None);
    let mut pulled = plugged.clone();
    pulled.aloud.hushed = true;
    let hush = said(Some(&plugged), &pulled).unwrap();
    assert!(hush.cuts && hush.lines.is_empty());
    let mut walked = pulled.clone();
    walked.aloud.cursor = Some(0);
    assert_eq!(said(Some(&pulled), &walked), None);
    let back = said(Some(&walked), &plugged).unwrap();
    assert_eq!(
        back.page,
        Some(plugged.number),
        "the page is read from its beginning"
    );
}
