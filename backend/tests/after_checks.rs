//! 事后核查: a commitment stands in for a material, and is looked at afterwards.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use city_api::requests::commitment::{
    AfterCheck, AfterChecksAnswer, CheckOutcome, CheckOutcomeRequest, CheckState,
};
use city_api::requests::officer::{AcceptRequest, ActionAnswer, OfficerRole};
use city_api::requests::outcome::ResultRef;
use city_api::requests::paths::{CaseAction, case_action};
use city_api::requests::{ProblemCode, paths};
use city_catalogue::clock::Calendar;
use city_catalogue::record::LimitUnit;
use reqwest::blocking::Response;

use common::filing::{CHEN, LI, ZHANG, commitment};
use common::{LEGAL_AID, Room, TestKiosk, TestOfficer, problem, read, wait_for};

const NAME: &str = "经济困难状况说明";

fn accept(room: &Room, number: &str) {
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let path = case_action(number, CaseAction::Accept);
    let _: ActionAnswer = read(window.post(&path, &AcceptRequest::default()));
}

fn checks(officer: &TestOfficer) -> Vec<AfterCheck> {
    read::<AfterChecksAnswer>(officer.get(paths::AFTER_CHECKS)).after_checks
}

fn found(officer: &TestOfficer, check: &AfterCheck, outcome: CheckOutcome) -> Response {
    let path = format!("{}/{}/outcome", paths::AFTER_CHECKS, check.id);
    let words = "已向民政部门核对收入".into();
    officer.post(&path, &CheckOutcomeRequest { outcome, words })
}

/// The working days of the sample city.
fn calendar() -> Calendar {
    let mut files = city_backend::sample_city::FILES.iter();
    let (name, text) = files.find(|(name, _)| *name == "holidays.json").unwrap();
    Calendar::parse(name, text.as_bytes()).unwrap()
}

/// A case that is granted with its result document, and the result.
fn granted(room: &Room, kiosk: &TestKiosk) -> (String, ResultRef) {
    let packet = kiosk.legal_aid(ZHANG);
    let number = kiosk.filed(&packet);
    accept(room, &number);
    // Every step of the item, until it is decided.
    for step in 0..20 {
        let outcome = kiosk.outcome(&packet);
        if outcome.decision.is_some() {
            break;
        }
        for (role, person) in [(OfficerRole::Officer, "o1"), (OfficerRole::Approver, "a1")] {
            let officer = room.officer("SFJ", role, &format!("{person}{step}"));
            let answer = officer.decide(&number, true, "符合条件");
            assert!(answer.status().is_success() || answer.status() == 403);
        }
    }
    let outcome = kiosk.outcome_when(&packet, |outcome| outcome.result.is_some());
    (number, outcome.result.unwrap())
}

#[test]
fn a_case_accepted_on_a_promise_is_looked_at_by_the_body_that_decides_and_by_nobody_else() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let number = kiosk.filed(&kiosk.legal_aid(CHEN));
    let officer = room.officer("SFJ", OfficerRole::Officer, "o1");
    assert!(checks(&officer).is_empty(), "it is not accepted yet");
    accept(&room, &number);
    let check = checks(&officer).remove(0);
    let text = city_api::digest::Sha256::of(commitment(NAME).as_bytes());
    assert_eq!(
        (
            &check.case_number,
            check.material,
            check.material_name.zh.as_str()
        ),
        (&number, 3, NAME)
    );
    assert_eq!(check.item.as_deref(), Some(LEGAL_AID));
    assert_eq!(check.text_version.as_deref(), Some("1"));
    assert_eq!(check.text_sha256, Some(text.to_string()));
    assert_eq!((check.state, check.late), (CheckState::Open, false));
    // 40 working days, as the default of `policy.json` says, from the day the promised days count from.
    let from = city_backend::clock::civil(check.opened);
    let from = calendar().acceptance_day(from, &Default::default());
    let due = calendar()
        .deadline_of(from, 40, LimitUnit::Workday)
        .unwrap();
    assert_eq!(check.due, due.date);

    let stranger = room.officer("GAJ", OfficerRole::Officer, "g1");
    assert!(checks(&stranger).is_empty());
    let refused = problem(found(&stranger, &check, CheckOutcome::Kept));
    assert_eq!(refused.code, ProblemCode::Forbidden);
    let window = room.officer("SFJ", OfficerRole::Window, "w2");
    let refused = problem(window.get(paths::AFTER_CHECKS));
    assert_eq!(refused.code, ProblemCode::Forbidden);
    let refused = problem(found(&officer, &check, CheckOutcome::Revoke));
    assert_eq!(refused.code, ProblemCode::WrongState, "nothing is granted");

    let kept: AfterCheck = read(found(&officer, &check, CheckOutcome::Kept));
    assert_eq!(kept.state, CheckState::Kept);
    assert!(checks(&officer).is_empty());
    let again = problem(found(&officer, &check, CheckOutcome::Rectify));
    assert_eq!(again.code, ProblemCode::WrongState);
    let told = "SELECT kind || ' ' || actor || ' ' || body FROM event WHERE kind LIKE 'check%' ORDER BY id";
    let expected = [
        "check opened city SFJ",
        "checks read o1 SFJ",
        "check done o1 SFJ",
    ];
    assert_eq!(room.column(told), expected);
    let everything = room.everything();
    assert!(everything.iter().all(|row| !row.contains("民政部门")));
}

