//! Scripts played against real kiosks in memory.

mod bookings;
mod city;
mod enquiries;
mod hall;
mod room;
mod service;

use room::{Pretended, Slip};

use super::{PlayError, Played, play};
use crate::demo::script::{Script, names};

fn played(name: &str) -> (Played, Pretended) {
    let script = Script::built_in(name).unwrap_or_else(|error| panic!("{error}"));
    let mut room = Pretended::new();
    let played = play(&script, &mut room).unwrap_or_else(|error| panic!("{name}: {error}"));
    (played, room)
}

/// The error of playing these steps.
fn fails(steps: &str) -> PlayError {
    let text = format!("title = {{ zh = \"例\", en = \"Sample\" }}\nabout = \"x\"\n{steps}");
    let script = Script::parse("sample", &text).unwrap_or_else(|error| panic!("{error}"));
    play(&script, &mut Pretended::new()).expect_err("cannot be played")
}

const TO_THE_NOTICE: &str = "[[step]]\nput-card = \"zhang-shili\"\n[[step]]\nchoose = \"apply\"\n\
    [[step]]\nfind = { words = \"失业\", open = \"失业登记\" }\n[[step]]\ntap = \"begin\"\n\
    [[step]]\nidentify = \"face\"\n";

#[test]
fn every_built_in_visit_plays_and_the_city_holds_exactly_what_was_filed() {
    for name in names() {
        let (played, room) = played(name);
        let opened = played.filed.iter().filter(|filed| !filed.supplement);
        assert_eq!(opened.count(), room.city.cases.len(), "{name}");
        assert!(played.filed.iter().all(|filed| filed.stored), "{name}");
        assert!(played.screens > 10, "{name}");
    }
}

#[test]
fn an_instant_item_is_stored_then_received_and_its_slip_printed_once() {
    let (played, room) = played("unemployment");
    assert_eq!(played.filed.len(), 1);
    assert_eq!(played.filed[0].item, "失业登记");
    assert!(played.filed[0].stored);
    assert_eq!(played.filed[0].received.as_deref(), Some("SB-1"));
    assert_eq!(
        room.slips,
        [Slip::Receipt {
            copy: 0,
            matters: 1
        }]
    );
}

#[test]
fn the_resident_who_walks_away_files_and_prints_nothing() {
    let (played, room) = played("walks-away");
    assert!(played.filed.is_empty());
    assert!(room.city.cases.is_empty());
    assert!(room.slips.is_empty());
}

#[test]
fn a_double_tap_on_submit_makes_one_case() {
    let (played, room) = played("double-tap");
    assert_eq!(played.filed.len(), 1);
    assert_eq!(room.city.cases.len(), 1);
}

#[test]
fn two_matters_make_two_cases_and_one_slip() {
    let (played, room) = played("two-matters");
    assert_eq!(played.filed.len(), 2);
    assert_eq!(room.city.cases.len(), 2);
    assert_eq!(
        room.slips,
        [Slip::Receipt {
            copy: 0,
            matters: 2
        }]
    );
}

#[test]
fn paper_out_in_mid_slip_is_followed_by_a_copy_and_a_stranger_gets_only_the_guide() {
    let (_, room) = played("paper-out");
    let receipt = |copy| Slip::Receipt { copy, matters: 1 };
    assert_eq!(room.slips, [receipt(0), receipt(1), Slip::Guide]);
}

#[test]
fn no_network_ends_stored_here_and_the_case_arrives_once() {
    let (played, room) = played("city-away");
    assert_eq!(played.filed.len(), 1);
    assert!(played.filed[0].stored);
    assert_eq!(played.filed[0].received, None);
    assert_eq!(room.city.cases.len(), 1);
}

#[test]
fn papers_asked_for_are_brought_at_another_kiosk() {
    let (played, room) = played("supplement");
    let kinds: Vec<bool> = played.filed.iter().map(|filed| filed.supplement).collect();
    assert_eq!(kinds, [false, true]);
    assert_eq!(room.city.cases[0].state, "corrected");
    assert_eq!(room.city.cases[0].pages, 2);
}

#[test]
fn a_wrong_expectation_names_step_and_page_and_nobody() {
    let error = fails(&format!(
        "{TO_THE_NOTICE}[[step]]\nexpect = {{ page = \"sign\" }}\n"
    ));
    let PlayError::Expected {
        step,
        name,
        expected,
        stood,
    } = &error
    else {
        panic!("{error}");
    };
    assert_eq!((*step, *name), (6, "expect"));
    assert!(expected.contains("Sign"), "{expected}");
    assert!(stood.contains("page notice, step 2 of 6"), "{stood}");
    assert!(!error.to_string().contains('张'), "{error}");
}

#[test]
fn a_greyed_action_is_not_touched() {
    let error = fails(&format!("{TO_THE_NOTICE}[[step]]\ntap = \"next\"\n"));
    assert!(
        matches!(&error, PlayError::NotOffered { step: 6, stood, .. } if stood.contains("greyed")),
        "{error}"
    );
}

#[test]
fn a_touch_below_the_help_is_not_made() {
    let error = fails(
        "[[step]]\ntap = \"start\"\n[[step]]\ntap = \"help\"\n[[step]]\nchoose = \"apply\"\n",
    );
    assert!(
        matches!(&error, PlayError::NotOffered { step: 3, stood, .. } if stood.contains("Help")),
        "{error}"
    );
}

#[test]
fn a_question_without_an_answer_is_named() {
    let error = fails(&format!(
        "{TO_THE_NOTICE}[[step]]\ngo = {{ to = \"sign\", answers = {{ \"手机号码\" = \"15400000001\" }} }}\n"
    ));
    assert!(error.to_string().contains("失业原因"), "{error}");
}

#[test]
fn an_answer_the_form_refuses_ends_the_visit_with_its_problem() {
    let error = fails(&format!(
        "{TO_THE_NOTICE}[[step]]\ngo = {{ to = \"sign\", answers = {{ \"手机号码\" = \"123\" }} }}\n"
    ));
    assert!(error.to_string().contains("problem"), "{error}");
    assert!(!error.to_string().contains("123"), "{error}");
}

#[test]
fn a_scan_with_nothing_on_the_glass_says_so() {
    let script = Script::built_in("household-business").expect("built in");
    let mut script = script;
    script
        .steps
        .retain(|step| !matches!(step, crate::demo::script::Step::Feeder(_)));
    let error = play(&script, &mut Pretended::new()).expect_err("nothing to scan");
    assert!(error.to_string().contains("NoPaper"), "{error}");
}

#[test]
fn a_card_that_does_not_exist_is_said_in_the_rooms_words() {
    let error = fails("[[step]]\nput-card = \"nobody\"\n");
    assert!(
        matches!(&error, PlayError::Room { step: 1, cause, .. } if cause.contains("nobody")),
        "{error}"
    );
}
