//! Officers: acceptance, supplements, decisions, parallel checks, clocks.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use std::collections::BTreeMap;

use city_api::application::{How, MaterialRef};
use city_api::digest::Sha256;
use city_api::requests::identity::{IdentityLevel, IdentityMethod};
use city_api::requests::officer::{
    AcceptRequest, ActionAnswer, DecideRequest, OfficerRole, SupplementRequest, TaskView,
    TasksAnswer,
};
use city_api::requests::outcome::CaseState;
use city_api::requests::paths::{CaseAction, TASKS, case_action};
use city_api::requests::persons::{CasesAnswer, GrantRequest, SummaryAnswer};
use city_api::requests::{ProblemCode, paths};
use city_catalogue::form::{Answer, Value};

use common::filing::{CHEN, LI, ZHANG, application};
use common::{LEGAL_AID, Room, TestOfficer, problem, read};

fn decide(granted: bool, opinion: &str) -> DecideRequest {
    DecideRequest {
        task: None,
        granted,
        opinion: opinion.into(),
        points: BTreeMap::new(),
    }
}

fn tasks(officer: &TestOfficer) -> Vec<TaskView> {
    read::<TasksAnswer>(officer.get(TASKS)).tasks
}

#[test]
fn legal_aid_is_accepted_and_granted_by_two_persons() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let packet = kiosk.legal_aid(CHEN);
    let number = kiosk.send(&packet).case_number.unwrap().to_string();
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let approver = room.officer("SFJ", OfficerRole::Approver, "a1");
    let both_hats = room.officer("SFJ", OfficerRole::Approver, "w1");
    let officer = room.officer("SFJ", OfficerRole::Officer, "o1");

    let task = tasks(&window)
        .into_iter()
        .find(|task| task.case_number == number)
        .unwrap();
    assert_eq!(task.fields["姓名"].reveal(), "陈𬱖样");
    let pages = task.materials.iter().map(|material| material.pages);
    assert_eq!(pages.collect::<Vec<_>>(), [0, 0, 0, 1]);
    assert!(tasks(&approver).is_empty());

    let early = approver.decide(&number, true, "x");
    assert_eq!(problem(early).code, ProblemCode::Forbidden);
    let accepted: ActionAnswer = read(window.post(
        &case_action(&number, CaseAction::Accept),
        &AcceptRequest::default(),
    ));
    assert_eq!(accepted.state, CaseState::Processing);
    let (promised, statutory) = (accepted.promised.unwrap(), accepted.statutory.unwrap());
    assert!(kiosk.now().date() < promised.date && promised.date <= statutory.date);
    let again = window.post(
        &case_action(&number, CaseAction::Accept),
        &AcceptRequest::default(),
    );
    assert_eq!(problem(again).status, 403);

    let same = both_hats.decide(&number, true, "x");
    assert_eq!(problem(same).code, ProblemCode::SamePerson);
    let granted: ActionAnswer = read(approver.decide(&number, true, "符合条件"));
    assert_eq!(granted.state, CaseState::DecidedGranted);
    let outcome = kiosk.outcome_when(&packet, |outcome| outcome.result.is_some());
    assert_eq!(outcome.state, CaseState::DecidedGranted);
    assert_eq!(outcome.decision.unwrap().reason.unwrap().zh, "符合条件");
    let done: ActionAnswer = read(officer.decide(&number, true, "已指派"));
    assert_eq!(done.state, CaseState::Closed);
}

