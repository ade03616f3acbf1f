//! The file of words is up to date, what is converted is right, what is not is marked, and all of it can be drawn.

use std::collections::BTreeSet;

use kiosk_paper::{FontBytes, FontSet};

use super::files::{Habits, lang};
use super::*;

const SIMPLIFIED: &str = "zh-Hans/LC_MESSAGES/kiosk-ui.po";
const TRADITIONAL: &str = "zh-Hant/LC_MESSAGES/kiosk-ui.po";

fn simplified() -> String {
    std::fs::read_to_string(lang(SIMPLIFIED)).unwrap()
}

#[test]
fn the_file_of_words_is_the_one_made_from_the_simplified_file() {
    let made = Habits::read().file(&simplified());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(lang(TRADITIONAL), &made).unwrap();
    }
    let kept = std::fs::read_to_string(lang(TRADITIONAL)).unwrap();
    let differs = made.lines().zip(kept.lines()).find(|(new, old)| new != old);
    assert_eq!(differs, None, "UPDATE=1 writes it anew; read what changed");
    assert_eq!(made.lines().count(), kept.lines().count());
}

#[test]
fn a_habit_that_changes_nothing_is_not_kept() {
    assert_eq!(Habits::read().idle(&simplified()), Vec::<&str>::new());
}

#[test]
fn characters_change_by_phrase_and_words_stay() {
    for (published, shown) in [
        ("失业登记", "失業登記"),
        ("理发店发展", "理髮店發展"),
        ("干净的后勤干部", "乾淨的後勤幹部"),
        ("证件复印件打印于窗口", "證件複印件打印於窗口"),
        ("房屋网签备案", "房屋網簽備案"),
        ("《个人信息保护法》", "《個人信息保護法》"),
        ("SB-590102-20261123-0017", "SB-590102-20261123-0017"),
        ("Unemployment registration", "Unemployment registration"),
    ] {
        assert_eq!(written(published), shown);
    }
}

#[test]
fn what_cannot_be_converted_is_shown_and_marked() {
    assert_eq!(written_by(None, "失业登记"), "失业登记（簡體原文）");
    assert_eq!(written_by(None, "2026-11"), "2026-11");
    assert_eq!(written_by(None, "¥ 10"), "¥ 10");
}

#[test]
fn what_an_officer_wrote_is_left_and_marked_where_it_looks_otherwise() {
    assert_eq!(given("材料不齐"), "材料不齐（簡體原文）");
    assert_eq!(given("文件已收"), "文件已收");
    assert_eq!(given(""), "");
}

#[test]
fn every_character_of_the_words_and_of_a_converted_catalogue_can_be_drawn() {
    let font = |bytes: &'static [u8]| FontBytes::new(std::sync::Arc::new(bytes));
    let fonts = [kiosk_ui::fonts::REGULAR, kiosk_ui::fonts::BOLD].map(font);
    let fonts = FontSet::new(&fonts, &[]).unwrap();
    let mut seen = BTreeSet::new();
    for key in kiosk_ui::words::keys("zh-Hant") {
        seen.extend(kiosk_ui::words::get("zh-Hant", key).chars());
    }
    for (_, file) in city_backend::sample_city::FILES {
        seen.extend(written(file).chars());
    }
    let seen: String = seen.into_iter().filter(|c| !c.is_control()).collect();
    assert!(seen.chars().count() > 1000, "the catalogue is read");
    assert_eq!(fonts.missing(&seen), Vec::<char>::new());
}
