//! Limits that stand still, run on, are extended.

use city_api::requests::procedure::{
    ApprovalRequest, Ending, Sought, SpecialKind, SpecialRequest, TerminateRequest,
};

use super::*;

fn at_scj(person: &str, role: OfficerRole) -> Officer {
    Officer {
        person: person.into(),
        body: "SCJ".into(),
        role,
    }
}

fn hearing() -> SpecialRequest {
    SpecialRequest {
        kind: SpecialKind::Hearing,
        reason: "利害关系人申请听证".into(),
        days: 15,
    }
}

fn yes() -> ApprovalRequest {
    ApprovalRequest {
        granted: true,
        opinion: "同意".into(),
    }
}

fn days(record: &Record) -> [Option<String>; 2] {
    [record.promised, record.statutory].map(|due| due.map(|due| due.date.to_string()))
}

/// 食品经营许可, accepted on Monday 2026-03-02: promised in 5 and by law in 20 working days.
fn licence(town: &Town, item: &CaseItem) -> CaseFile {
    let mut file = town.file(item);
    assert!(town.step(&mut file, item, true));
    assert_eq!(file.record.state, State::Processing);
    let [promised, statutory] = days(&file.record);
    assert_eq!(
        (promised.as_deref(), statutory.as_deref()),
        (Some("2026-03-09"), Some("2026-03-30"))
    );
    file
}

fn stop(town: &Town, item: &CaseItem, file: &mut CaseFile) {
    let ground = town.ground(Some(item));
    let (asks, answers) = (
        at_scj("o", OfficerRole::Officer),
        at_scj("a", OfficerRole::Approver),
    );
    ask_special(&mut file.record, &asks, hearing(), &ground).unwrap();
    answer_sought(&mut file.record, &answers, Sought::Special, yes(), &ground).unwrap();
}

#[test]
fn a_hearing_takes_a_week_and_none_of_it_is_counted() {
    let mut town = Town::new();
    let item = &town.item("食品经营许可证核发");
    let mut file = licence(&town, item);
    let task_due = |file: &CaseFile| {
        let open = file.record.tasks.iter();
        let mut open = open.filter(|task| task.state == TaskState::Open);
        open.next().unwrap().due.map(|due| due.date.to_string())
    };
    assert_eq!(task_due(&file).as_deref(), Some("2026-03-03"));
    town.now = "2026-03-03T02:00:00Z".parse().unwrap();
    stop(&town, item, &mut file);
    assert_eq!(file.record.state, State::Special);
    assert_eq!((days(&file.record), task_due(&file)), ([None, None], None));
    assert_eq!(file.record.next_act(), None);
    town.now = "2026-03-13T02:00:00Z".parse().unwrap();
    let ground = town.ground(Some(item));
    let officer = at_scj("o", OfficerRole::Officer);
    end_special(&mut file.record, &officer, "听证笔录".into(), &ground).unwrap();
    assert_eq!(file.record.state, State::Processing);
    // One day was used up to and including the stop: four and nineteen are left after Friday the 13th.
    let [promised, statutory] = days(&file.record);
    assert_eq!(
        (promised.as_deref(), statutory.as_deref()),
        (Some("2026-03-19"), Some("2026-04-10"))
    );
    // Nothing of the step's own day was left.
    assert_eq!(task_due(&file).as_deref(), Some("2026-03-13"));
}

#[test]
fn a_stop_heals_no_promise_that_was_broken_before() {
    let mut town = Town::new();
    let item = &town.item("食品经营许可证核发");
    let mut file = licence(&town, item);
    town.now = "2026-03-12T02:00:00Z".parse().unwrap();
    stop(&town, item, &mut file);
    let [promised, statutory] = days(&file.record);
    assert_eq!((promised.as_deref(), statutory), (Some("2026-03-09"), None));
    let ground = town.ground(Some(item));
    let officer = at_scj("o", OfficerRole::Officer);
    end_special(&mut file.record, &officer, "听证笔录".into(), &ground).unwrap();
    let [promised, statutory] = days(&file.record);
    assert_eq!(
        (promised.as_deref(), statutory.as_deref()),
        (Some("2026-03-09"), Some("2026-03-30"))
    );
}

#[test]
fn a_case_from_before_limits_were_kept_is_stopped_by_its_dates() {
    let mut town = Town::new();
    let item = &town.item("食品经营许可证核发");
    let mut file = licence(&town, item);
    file.record.running = None;
    town.now = "2026-03-03T02:00:00Z".parse().unwrap();
    stop(&town, item, &mut file);
    town.now = "2026-03-13T02:00:00Z".parse().unwrap();
    let ground = town.ground(Some(item));
    let officer = at_scj("o", OfficerRole::Officer);
    end_special(&mut file.record, &officer, "听证笔录".into(), &ground).unwrap();
    let [promised, statutory] = days(&file.record);
    assert_eq!(
        (promised.as_deref(), statutory.as_deref()),
        (Some("2026-03-19"), Some("2026-04-10"))
    );
}

