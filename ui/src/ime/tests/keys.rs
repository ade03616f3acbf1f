//! Single cases and random runs of keys.

use proptest::prelude::*;

use crate::ime::{Bar, Composer, Way, candidates};

fn texts(letters: &str) -> Vec<String> {
    let found = candidates(Way::Pinyin, letters);
    found.iter().map(|c| c.text.clone()).collect()
}

fn typed(letters: &str) -> Composer {
    let mut composer = Composer::default();
    for letter in letters.chars() {
        assert!(composer.push(letter));
    }
    composer
}

fn place(all: &[String], text: &str) -> usize {
    let place = all.iter().position(|found| found == text);
    place.unwrap_or_else(|| panic!("{text} is offered"))
}

#[test]
fn common_characters_stand_before_the_rest() {
    let shi = texts("shi");
    assert_eq!(shi.first().map(String::as_str), Some("是"));
    assert!(place(&shi, "师") < place(&shi, "鲺"));
}

#[test]
fn letters_that_can_be_cut_in_two_ways_offer_both() {
    let xian = texts("xian");
    assert!(place(&xian, "先") < 12);
    assert!(place(&xian, "西安") < 12);
    assert_eq!(texts("xi'an").first().map(String::as_str), Some("西安"));
    let fangan = texts("fangan");
    assert!(place(&fangan, "方案") < 5);
    assert!(place(&fangan, "反感") < 5);
}

#[test]
fn first_letters_and_mixtures_reach_the_word() {
    for letters in ["shebaoka", "sbk", "shebk", "shbk", "sbaok"] {
        assert!(place(&texts(letters), "社保卡") < 6, "{letters}");
    }
    assert!(place(&texts("zhs"), "中山") < 40);
}

#[test]
fn words_that_nobody_listed_are_put_together() {
    let first = |letters: &str| texts(letters).first().cloned().unwrap_or_default();
    assert_eq!(first("woyaobanlijuzhuzheng"), "我要办理居住证");
    assert_eq!(first("beijingshichaoyangqurenminlu"), "北京市朝阳区人民路");
}

/// Readings are those of the list; it knows U+2CC56 as "di".
#[test]
fn every_character_of_the_sample_names_can_be_typed() {
    for (letters, character) in [
        ("zhang", "张"),
        ("di", "𬱖"),
        ("wei", "𬱟"),
        ("nv", "女"),
        ("nu", "女"),
        ("lyu", "吕"),
        ("lu", "吕"),
        ("lv", "吕"),
        ("lue", "略"),
        ("jv", "居"),
        ("yan", "䶮"),
        ("sheng", "昇"),
    ] {
        place(&texts(letters), character);
    }
}

#[test]
fn unfinished_letters_offer_the_most_used_beginnings() {
    assert!(place(&texts("zh"), "中") < 40);
    assert!(place(&texts("x"), "小") < 20);
}

#[test]
fn letters_that_are_no_syllable_can_still_be_taken_as_letters() {
    assert_eq!(texts("ivu").last().map(String::as_str), Some("ivu"));
    assert!(texts("").is_empty());
}

#[test]
fn choosing_keeps_the_letters_not_used() {
    let mut composer = typed("shiye");
    let place = loop {
        let shown = composer.shown();
        let place = shown.candidates.iter().position(|(text, _)| text == "是");
        match place {
            Some(place) => break place,
            None => composer.turn(1),
        }
    };
    assert_eq!(composer.choose(place).as_deref(), Some("是"));
    assert_eq!(composer.keys(), "ye");
    assert!(composer.choose(0).is_some());
    assert!(composer.is_empty());
    assert_eq!(composer.choose(0), None);
}

#[test]
fn pages_turn_to_the_rare_characters_and_stop_at_both_ends() {
    let mut composer = typed("wei");
    let first = composer.shown();
    assert!(!first.before);
    composer.turn(-1);
    assert_eq!(composer.shown(), first, "stays on the first page");
    let mut pages = 0;
    while composer.shown().after {
        composer.turn(1);
        pages += 1;
    }
    assert!(pages > 10);
    let last = composer.shown();
    composer.turn(1);
    assert_eq!(composer.shown(), last);
    composer.turn(-pages);
    assert_eq!(composer.shown(), first);
}

#[test]
fn keys_of_another_way_are_refused() {
    let mut composer = Composer::default();
    assert!(!composer.push('7'));
    assert!(!composer.push('\''), "no separator before a letter");
    composer.begin(Way::CodePoint);
    assert!(composer.push('7') && composer.push('F') && !composer.push('G'));
    composer.begin(Way::Strokes);
    assert!(composer.push('h') && composer.push('?') && !composer.push('7'));
}

#[test]
fn what_is_typed_is_never_printed() {
    assert_eq!(format!("{:?}", typed("zhang")), "[redacted]");
}

#[derive(Clone, Debug)]
enum Deed {
    Key(char),
    Erase,
    Turn(i32),
    Choose(usize),
    Begin(Way),
    Fit(Bar),
}

fn deed() -> impl Strategy<Value = Deed> {
    let key = || prop::sample::select("aeghinostuvxz'hspnz?0129AF".chars().collect::<Vec<_>>());
    let way = prop::sample::select(vec![Way::Pinyin, Way::Strokes, Way::CodePoint]);
    let bar = (0..3_usize, 0..900_u32).prop_map(|(rows, width)| Bar {
        rows,
        width,
        character: 60,
    });
    prop_oneof![
        20 => key().prop_map(Deed::Key),
        3 => any::<char>().prop_map(Deed::Key),
        3 => Just(Deed::Erase),
        3 => (-3..4).prop_map(Deed::Turn),
        2 => (0..12_usize).prop_map(Deed::Choose),
        1 => way.prop_map(Deed::Begin),
        1 => bar.prop_map(Deed::Fit),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_run_of_keys_panics_grows_without_bound_or_stays(
        deeds in prop::collection::vec(deed(), 0..60)
    ) {
        let mut composer = Composer::default();
        for deed in deeds {
            let before = composer.keys().len();
            match deed {
                Deed::Key(key) => {
                    composer.push(key);
                    prop_assert!(composer.keys().len() <= before + 1);
                }
                Deed::Erase => {
                    let taken = composer.erase();
                    prop_assert_eq!(taken, before > 0);
                    prop_assert_eq!(composer.keys().len(), before.saturating_sub(1));
                }
                Deed::Turn(by) => composer.turn(by),
                Deed::Choose(place) => {
                    let chosen = composer.choose(place);
                    let shrunk = composer.keys().len() < before;
                    prop_assert_eq!(chosen.is_some(), shrunk);
                }
                Deed::Begin(way) => {
                    composer.begin(way);
                    prop_assert!(composer.is_empty());
                }
                Deed::Fit(bar) => composer.fit(bar),
            }
            prop_assert!(composer.keys().len() <= 64);
            let shown = composer.shown();
            prop_assert!(shown.candidates.len() <= 64);
            prop_assert!(composer.is_empty() == composer.keys().is_empty());
        }
        composer.clear();
        prop_assert!(composer.is_empty() && composer.shown().candidates.is_empty());
    }

    #[test]
    fn the_longest_runs_of_letters_are_bounded(letters in "[a-z']{0,80}") {
        let mut composer = Composer::default();
        for letter in letters.chars() {
            composer.push(letter);
        }
        prop_assert!(composer.keys().len() <= 64);
        prop_assert!(candidates(Way::Pinyin, composer.keys()).len() <= 1_200);
    }
}
