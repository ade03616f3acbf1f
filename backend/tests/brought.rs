//! What an officer asked for, brought to a window or sent from home.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use city_api::requests::ProblemCode;
use city_api::requests::officer::{
    AcceptRequest, ActionAnswer, OfficerRole, SupplementRequest, TasksAnswer,
};
use city_api::requests::outcome::CaseState;
use city_api::requests::paths::{self, CaseAction, case_action};
use city_api::requests::staff::{AccountView, ScopeRequest};
use city_api::requests::window::TakenInAnswer;
use city_catalogue::policy::StaffRole;
use serde_json::{Value, json};
use uuid::Uuid;

use common::filing::{LI, Someone, ZHANG};
use common::home::{self, SUPPLEMENTS};
use common::{Room, TestKiosk, TestOfficer, UNEMPLOYMENT, problem, read};

const AT_WINDOW: &str = "/v1/window/supplements";

/// A case of 张示例 that waits for its evidence; its number.
fn waiting(room: &Room, kiosk: &TestKiosk) -> String {
    let number = kiosk.filed(&kiosk.legal_aid(ZHANG));
    let asks = room.officer("ZSJ", OfficerRole::Window, "w1");
    ask(&asks, &number, 4);
    number
}

fn ask(officer: &TestOfficer, number: &str, material: u32) {
    let asked = SupplementRequest {
        materials: vec![material],
        words: "请补充劳动合同".into(),
    };
    let path = case_action(number, CaseAction::Supplement);
    let asked: ActionAnswer = read(officer.post(&path, &asked));
    assert_eq!(asked.state, CaseState::Correction);
}

/// What a window sends.
fn at_window(kiosk: &TestKiosk, number: &str, who: Someone) -> Value {
    let mut body = home::supplement(&kiosk.brings(number, who, 4));
    body["station"] = json!("S002");
    body
}

#[test]
fn brought_to_another_window_and_who_took_it_in_never_decides() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let number = waiting(&room, &kiosk);
    let window = room.staff("wang", "ZSJ", StaffRole::Window);
    let mut body = at_window(&kiosk, &number, ZHANG);
    body["papers"] = json!("护照");
    let taken: TakenInAnswer = read(window.post(AT_WINDOW, &body));
    assert_eq!(taken.case_number.as_deref(), Some(number.as_str()));
    // The answer was lost; then something else comes under its id, and something new that nobody asked for.
    assert_eq!(read::<TakenInAnswer>(window.post(AT_WINDOW, &body)), taken);
    let mut other = body.clone();
    other["supplement"]["materials"][0]["seq"] = json!(3);
    let refused = problem(window.post(AT_WINDOW, &other));
    assert_eq!(refused.code, ProblemCode::OtherContent);
    let second = problem(window.post(AT_WINDOW, &at_window(&kiosk, &number, ZHANG)));
    assert_eq!(second.field.as_deref(), Some("supplement"));
    assert!(second.detail.unwrap().starts_with("supplement_unmatched"));
    assert_eq!(room.city().cases().unwrap().len(), 1, "no irregular case");
    assert!(room.city().alarms().unwrap().is_empty());

    let events = "SELECT actor, station FROM event WHERE detail LIKE '%papers seen%'";
    assert_eq!(room.rows(events), [["wang", "S002"]]);
    let tasks: TasksAnswer = read(window.get(paths::TASKS));
    let task = &tasks.tasks[0];
    let mut flags = task.flags.iter();
    assert!(flags.any(|flag| flag.en.contains("papers seen at the window")));
    let evidence = task.materials.iter().filter(|material| material.seq == 4);
    assert_eq!(evidence.count(), 2);
    assert!(!room.everything().join("\n").contains("护照"));

    let colleague = room.staff("zhao", "ZSJ", StaffRole::Window);
    let accept = case_action(&number, CaseAction::Accept);
    let _: ActionAnswer = read(colleague.post(&accept, &AcceptRequest::default()));
    let same = room.officer("SFJ", OfficerRole::Approver, "wang");
    let refused = problem(same.decide(&number, true, "x"));
    assert_eq!(refused.code, ProblemCode::SamePerson);
    let tasks: TasksAnswer = read(same.get(paths::TASKS));
    let claim = paths::task_action(&tasks.tasks[0].number, "claim");
    assert_eq!(problem(same.press(&claim)).code, ProblemCode::SamePerson);
    let next: Value = read(same.press(paths::NEXT_TASK));
    assert!(next["task"].is_null(), "{next}");
    // A name that is part of another is another name.
    let approver = room.officer("SFJ", OfficerRole::Approver, "wan");
    let next: Value = read(approver.press(paths::NEXT_TASK));
    assert!(next["task"].is_object(), "{next}");
    let _: ActionAnswer = read(approver.decide(&number, true, "符合条件"));
}

