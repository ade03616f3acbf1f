//! Clocks that ran out: irregular filings, corrections, silence.

use super::*;
use crate::file::Brought;

#[test]
fn an_irregular_case_has_an_officer_and_a_clock_that_acts() {
    let mut town = Town::new();
    let item = &town.item("失业登记");
    let defect = Defect {
        key: "form_invalid".into(),
        detail: String::new(),
    };
    let record = irregular(filed(item), Some(item), defect, &town.ground(Some(item)));
    let task = &record.tasks[0];
    assert_eq!((task.body.as_str(), task.state), ("ZSJ", TaskState::Open));
    assert_eq!(task.due.unwrap().date.to_string(), "2026-03-04");
    assert_eq!(record.shown_state(), CaseState::Irregular);
    // Nobody looks at it, and nobody accepts it: each clock is noted once.
    let mut file = town.wrap(item, record);
    file.record.happened.clear();
    let mut acted = Vec::new();
    while let Some(at) = file.record.next_act() {
        town.now = at;
        clocks_ran_out(&mut file, &town.ground(Some(item)));
        let happened: Vec<_> = file.record.happened.drain(..).collect();
        assert_eq!(happened.len(), 1);
        assert_eq!((happened[0].kind, happened[0].at), (EventKind::Overdue, at));
        acted.push((at.to_string(), file.record.overdue.unwrap()));
    }
    let days = [
        ("2026-03-04T16:00:00Z".to_owned(), Overdue::Look),
        ("2026-03-09T16:00:00Z".to_owned(), Overdue::Law),
    ];
    assert_eq!(acted, days);
    assert_eq!(file.record.state, State::Irregular);
}

/// An irregular filing of 法律援助申请 that was asked for its evidence, and brought it on 2026-03-12.
fn corrected(town: &mut Town, item: &CaseItem, application: Option<Application>) -> CaseFile {
    let defect = Defect::new("material_missing", "");
    let mut filed = filed(item);
    filed.application = application;
    let record = irregular(filed, Some(item), defect, &town.ground(Some(item)));
    let mut file = town.wrap(item, record);
    let window = Officer {
        person: "w".into(),
        body: "ZSJ".into(),
        role: OfficerRole::Window,
    };
    let record = &mut file.record;
    let ground = town.ground(Some(item));
    ask_supplement(record, &window, vec![4], "请补充".into(), &ground).unwrap();
    town.now = "2026-03-12T02:00:00Z".parse().unwrap();
    let ground = town.ground(Some(item));
    let brought = Brought {
        packet: Uuid::nil(),
        at: ground.now,
        materials: Vec::new(),
        received_by: None,
    };
    bring_supplement(&mut file.record, brought, &ground).unwrap();
    file
}

#[test]
fn silence_on_a_correction_counts_from_the_day_it_was_brought() {
    let mut town = Town::new();
    let item = &town.item("法律援助申请");
    let application = Some(application(item));
    let mut file = corrected(&mut town, item, application);
    town.now = file.record.next_act().unwrap();
    assert_eq!(town.now.to_string(), "2026-03-19T16:00:00Z");
    clocks_ran_out(&mut file, &town.ground(Some(item)));
    let record = &file.record;
    assert_eq!(record.state, State::Processing);
    // Seven natural days after Thursday the 12th.
    assert_eq!(record.statutory.unwrap().date.to_string(), "2026-03-19");
    assert_eq!(record.holder(), Some("SFJ"));
}

#[test]
fn silence_on_a_correction_that_nobody_can_read_is_told_and_not_accepted() {
    let mut town = Town::new();
    let item = &town.item("法律援助申请");
    let mut file = corrected(&mut town, item, None);
    town.now = file.record.next_act().unwrap();
    clocks_ran_out(&mut file, &town.ground(Some(item)));
    assert_eq!(file.record.state, State::Corrected);
    assert_eq!(file.record.overdue, Some(Overdue::Law));
    assert_eq!(file.record.next_act(), None);
}

#[test]
fn silence_accepts_and_decides_nothing() {
    let mut town = Town::new();
    let mut item = town.item("法律援助申请");
    let handled = Arc::make_mut(&mut item.handled);
    handled.steps.retain(|step| step.role == StepRole::Approver);
    let mut file = town.file(&item);
    town.now = file.record.next_act().unwrap();
    clocks_ran_out(&mut file, &town.ground(Some(&item)));
    assert!(file.record.accepted.is_some());
    assert_eq!(file.record.decision, None);
}

/// An application of which only the shape matters.
fn application(item: &CaseItem) -> Application {
    let json = serde_json::json!({
        "item": {"code": item.filed.code().as_str(), "version": item.filed.version},
        "person": null,
        "identity": {"level": "none", "methods": [], "grant": null, "later": false},
        "answers": {},
        "notice": {"version": "1", "textSha256": "0".repeat(64), "consents": []},
        "materials": [],
        "formSha256": "0".repeat(64),
        "signature": null,
        "fees": [],
        "station": "S001",
    });
    serde_json::from_value(json).unwrap()
}