#[test]
fn a_case_that_is_accepted_by_law_is_looked_at_too() {
    let room = Room::open();
    let kiosk = room.kiosk();
    kiosk.filed(&kiosk.legal_aid(CHEN));
    let officer = room.officer("SFJ", OfficerRole::Officer, "o1");
    assert!(checks(&officer).is_empty());
    room.city().clock().advance(20 * 24 * 3600);
    let opened = "SELECT count(*) FROM event WHERE kind = 'check opened'";
    wait_for(|| room.column(opened), |count| count == &["1"]);
    let check = checks(&officer).remove(0);
    let from = city_backend::clock::civil(check.opened).date();
    let due = calendar().deadline_of(from, 40, LimitUnit::Workday);
    assert!(check.due < due.unwrap().date, "from the day of receipt");
}

#[test]
fn a_promise_that_nobody_looks_at_in_time_is_overdue_once() {
    let room = Room::open();
    let kiosk = room.kiosk();
    accept(&room, &kiosk.filed(&kiosk.legal_aid(CHEN)));
    let late = "SELECT count(*) FROM event WHERE kind = 'overdue' AND detail LIKE '%commitment%' AND body = 'SFJ'";
    assert_eq!(room.column(late), ["0"]);
    room.city().clock().advance(90 * 24 * 3600);
    wait_for(|| room.column(late), |count| count == &["1"]);
    let officer = room.officer("SFJ", OfficerRole::Officer, "o1");
    assert!(checks(&officer)[0].late);
    assert!(
        room.city()
            .alarms()
            .unwrap()
            .contains(&"overdue".to_owned())
    );
    // What is to be put right has days of its own.
    let rectify: AfterCheck = read(found(&officer, &checks(&officer)[0], CheckOutcome::Rectify));
    assert!(
        !rectify.late && rectify.due > city_backend::clock::civil(room.city().clock().now()).date()
    );
    room.city().clock().advance(60 * 24 * 3600);
    wait_for(|| room.column(late), |count| count == &["2"]);
}

#[test]
fn a_broken_promise_is_put_right_once_and_then_the_result_is_revoked_and_not_printed_any_more() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let (_, result) = granted(&room, &kiosk);
    let officer = room.officer("SFJ", OfficerRole::Approver, "a9");
    let check = checks(&officer).remove(0);
    let asked: AfterCheck = read(found(&officer, &check, CheckOutcome::Rectify));
    assert_eq!(asked.state, CheckState::Rectify);
    let again = problem(found(&officer, &check, CheckOutcome::Rectify));
    assert_eq!(again.code, ProblemCode::WrongState);
    let verify = || {
        let path = format!(
            "{}?number={}&code={}",
            paths::VERIFY,
            result.number,
            result.verification_code
        );
        room.get(&path).text().unwrap()
    };
    assert!(verify().contains("核验一致"));
    assert!(kiosk.get(&paths::result(result.id)).status().is_success());

    let revoked: AfterCheck = read(found(&officer, &check, CheckOutcome::Revoke));
    assert_eq!(revoked.state, CheckState::Revoked);
    assert!(verify().contains("撤销") && !verify().contains("核验一致"));
    let refused = problem(kiosk.get(&paths::result(result.id)));
    assert_eq!(refused.code, ProblemCode::WrongState);
    let told =
        room.column("SELECT kind FROM notice WHERE kind IN ('rectify', 'revoked') ORDER BY id");
    assert_eq!(told, ["rectify", "revoked"]);
}

#[test]
fn a_case_that_is_refused_leaves_no_promise_to_look_at() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let number = kiosk.filed(&kiosk.legal_aid(LI));
    accept(&room, &number);
    let officer = room.officer("SFJ", OfficerRole::Officer, "o1");
    assert_eq!(checks(&officer).len(), 1);
    for step in 0..20 {
        for (role, person) in [(OfficerRole::Officer, "o"), (OfficerRole::Approver, "a")] {
            let decider = room.officer("SFJ", role, &format!("{person}{step}"));
            drop(decider.decide(&number, false, "不符合条件"));
        }
        if checks(&officer).is_empty() {
            break;
        }
    }
    let state = room.column("SELECT state FROM after_check");
    assert_eq!(state, [CheckState::NotNeeded.name()]);
}