#[test]
fn a_paper_is_missing_it_is_asked_for_once_and_brought_at_a_second_kiosk() {
    let room = Room::open();
    let (kiosk, second) = (room.kiosk(), room.kiosk_at("S003"));
    let packet = kiosk.legal_aid(ZHANG);
    let number = kiosk.send(&packet).case_number.unwrap().to_string();
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let path = case_action(&number, CaseAction::Supplement);
    let ask = |materials: &[u32]| SupplementRequest {
        materials: materials.to_vec(),
        words: "请补充劳动合同".into(),
    };
    let foreign = problem(window.post(&path, &ask(&[4, 99])));
    assert_eq!(foreign.field.as_deref(), Some("materials[1]"));
    assert_eq!(
        problem(window.post(&path, &ask(&[]))).field.as_deref(),
        Some("materials")
    );
    let asked: ActionAnswer = read(window.post(&path, &ask(&[4])));
    assert_eq!(asked.state, CaseState::Correction);
    assert!(kiosk.outcome(&packet).dates.stopped);
    assert_eq!(
        problem(window.post(&path, &ask(&[4]))).code,
        ProblemCode::WrongState
    );

    let card = second.grant(ZHANG.number, ZHANG.name, IdentityMethod::Card);
    let counts: SummaryAnswer = read(second.post(
        paths::PERSON_SUMMARY,
        &GrantRequest {
            grant: card.clone(),
        },
    ));
    assert_eq!((counts.open, counts.waiting_for_you), (1, 1));
    let hidden: CasesAnswer = read(second.post(paths::PERSON_CASES, &GrantRequest { grant: card }));
    assert_eq!((hidden.cases.len(), hidden.hidden), (0, 1));
    let grant = second.grant(ZHANG.number, ZHANG.name, IdentityMethod::Face);
    let seen: CasesAnswer = read(second.post(
        paths::PERSON_CASES,
        &GrantRequest {
            grant: grant.clone(),
        },
    ));
    let case = &seen.cases[0];
    assert_eq!(case.receipt, packet.fields.receipt.to_string());
    let notice = case.supplement.as_ref().unwrap();
    assert_eq!(
        (notice.materials[0].seq, notice.words.reveal()),
        (4, "请补充劳动合同")
    );
    assert!(notice.materials[0].name.zh.contains("案件证据"));

    let brought = second.supplement(&number, ZHANG, 4);
    assert_eq!(second.send(&brought).case_number.unwrap().as_str(), number);
    assert_eq!(second.outcome(&brought).state, CaseState::Corrected);
    assert!(kiosk.outcome(&packet).dates.accept_by.is_some());
    let task = tasks(&window)
        .into_iter()
        .find(|task| task.case_number == number)
        .unwrap();
    let evidence = task.materials.iter().filter(|material| material.seq == 4);
    assert_eq!(evidence.count(), 2);
    let third = problem(window.post(&path, &ask(&[3])));
    assert_eq!(
        (third.code, third.field.as_deref()),
        (ProblemCode::BadField, Some("materials[0]"))
    );
    let accepted: ActionAnswer = read(window.post(
        &case_action(&number, CaseAction::Accept),
        &AcceptRequest::default(),
    ));
    assert_eq!(accepted.state, CaseState::Processing);
    assert_eq!(room.city().cases().unwrap().len(), 1);
}

#[test]
fn a_supplement_that_nobody_asked_for_or_by_another_person_is_received_as_irregular() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let number = kiosk.filed(&kiosk.legal_aid(ZHANG));
    for packet in [
        kiosk.supplement(&number, ZHANG, 4),
        kiosk.supplement(&number, LI, 4),
    ] {
        assert_eq!(
            kiosk.send(&packet).irregular.as_deref(),
            Some("supplement_unmatched")
        );
    }
    assert_eq!(room.city().cases().unwrap().len(), 3);
}

#[test]
fn a_supplement_brought_with_the_card_alone_or_with_wrong_answers_is_received_as_irregular() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let number = kiosk.send(&kiosk.legal_aid(ZHANG)).case_number.unwrap();
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let ask = SupplementRequest {
        materials: vec![4],
        words: "请补充劳动合同".into(),
    };
    let path = case_action(number.as_str(), CaseAction::Supplement);
    let _: ActionAnswer = read(window.post(&path, &ask));

    let mut card_only = kiosk.brings(number.as_str(), ZHANG, 4);
    card_only.identity.level = IdentityLevel::IdCard;
    let mut wrong = kiosk.brings(number.as_str(), ZHANG, 4);
    let letters = Value::Text("not a number".into());
    wrong.answers.set("mobile", Answer::typed(letters));
    let mut right = kiosk.brings(number.as_str(), ZHANG, 4);
    let mobile = Value::Text("15400000009".into());
    right.answers.set("mobile", Answer::typed(mobile));
    for (brought, irregular) in [
        (card_only, Some("supplement_unmatched")),
        (wrong, Some("form_invalid")),
        (right, None),
    ] {
        let packet = kiosk.seal_supplement(&brought);
        assert_eq!(kiosk.send(&packet).irregular.as_deref(), irregular);
    }
    let task = tasks(&window)
        .into_iter()
        .find(|task| task.case_number == number.as_str())
        .unwrap();
    let mobile = task
        .fields
        .values()
        .find(|value| value.reveal() == "15400000009");
    assert!(mobile.is_some() && task.state == CaseState::Corrected);
}

