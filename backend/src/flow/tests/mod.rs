//! The way of a case, without a store and without a clock.

mod clocks;
mod procedure;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use city_api::application::Application;
use city_api::requests::officer::{DecideRequest, OfficerRole};
use city_api::requests::outcome::{CaseState, ResultRef};
use city_api::requests::{ProblemCode, Words};
use city_catalogue::Catalogue;
use city_catalogue::case::{Actor, EventKind, State};
use city_catalogue::clock::{Calendar, OfficeHours};
use city_catalogue::delivery::Way;
use city_catalogue::record::StepRole;

use super::*;
use crate::file::{Bench, CaseFile, CaseItem, Defect, Overdue, TaskDetail};
use crate::sample_city::FILES;
use crate::store::TaskState;

struct Town {
    catalogue: Catalogue,
    calendar: Calendar,
    hours: OfficeHours,
    policy: Policy,
    now: Timestamp,
}

impl Town {
    fn new() -> Self {
        let file = |name| {
            FILES
                .iter()
                .find(|(known, _)| *known == name)
                .unwrap()
                .1
                .as_bytes()
        };
        Self {
            catalogue: Catalogue::parse("catalogue.json", file("catalogue.json")).unwrap(),
            calendar: Calendar::parse("holidays.json", file("holidays.json")).unwrap(),
            hours: OfficeHours::default(),
            policy: Policy::default(),
            now: "2026-03-02T02:00:00Z".parse().unwrap(),
        }
    }

    fn ground<'a>(&'a self, item: Option<&'a CaseItem>) -> Ground<'a> {
        Ground {
            now: self.now,
            calendar: &self.calendar,
            hours: &self.hours,
            item,
            bureau: "ZSJ",
            policy: &self.policy,
        }
    }

    fn items(&self) -> impl Iterator<Item = CaseItem> {
        self.catalogue
            .items()
            .iter()
            .map(Arc::clone)
            .map(CaseItem::of)
    }

    fn item(&self, zh: &str) -> CaseItem {
        self.items().find(|item| item.filed.name.zh == zh).unwrap()
    }

    fn file(&self, item: &CaseItem) -> CaseFile {
        self.wrap(item, open(filed(item), item, &self.ground(Some(item))))
    }

    fn wrap(&self, item: &CaseItem, record: Record) -> CaseFile {
        CaseFile {
            id: Uuid::nil(),
            filing_number: "S20260302000001".into(),
            case_number: Some("N".into()),
            receipt: String::new(),
            person: None,
            level: city_api::requests::identity::IdentityLevel::None,
            item: Some(item.filed.code().as_str().to_owned()),
            received: self.now,
            key: Vec::new(),
            record,
        }
    }

    /// Does the first open task the way its bench would; true when something was done.
    fn step(&self, file: &mut CaseFile, item: &CaseItem, passed: bool) -> bool {
        let ground = self.ground(Some(item));
        if file.record.result_due.is_some() {
            result_issued(&mut file.record, result(), &ground);
            return true;
        }
        let open = file
            .record
            .tasks
            .iter()
            .find(|task| task.state == TaskState::Open && !task.delivery);
        let Some(task) = open.cloned() else {
            return false;
        };
        match task.bench {
            Bench::Service(_) => {
                let words = Words::new("查", "checked");
                let record = &mut file.record;
                service_answered(record, &task.number, passed, words, Vec::new(), &ground);
            }
            Bench::Officer(role) => {
                let officer = Officer {
                    person: task.number.clone(),
                    body: task.body.clone(),
                    role,
                };
                let done = if role == OfficerRole::Window {
                    accept(file, &officer, None, &ground)
                } else {
                    let asked = asked(&file.record, &task, passed, &ground);
                    decide(&mut file.record, &officer, &asked, &ground)
                };
                assert_eq!(done, Ok(()), "{}: {}", item.filed.name.zh, task.name.zh);
            }
            Bench::City | Bench::Applicant => {
                panic!("{}: {} waits for nobody", item.filed.name.zh, task.name.zh)
            }
        }
        true
    }
}

/// What an officer answers who looked at every point.
fn asked(record: &Record, task: &TaskDetail, passed: bool, ground: &Ground<'_>) -> DecideRequest {
    let points = points(record, task, ground).into_iter();
    DecideRequest {
        task: Some(task.number.clone()),
        granted: passed,
        opinion: "意见".into(),
        points: points.map(|point| (point.key, passed)).collect(),
    }
}