#[test]
fn an_extension_gives_ten_days_fifteen_to_several_bodies_and_none_after_the_limit() {
    let mut town = Town::new();
    let item = &town.item("食品经营许可证核发");
    let mut file = licence(&town, item);
    let mut late = licence(&town, item);
    let (asks, answers) = (
        at_scj("o", OfficerRole::Officer),
        at_scj("a", OfficerRole::Approver),
    );
    let ground = town.ground(Some(item));
    ask_extension(&mut file.record, &asks, "案情复杂".into(), &ground).unwrap();
    answer_sought(
        &mut file.record,
        &answers,
        Sought::Extension,
        yes(),
        &ground,
    )
    .unwrap();
    let [promised, statutory] = days(&file.record);
    assert_eq!(
        (promised.as_deref(), statutory.as_deref()),
        (Some("2026-03-23"), Some("2026-04-14"))
    );
    assert_eq!(file.record.state, State::Extended);

    let joint = &town.item("公共租赁住房资格确认");
    let mut housing = town.file(joint);
    assert!(town.step(&mut housing, joint, true));
    let of_zjj = Officer {
        body: "ZJJ".into(),
        ..asks.clone()
    };
    let ground = town.ground(Some(joint));
    ask_extension(&mut housing.record, &of_zjj, "情况复杂".into(), &ground).unwrap();
    assert_eq!(housing.record.extensions[0].days, 15);

    // Asked for in time, answered too late.
    let ground = town.ground(Some(item));
    ask_extension(&mut late.record, &asks, "案情复杂".into(), &ground).unwrap();
    town.now = "2026-03-31T02:00:00Z".parse().unwrap();
    let ground = town.ground(Some(item));
    let refused = answer_sought(
        &mut late.record,
        &answers,
        Sought::Extension,
        yes(),
        &ground,
    )
    .unwrap_err();
    assert_eq!(refused.code, ProblemCode::WrongState);
    assert!(refused.reason.contains("the limit of the law is over"));
    assert!(!late.record.extended);
}

#[test]
fn a_case_ends_only_as_its_state_lets_it() {
    let town = Town::new();
    let item = &town.item("食品经营许可证核发");
    let ground = town.ground(Some(item));
    let ask = |ending| TerminateRequest {
        ending,
        reason: "重复录入".into(),
    };
    let window = Officer {
        person: "w".into(),
        body: "ZSJ".into(),
        role: OfficerRole::Window,
    };
    let officer = at_scj("o", OfficerRole::Officer);
    // Before acceptance: entered by mistake or void, not ended and not passed upward.
    for (ending, code) in [(Ending::Void, 2), (Ending::Deleted, 3)] {
        let mut file = town.file(item);
        terminate(&mut file.record, &window, ask(ending), &ground).unwrap();
        assert_eq!(
            file.record.result_code.map(|code| code.number()),
            Some(code)
        );
        assert!(file.record.tasks.iter().all(|task| !task.is_left()));
    }
    let mut file = town.file(item);
    for ending in [Ending::Terminated, Ending::PassedUpward] {
        let refused = terminate(&mut file.record, &window, ask(ending), &ground).unwrap_err();
        assert_eq!(refused.code, ProblemCode::WrongState);
    }
    // What waits for the applicant ends by its clock only.
    ask_supplement(&mut file.record, &window, vec![2], "请补充".into(), &ground).unwrap();
    for &ending in &[Ending::Void, Ending::Deleted, Ending::Terminated] {
        let refused = terminate(&mut file.record, &officer, ask(ending), &ground).unwrap_err();
        assert_eq!(refused.code, ProblemCode::WrongState);
    }
    // While departments work on it; the window that accepted ends nothing.
    let mut file = licence(&town, item);
    let refused = terminate(&mut file.record, &window, ask(Ending::Terminated), &ground);
    assert_eq!(refused.unwrap_err().code, ProblemCode::Forbidden);
    let refused = terminate(&mut file.record, &officer, ask(Ending::Deleted), &ground);
    assert_eq!(refused.unwrap_err().code, ProblemCode::WrongState);
    // In a special procedure its result comes first.
    let mut stopped = licence(&town, item);
    stop(&town, item, &mut stopped);
    for ending in [Ending::Terminated, Ending::PassedUpward] {
        let refused = terminate(&mut stopped.record, &officer, ask(ending), &ground);
        assert_eq!(refused.unwrap_err().code, ProblemCode::WrongState);
    }
    terminate(
        &mut file.record,
        &officer,
        ask(Ending::PassedUpward),
        &ground,
    )
    .unwrap();
    assert_eq!(file.record.result_code.map(|code| code.number()), Some(4));
    let mut file = licence(&town, item);
    terminate(&mut file.record, &officer, ask(Ending::Terminated), &ground).unwrap();
    assert_eq!(file.record.state, State::Terminated);
}