#[test]
fn five_bodies_check_an_allowance_at_once_each_sees_only_its_part() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let packet = kiosk.allowance(CHEN);
    let number = kiosk.send(&packet).case_number.unwrap().to_string();
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let _: ActionAnswer = read(window.post(
        &case_action(&number, CaseAction::Accept),
        &AcceptRequest::default(),
    ));
    let main = room.officer("HD-MZJ", OfficerRole::Officer, "m1");
    assert!(tasks(&main).is_empty());
    for body in ["RSJ", "SCJ", "ZJJ", "GAJ", "SWJ"] {
        let officer = room.officer(body, OfficerRole::Officer, body);
        let task = tasks(&officer).pop().unwrap();
        assert_eq!(task.body.id, body);
        let seen: Vec<&str> = task.fields.keys().map(String::as_str).collect();
        assert_eq!(seen, ["公民身份号码", "姓名"], "{body}");
        let due = task.due.unwrap();
        assert!(due.date > kiosk.now().date());
        let passed = body != "SCJ";
        let _: ActionAnswer = read(officer.decide(&number, passed, "核查"));
        assert!(tasks(&officer).is_empty());
    }
    let visit = tasks(&main).pop().unwrap();
    assert!(visit.fields.len() > 5);
    for _ in 0..2 {
        let _: ActionAnswer = read(main.decide(&number, true, "通过"));
    }
    let approver = room.officer("HD-MZJ", OfficerRole::Approver, "m2");
    let refused: ActionAnswer = read(approver.decide(&number, false, "家庭财产超过标准"));
    assert_eq!(refused.state, CaseState::Closed);
    let outcome = kiosk.outcome(&packet);
    assert_eq!(
        outcome.decision.unwrap().reason.unwrap().zh,
        "家庭财产超过标准"
    );
    assert_eq!(outcome.held_by, None);
}

#[test]
fn an_officer_repairs_an_irregular_case_or_closes_it_with_a_reason() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let mut answers = ZHANG.unemployed();
    answers.remove("reason");
    let filed = common::filing::application(common::UNEMPLOYMENT, ZHANG, answers, Vec::new());
    let packet = kiosk.seal_application(&filed, 0);
    let number = kiosk.send(&packet).filing_number.to_string();
    let task = tasks(&window).pop().unwrap();
    assert!(
        task.flags[0].zh.contains("form_invalid: reason"),
        "{:?}",
        task.flags
    );
    assert_eq!(task.state, CaseState::Irregular);
    let _: ActionAnswer = read(window.post(
        &case_action(&number, CaseAction::Accept),
        &AcceptRequest::default(),
    ));
    let outcome = kiosk.outcome_when(&packet, |outcome| outcome.state == CaseState::Closed);
    assert!(outcome.decision.unwrap().granted);

    let mut unknown = filed.clone();
    unknown.item.version = 42;
    let packet = kiosk.seal_application(&unknown, 0);
    let number = kiosk.send(&packet).filing_number.to_string();
    let unreadable = window.post(
        &case_action(&number, CaseAction::Accept),
        &AcceptRequest::default(),
    );
    assert_eq!(problem(unreadable).code, ProblemCode::WrongState);
    let closed: ActionAnswer = read(window.decide(&number, false, "事项版本不存在"));
    assert_eq!(closed.state, CaseState::NotAccepted);
}

#[test]
fn nothing_was_said_in_five_working_days_so_it_is_accepted_by_law() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let packet = kiosk.legal_aid(ZHANG);
    kiosk.send(&packet);
    room.city().clock().advance(15 * 24 * 3600);
    room.city().wake();
    let outcome = kiosk.outcome_when(&packet, |outcome| outcome.dates.accepted.is_some());
    assert_eq!(outcome.state, CaseState::Processing);
    assert_eq!(outcome.held_by.unwrap().id, "SFJ");
    assert!(outcome.dates.promised.unwrap().date < kiosk.now().date());
}

#[test]
fn what_was_asked_for_is_not_brought_in_time_and_the_case_closes() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let packet = kiosk.legal_aid(ZHANG);
    let number = kiosk.send(&packet).case_number.unwrap().to_string();
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let ask = SupplementRequest {
        materials: vec![4],
        words: "请补充".into(),
    };
    let _: ActionAnswer = read(window.post(&case_action(&number, CaseAction::Supplement), &ask));
    room.city().clock().advance(40 * 24 * 3600);
    room.city().wake();
    let outcome = kiosk.outcome_when(&packet, |outcome| outcome.state == CaseState::Closed);
    assert_eq!(outcome.decision, None);
}