fn filed(item: &CaseItem) -> Filed {
    Filed {
        kiosk: "A22".into(),
        station: "S001".into(),
        number: "N".into(),
        body: item.filed.department.clone(),
        routing: Words::new("本机构", "this body"),
        application: None,
        flags: Vec::new(),
        channel: city_catalogue::record::Channel::Kiosk,
        received_by: None,
        packet: Uuid::nil(),
        bundle: None,
    }
}

fn result() -> ResultRef {
    ResultRef {
        id: Uuid::nil(),
        number: "YT1".into(),
        verification_code: "AAAA".into(),
        name: "证".into(),
        kiosk_print: true,
    }
}

#[test]
fn every_item_of_the_catalogue_reaches_its_end_granted_and_refused() {
    let town = Town::new();
    for item in &town.items().collect::<Vec<_>>() {
        for passed in [true, false] {
            let mut file = town.file(item);
            let mut steps = 0;
            while town.step(&mut file, item, passed) {
                steps += 1;
                assert!(
                    steps <= item.handled.steps.len() + 1,
                    "{} does not end",
                    item.filed.name.zh
                );
            }
            let record = &file.record;
            assert_eq!(
                record.shown_state(),
                CaseState::Closed,
                "{}",
                item.filed.name.zh
            );
            assert_eq!(
                record.decision.as_ref().map(|decision| decision.granted),
                Some(passed)
            );
            assert_eq!(record.result.is_some(), passed);
            assert!(record.accepted.is_some() && record.promised.is_some());
            assert_eq!(record.next_act(), None, "{}", item.filed.name.zh);
        }
    }
}

#[test]
fn another_body_handles_it_by_the_steps_and_limits_of_its_own_record() {
    let town = Town::new();
    let mut item = town.item("最低生活保障确认");
    let own = Arc::make_mut(&mut item.handled);
    own.department = "MZJ".into();
    own.codes.handling = Some("11590100YT0000118H359051100100001".into());
    own.steps.retain(|step| step.parallel_group.is_none());
    for step in &mut own.steps {
        if step.department == "HD-MZJ" {
            step.department = "MZJ".into();
        }
    }
    own.promised_limit.value = 3;
    own.statutory_limit.value = 4;
    let ground = town.ground(Some(&item));
    let mut filed = filed(&item);
    filed.body = "MZJ".into();
    let mut file = town.wrap(&item, open(filed, &item, &ground));
    let handled_as = (
        "11590100YT0000118H359051100100001".into(),
        item.handled.version,
    );
    assert_eq!(file.record.handled_as, Some(handled_as));
    let bodies = |file: &CaseFile| {
        let tasks = file.record.tasks.iter();
        tasks.map(|task| task.body.clone()).collect::<Vec<_>>()
    };
    assert_eq!(file.record.tasks.len(), item.handled.steps.len());
    assert!(!bodies(&file).contains(&"HD-MZJ".to_owned()));
    assert!(bodies(&file).contains(&"MZJ".to_owned()));
    town.step(&mut file, &item, true);
    assert_eq!(file.record.promised.unwrap().date.to_string(), "2026-03-05");
    assert_eq!(
        file.record.statutory.unwrap().date.to_string(),
        "2026-03-06"
    );
}

#[test]
fn the_note_of_the_window_stays_in_the_file() {
    let town = Town::new();
    let item = &town.item("法律援助申请");
    let officer = Officer {
        person: "w".into(),
        body: "ZSJ".into(),
        role: OfficerRole::Window,
    };
    for (note, kept) in [(Some("原件已核对"), "原件已核对"), (None, "受理")] {
        let mut file = town.file(item);
        let at = file.record.open_tasks("ZSJ", OfficerRole::Window)[0];
        accept(&mut file, &officer, note, &town.ground(Some(item))).unwrap();
        let done = file.record.tasks[at].done.as_ref().unwrap();
        assert_eq!((done.opinion.zh.as_str(), done.passed), (kept, true));
    }
}