#[test]
fn another_person_another_case_or_another_window_brings_nothing() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let number = waiting(&room, &kiosk);
    let window = room.staff("wang", "ZSJ", StaffRole::Window);
    for (number, who) in [(number.as_str(), LI), ("20260302000099", ZHANG)] {
        let refused = problem(window.post(AT_WINDOW, &at_window(&kiosk, number, who)));
        assert_eq!(refused.code, ProblemCode::BadField);
        assert!(refused.detail.unwrap().starts_with("supplement_unmatched"));
    }
    let body = at_window(&kiosk, &number, ZHANG);
    let mut no_picture = body.clone();
    no_picture["pages"] = json!(["bm9uZQ=="]);
    let refused = problem(window.post(AT_WINDOW, &no_picture));
    assert_eq!(refused.field.as_deref(), Some("pages[0]"));
    let mut no_page = body.clone();
    no_page["pages"] = json!([]);
    let refused = problem(window.post(AT_WINDOW, &no_page));
    assert!(refused.detail.unwrap().starts_with("page_missing"));
    let mut ours = body.clone();
    ours["supplement"]["identity"] = json!({});
    let refused = problem(window.post(AT_WINDOW, &ours));
    assert_eq!(refused.field.as_deref(), Some("supplement.identity"));

    for who in [
        room.officer("ZSJ", OfficerRole::Window, "w2"),
        room.staff("qian", "SFJ", StaffRole::Approver),
    ] {
        let refused = problem(who.post(AT_WINDOW, &body));
        assert_eq!(refused.code, ProblemCode::Forbidden);
    }
    let supervisor = room.staff("sun", "ZSJ", StaffRole::Supervisor);
    let scope = |stations: &[&str], items: &[&str]| {
        let list = |list: &[&str]| Some(list.iter().map(|&one| one.to_owned()).collect());
        let asked = ScopeRequest {
            stations: list(stations),
            items: list(items),
        };
        read::<AccountView>(supervisor.post("/v1/accounts/wang/scope", &asked))
    };
    for (stations, items, field) in [
        (["S001"], [common::LEGAL_AID], "station"),
        (["S002"], [UNEMPLOYMENT], "supplement.case"),
    ] {
        scope(&stations, &items);
        let refused = problem(window.post(AT_WINDOW, &body));
        assert_eq!(refused.code, ProblemCode::Forbidden);
        assert_eq!(refused.field.as_deref(), Some(field));
    }
    scope(&["S002"], &[common::LEGAL_AID]);
    let _: TakenInAnswer = read(window.post(AT_WINDOW, &body));
    assert_eq!(room.city().cases().unwrap().len(), 1);
}

#[test]
fn asked_for_at_a_kiosk_answered_from_home_once_and_by_nobody_else() {
    let room = home::open();
    let kiosk = room.kiosk();
    let number = waiting(&room, &kiosk);
    let (zhang, li) = (room.at_home(ZHANG), room.at_home(LI));
    let body = home::supplement(&kiosk.brings(&number, ZHANG, 4));
    let strangers = home::supplement(&kiosk.brings(&number, LI, 4));
    for body in [&body, &strangers] {
        let refused = problem(room.hand_in(SUPPLEMENTS, &li, body));
        assert_eq!(refused.code, ProblemCode::NotFound, "{refused:?}");
    }
    let refused = problem(room.hand_in(SUPPLEMENTS, &zhang, &strangers));
    assert_eq!(refused.field.as_deref(), Some("supplement.person.number"));
    let mut no_picture = body.clone();
    no_picture["pages"] = json!(["bm9uZQ=="]);
    let refused = problem(room.hand_in(SUPPLEMENTS, &zhang, &no_picture));
    assert_eq!(refused.field.as_deref(), Some("pages[0]"));
    let mut chip = body.clone();
    chip["supplement"]["materials"][0]["how"] = json!({"way": "fromCard"});
    let refused = problem(room.hand_in(SUPPLEMENTS, &zhang, &chip));
    assert!(refused.detail.unwrap().starts_with("not_read_at_home"));

    let taken: TakenInAnswer = read(room.hand_in(SUPPLEMENTS, &zhang, &body));
    assert_eq!(taken.case_number.as_deref(), Some(number.as_str()));
    let again: TakenInAnswer = read(room.hand_in(SUPPLEMENTS, &zhang, &body));
    assert_eq!(again, taken);
    let mut second = body.clone();
    second["id"] = json!(Uuid::now_v7());
    let refused = problem(room.hand_in(SUPPLEMENTS, &zhang, &second));
    assert!(refused.detail.unwrap().starts_with("supplement_unmatched"));
    assert_eq!(room.city().cases().unwrap().len(), 1);
    assert!(room.city().alarms().unwrap().is_empty());
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let tasks: TasksAnswer = read(window.get(paths::TASKS));
    let mut flags = tasks.tasks[0].flags.iter();
    assert!(flags.any(|flag| flag.en.contains("at home")));
}

#[test]
fn ten_supplements_at_once_over_two_nodes_are_one() {
    let room = home::open();
    let second = room.second_node();
    let kiosk = room.kiosk();
    let number = waiting(&room, &kiosk);
    let grant = room.at_home(ZHANG);
    // Five times the same, and five others: one is taken in.
    let same = home::supplement(&kiosk.brings(&number, ZHANG, 4));
    let bodies: Vec<Value> = (0..10)
        .map(|copy| {
            let mut body = same.clone();
            if copy % 2 == 0 {
                body["id"] = json!(Uuid::now_v7());
            }
            body
        })
        .collect();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let sent: Vec<_> = (0..).zip(&bodies).collect();
        let sent: Vec<_> = sent
            .into_iter()
            .map(|(copy, body)| {
                let node = if copy % 4 < 2 { room.city() } else { &second };
                let grant = &grant;
                let room = &room;
                scope.spawn(move || room.hand_in_to(node, SUPPLEMENTS, grant, body).status())
            })
            .collect();
        let sent = sent.into_iter();
        sent.map(|copy| copy.join().unwrap().as_u16()).collect()
    });
    assert!(
        statuses.iter().all(|status| [200, 422].contains(status)),
        "{statuses:?}"
    );
    assert_eq!(room.column("SELECT count(*) FROM packet"), ["2"]);
    assert_eq!(room.city().cases().unwrap().len(), 1);
    assert!(room.city().alarms().unwrap().is_empty());
    second.shutdown();
}