#[test]
fn a_window_refuses_acceptance_with_a_reason() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let packet = kiosk.legal_aid(ZHANG);
    let number = kiosk.send(&packet).case_number.unwrap().to_string();
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let path = case_action(&number, CaseAction::Decide);
    assert_eq!(
        problem(window.post(&path, &decide(true, "x")))
            .field
            .as_deref(),
        Some("granted")
    );
    let closed: ActionAnswer = read(window.post(&path, &decide(false, "不属于法律援助范围")));
    assert_eq!(closed.state, CaseState::NotAccepted);
}

#[test]
fn a_filing_without_its_evidence_goes_to_an_officer_who_asks_for_it() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let evidence = |how| MaterialRef {
        seq: 4,
        field: None,
        how,
    };
    let promised = How::Promised {
        version: "1".into(),
        text_sha256: Sha256::of(b"another text"),
    };
    let due = kiosk.now().date();
    for (brought, defect) in [
        (vec![], "4: missing"),
        (vec![evidence(How::NotBrought {})], "4: missing"),
        (vec![evidence(promised)], "4: no_promise"),
        (vec![evidence(How::Later { due })], "4: no_delay"),
    ] {
        let filed = application(LEGAL_AID, ZHANG, ZHANG.unpaid(), brought);
        let received = kiosk.send(&kiosk.seal_application(&filed, 0));
        assert_eq!(received.irregular.as_deref(), Some("materials_invalid"));
        let number = received.case_number.unwrap().to_string();
        let mut tasks = tasks(&window).into_iter();
        let task = tasks.find(|task| task.case_number == number).unwrap();
        assert!(task.flags[0].zh.ends_with(defect), "{:?}", task.flags);
        let ask = SupplementRequest {
            materials: vec![4],
            words: "请补充案件证据".into(),
        };
        let path = case_action(&number, CaseAction::Supplement);
        let asked: ActionAnswer = read(window.post(&path, &ask));
        assert_eq!(asked.state, CaseState::Correction);
    }
}

#[test]
fn a_promise_of_a_text_that_nobody_published_is_shown_to_the_officer() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let brought = vec![common::filing::scanned(4)];
    let mut filed = application(LEGAL_AID, ZHANG, ZHANG.unpaid(), brought);
    kiosk.send(&kiosk.seal_application(&filed, 1));
    assert!(tasks(&window).pop().unwrap().flags.is_empty());
    let promise = &mut filed.materials[2].how;
    let How::Promised { text_sha256, .. } = promise else {
        panic!("{promise:?}");
    };
    *text_sha256 = Sha256::of(b"another text");
    let received = kiosk.send(&kiosk.seal_application(&filed, 1));
    assert_eq!(received.irregular, None);
    let number = received.case_number.unwrap().to_string();
    let mut tasks = tasks(&window).into_iter();
    let task = tasks.find(|task| task.case_number == number).unwrap();
    assert_eq!(task.flags.len(), 1);
    assert!(task.flags[0].zh.contains("承诺书"), "{:?}", task.flags);
}

#[test]
fn every_event_says_item_and_place_and_a_refused_action_is_one() {
    let room = Room::open();
    let kiosk = room.kiosk_at("S003");
    let packet = kiosk.legal_aid(CHEN);
    let number = kiosk.send(&packet).case_number.unwrap().to_string();
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let stranger = room.officer("GAJ", OfficerRole::Approver, "g1");
    let path = case_action(&number, CaseAction::Decide);
    let refused = problem(stranger.post(&path, &decide(true, "x")));
    assert_eq!(refused.code, ProblemCode::Forbidden);
    let accept = case_action(&number, CaseAction::Accept);
    let _: ActionAnswer = read(window.post(&accept, &AcceptRequest::default()));
    let id = packet.fields.id.to_string();
    let events = room.rows(&format!(
        "SELECT kind, actor, body, device, detail, item || ' ' || item_version || ' ' || station
        FROM event WHERE case_id = '{id}' ORDER BY id"
    ));
    let kinds: Vec<&str> = events.iter().map(|event| event[0].as_str()).collect();
    let expected = [
        "received",
        "task opened",
        "action refused",
        "accepted",
        "check opened",
        "task done",
        "task opened",
    ];
    assert_eq!(kinds, expected);
    let place = format!("{LEGAL_AID} 1 S003");
    for event in &events {
        assert_eq!(event[5], place, "{event:?}");
    }
    assert_eq!(events[0][3], kiosk.id.to_string());
    let refused = ["action refused", "g1", "GAJ", "", "decide: forbidden"];
    assert_eq!(events[2][..5], refused);
}