#[test]
fn what_is_handed_over_is_noted_with_its_delivery_and_not_decided() {
    let town = Town::new();
    let mut handed_over = 0;
    for item in &town.items().collect::<Vec<_>>() {
        let mut file = town.file(item);
        while town.step(&mut file, item, true) {}
        let record = &mut file.record;
        let ground = town.ground(Some(item));
        let way = record.delivery.as_ref().unwrap().way;
        let hand_over = record.tasks.iter().find(|task| {
            task.state == TaskState::Open && task.bench == Bench::Officer(OfficerRole::Window)
        });
        if let Some(task) = hand_over.cloned() {
            assert_eq!(way, Way::Window, "{}", item.filed.name.zh);
            let officer = Officer {
                person: "w9".into(),
                body: task.body.clone(),
                role: OfficerRole::Window,
            };
            let asked = asked(record, &task, true, &ground);
            let refused = decide(record, &officer, &asked, &ground).unwrap_err();
            assert_eq!(refused.code, ProblemCode::WrongState);
            handed_over += 1;
        }
        delivered(record, By::person(Actor::Window, "w9"), &ground);
        assert_eq!(record.state, State::Delivered, "{}", item.filed.name.zh);
        assert!(record.tasks.iter().all(|task| !task.is_left()));
    }
    assert!(handed_over > 0, "no item is handed over by a window");
}

#[test]
fn what_happens_is_told_in_order_with_who_and_for_whom() {
    let town = Town::new();
    let item = &town.item("法律援助申请");
    let mut file = town.file(item);
    while town.step(&mut file, item, true) {}
    let told: Vec<(&str, &str, &str)> = file
        .record
        .happened
        .iter()
        .map(|event| {
            let body = event.body.as_deref().unwrap_or("-");
            (event.kind.as_str(), event.actor.as_str(), body)
        })
        .collect();
    let expected = [
        ("task opened", "city", "ZSJ"),
        ("accepted", "N-01", "-"),
        ("task done", "N-01", "ZSJ"),
        ("task opened", "city", "SFJ"),
        ("task done", "N-02", "SFJ"),
        ("granted", "N-02", "SFJ"),
        ("task opened", "city", "SFJ"),
        ("result issued", "city", "-"),
        ("task done", "N-03", "SFJ"),
        ("closed", "city", "-"),
        ("delivery began", "city", "SFJ"),
    ];
    assert_eq!(told, expected);
}

