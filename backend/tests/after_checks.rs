//! 事后核查: a commitment stands in for a material, and is looked at afterwards.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use city_api::requests::commitment::{
    AfterCheck, AfterChecksAnswer, CheckOutcome, CheckOutcomeRequest, CheckState, CommitmentBar,
    RepairRequest,
};
use city_api::requests::identity::{IdentityMethod, PrefillAnswer, PrefillRequest};
use city_api::requests::officer::{AcceptRequest, ActionAnswer, OfficerRole, SupplementRequest};
use city_api::requests::outcome::ResultRef;
use city_api::requests::paths::{CaseAction, case_action};
use city_api::requests::{ProblemCode, paths};
use city_catalogue::clock::Calendar;
use city_catalogue::policy::StaffRole;
use city_catalogue::record::LimitUnit;
use reqwest::blocking::Response;

use common::filing::{CHEN, LI, Someone, ZHANG, application, at_window, commitment, scanned};
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

fn repair(officer: &TestOfficer, check: &AfterCheck) -> Response {
    let path = format!("{}/{}/repair", paths::AFTER_CHECKS, check.id);
    let words = "已补缴并书面说明，公示期满".into();
    officer.post(&path, &RepairRequest { words })
}

fn broken(officer: &TestOfficer) -> Vec<AfterCheck> {
    read::<AfterChecksAnswer>(officer.get(paths::BROKEN_COMMITMENTS)).after_checks
}

/// What the kiosk is told before the form.
fn told(kiosk: &TestKiosk, who: Someone) -> Option<CommitmentBar> {
    let grant = kiosk.grant(who.number, who.name, IdentityMethod::Face);
    let asked = PrefillRequest {
        grant,
        item: LEGAL_AID.into(),
    };
    read::<PrefillAnswer>(kiosk.post(paths::PREFILL, &asked)).commitment_bar
}

/// A commitment of ZHANG that was found false, and who found it.
fn found_false(room: &Room, kiosk: &TestKiosk) -> (TestOfficer, AfterCheck) {
    granted(room, kiosk);
    let officer = room.officer("SFJ", OfficerRole::Approver, "a9");
    let check = checks(&officer).remove(0);
    let check = read(found(&officer, &check, CheckOutcome::Revoke));
    (officer, check)
}

#[test]
fn who_broke_a_promise_promises_nothing_at_any_item_until_an_officer_records_the_repair() {
    let room = Room::open();
    let kiosk = room.kiosk();
    assert_eq!(told(&kiosk, ZHANG), None);
    let (officer, check) = found_false(&room, &kiosk);
    let today = city_backend::clock::civil(room.city().clock().now()).date();
    let bar = told(&kiosk, ZHANG).unwrap();
    let year = jiff::Span::new().days(365);
    assert_eq!((bar.since, bar.until), (today, Some(today + year)));
    assert_eq!(bar.source, None);
    assert_eq!(told(&kiosk, LI), None, "nobody else is barred");

    for packet in [kiosk.legal_aid(ZHANG), kiosk.allowance(ZHANG)] {
        let irregular = kiosk.send(&packet).irregular;
        assert_eq!(irregular.as_deref(), Some("commitment_barred"));
    }
    let mut brought = application(LEGAL_AID, ZHANG, ZHANG.unpaid(), vec![scanned(4)]);
    brought.materials[2] = scanned(3);
    let packet = kiosk.seal_application(&brought, 1);
    assert_eq!(kiosk.send(&packet).irregular, None, "the paper itself");
    assert_eq!(kiosk.send(&kiosk.legal_aid(LI)).irregular, None);

    let stranger = room.officer("GAJ", OfficerRole::Officer, "g1");
    assert!(broken(&stranger).is_empty());
    let refused = problem(repair(&stranger, &check));
    assert_eq!(refused.code, ProblemCode::Forbidden);
    assert_eq!(broken(&officer)[0].id, check.id);
    let repaired: AfterCheck = read(repair(&officer, &check));
    let how = repaired.repair.unwrap();
    assert_eq!(
        (repaired.state, how.by.as_str()),
        (CheckState::Revoked, "a9")
    );
    assert!(how.words.reveal().contains("公示期满"));
    assert!(broken(&officer).is_empty());
    let again = problem(repair(&officer, &check));
    assert_eq!(again.code, ProblemCode::WrongState);
    assert_eq!(told(&kiosk, ZHANG), None);
    assert_eq!(kiosk.send(&kiosk.legal_aid(ZHANG)).irregular, None);

    let noted = "SELECT actor, body, detail FROM event WHERE kind = 'commitment repaired'";
    assert_eq!(room.rows(noted), [["a9", "SFJ", "material 3"]]);
    let told = room.column("SELECT kind FROM notice WHERE kind = 'revoked'");
    assert_eq!(told.len(), 1, "a repair revokes nothing once more");
    let everything = room.everything();
    assert!(everything.iter().all(|row| !row.contains("公示期满")));
}

#[test]
fn a_window_refuses_the_promise_of_who_broke_one_and_says_what_is_needed() {
    let room = Room::open();
    let kiosk = room.kiosk();
    found_false(&room, &kiosk);
    let window = room.staff("wang", "ZSJ", StaffRole::Window);
    let filed = application(LEGAL_AID, ZHANG, ZHANG.unpaid(), vec![scanned(4)]);
    let refused = problem(window.post("/v1/window/filings", &at_window(&filed, 1)));
    assert_eq!(refused.code, ProblemCode::BadField);
    let words = refused.detail.unwrap();
    assert!(words.starts_with("commitment_barred: "), "{words}");
    assert!(words.contains("the paper itself is needed"), "{words}");
}

#[test]
fn what_is_asked_for_later_is_not_promised_either_by_who_broke_a_promise() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let number = kiosk.filed(&kiosk.allowance(ZHANG));
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let asked = SupplementRequest {
        materials: vec![3],
        words: "请补交授权书".into(),
    };
    let path = case_action(&number, CaseAction::Supplement);
    let _: ActionAnswer = read(window.post(&path, &asked));
    found_false(&room, &kiosk);
    let mut brings = kiosk.brings(&number, ZHANG, 3);
    brings.materials[0].how = application(LEGAL_AID, ZHANG, ZHANG.unpaid(), Vec::new())
        .materials
        .remove(2)
        .how;
    let irregular = kiosk.send(&kiosk.seal_supplement(&brings)).irregular;
    assert_eq!(irregular.as_deref(), Some("commitment_barred"));
    let paper = kiosk.supplement(&number, ZHANG, 3);
    assert_eq!(kiosk.send(&paper).irregular, None);
}

#[test]
fn a_broken_promise_is_held_against_nobody_for_ever() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let (officer, _) = found_false(&room, &kiosk);
    let day = 24 * 3600;
    room.city().clock().advance(365 * day);
    assert!(told(&kiosk, ZHANG).is_some() && broken(&officer).len() == 1);
    room.city().clock().advance(day);
    assert_eq!(told(&kiosk, ZHANG), None);
    assert_eq!(kiosk.send(&kiosk.legal_aid(ZHANG)).irregular, None);
}