#[test]
fn the_next_stage_opens_when_the_last_parallel_check_is_done() {
    let town = Town::new();
    let item = &town.item("最低生活保障确认");
    let mut file = town.file(item);
    let open = |file: &CaseFile| {
        let tasks = file.record.tasks.iter();
        tasks
            .filter(|task| task.state == TaskState::Open)
            .map(|task| task.body.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(open(&file), ["ZSJ"]);
    town.step(&mut file, item, true);
    assert_eq!(open(&file), ["RSJ", "SCJ", "ZJJ", "GAJ", "SWJ"]);
    for left in (1..5).rev() {
        town.step(&mut file, item, true);
        assert_eq!(open(&file).len(), left);
    }
    town.step(&mut file, item, true);
    assert_eq!(open(&file), ["HD-MZJ"]);
}

#[test]
fn promise_and_law_are_counted_from_acceptance_in_the_units_of_the_item() {
    let town = Town::new();
    let item = &town.item("法律援助申请");
    let mut file = town.file(item);
    let accept_by = file.record.accept_by.unwrap();
    assert_eq!(accept_by.date.to_string(), "2026-03-09");
    town.step(&mut file, item, true);
    // Natural days: the 7th is a Saturday and moves to Monday.
    assert_eq!(file.record.promised.unwrap().date.to_string(), "2026-03-09");
    assert_eq!(
        file.record.statutory.unwrap().date.to_string(),
        "2026-03-09"
    );
    assert!(!file.record.promised.unwrap().provisional);
}

#[test]
fn a_deadline_beyond_the_known_holidays_is_provisional() {
    let mut town = Town::new();
    town.now = "2026-12-30T02:00:00Z".parse().unwrap();
    let item = &town.item("最低生活保障确认");
    let mut file = town.file(item);
    town.step(&mut file, item, true);
    assert!(file.record.promised.unwrap().provisional);
}

#[test]
fn a_service_that_stays_away_is_asked_more_and_more_seldom() {
    let mut town = Town::new();
    let item = &town.item("失业登记");
    let mut file = town.file(item);
    let task = file.record.tasks[1].number.clone();
    let mut pauses = Vec::new();
    for round in 0..8 {
        let ground = town.ground(Some(item));
        service_away(&mut file.record, &task, &ground);
        let wait = file.record.waits_for().cloned().unwrap();
        assert_eq!(wait.tries, round + 1);
        pauses.push(wait.next_try.duration_since(town.now).as_secs());
        town.now = wait.next_try;
    }
    assert_eq!(pauses, [2, 5, 15, 60, 300, 600, 600, 600]);
    assert_eq!(
        file.record.waits_for().unwrap().since,
        "2026-03-02T02:00:00Z".parse().unwrap()
    );
}

#[test]
fn two_services_are_away_at_once_and_each_is_asked_in_its_own_time() {
    let mut town = Town::new();
    let mut item = town.item("最低生活保障确认");
    for step in &mut Arc::make_mut(&mut item.handled).steps {
        if step.parallel_group.is_some() {
            step.role = city_catalogue::record::StepRole::System;
        }
    }
    let item = &item;
    let mut file = town.file(item);
    town.step(&mut file, item, true);
    let numbers: Vec<String> = file
        .record
        .tasks
        .iter()
        .filter(|task| task.awaits_service())
        .map(|task| task.number.clone())
        .collect();
    let begin = town.now;
    let mut away = |town: &Town, number: &str| {
        service_away(&mut file.record, number, &town.ground(Some(item)))
    };
    for _ in 0..3 {
        away(&town, &numbers[0]);
    }
    away(&town, &numbers[1]);
    town.now = crate::clock::after(begin, 2);
    away(&town, &numbers[1]);
    away(&town, &numbers[0]);
    let pause = |number: &str| {
        let task = file.record.tasks.iter().find(|task| task.number == number);
        let next_try = task.unwrap().ask_at().unwrap();
        next_try.duration_since(town.now).as_secs()
    };
    assert_eq!((pause(&numbers[0]), pause(&numbers[1])), (60, 5));
    assert_eq!(file.record.waits_for().unwrap().tries, 2);

    let mut record = file.record;
    let ground = town.ground(Some(item));
    service_answered(
        &mut record,
        &numbers[1],
        true,
        Words::default(),
        Vec::new(),
        &ground,
    );
    assert_eq!(record.waits_for().unwrap().tries, 4);
}

#[test]
fn a_record_of_the_first_version_or_of_a_newer_node_is_read() {
    let town = Town::new();
    let item = &town.item("失业登记");
    let record = town.file(item).record;
    let mut old = serde_json::to_value(&record).unwrap();
    let at = town.now.to_string();
    old["waiting"] = serde_json::json!({"body": "JYZX", "since": at, "nextTry": at, "tries": 3});
    old["tasks"][0]["ofANewerNode"] = true.into();
    for task in old["tasks"].as_array_mut().unwrap() {
        task.as_object_mut().unwrap().remove("wait");
    }
    let read: Record = serde_json::from_value(old).unwrap();
    assert_eq!(read.tasks, record.tasks);
    assert_eq!(read.next_act(), Some(town.now));
}

#[test]
fn an_answer_that_comes_twice_changes_nothing() {
    let town = Town::new();
    let item = &town.item("失业登记");
    let mut file = town.file(item);
    let task = file.record.tasks[1].number.clone();
    let ground = town.ground(Some(item));
    let mut answer = |passed| {
        service_answered(
            &mut file.record,
            &task,
            passed,
            Words::default(),
            Vec::new(),
            &ground,
        )
    };
    answer(true);
    answer(false);
    assert!(file.record.decision.unwrap().granted);
}

#[test]
fn an_officer_of_another_body_or_role_can_do_nothing() {
    let town = Town::new();
    let item = &town.item("法律援助申请");
    let mut file = town.file(item);
    let before = format!("{:?}", file.record.tasks);
    for (body, role) in [
        ("SFJ", OfficerRole::Window),
        ("ZSJ", OfficerRole::Approver),
        ("SFJ", OfficerRole::Approver),
        ("GAJ", OfficerRole::Officer),
    ] {
        let officer = Officer {
            person: "p".into(),
            body: body.into(),
            role,
        };
        let ground = town.ground(Some(item));
        assert_eq!(
            accept(&mut file, &officer, None, &ground).unwrap_err().code,
            ProblemCode::Forbidden
        );
        let asked = DecideRequest {
            task: None,
            granted: true,
            opinion: "x".into(),
            points: BTreeMap::new(),
        };
        let decided = decide(&mut file.record, &officer, &asked, &ground);
        assert_eq!(decided.unwrap_err().code, ProblemCode::Forbidden);
    }
    assert_eq!(format!("{:?}", file.record.tasks), before);
}
