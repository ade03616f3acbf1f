//! From stage to stage: opening tasks, doing the city's own, deciding, closing.

use city_api::requests::officer::OfficerRole;
use city_api::requests::{Private, Words};
use city_catalogue::case::{Actor, By, EventKind, Move, ResultCode};
use city_catalogue::clock::Running;

use super::{Ground, automatic, delivery, settle};
use crate::clock::civil;
use crate::file::{AcceptedBy, Bench, DecisionRecord, Record, RunningLimits, TaskDone};
use crate::store::{NewCheck, TaskState};

/// Opens what can be opened and does what the city itself does, until somebody else has to act.
pub(super) fn advance(record: &mut Record, ground: &Ground<'_>) {
    loop {
        close_when_done(record, ground);
        let Some(stage) = current_stage(record) else {
            return;
        };
        open_stage(record, stage, ground);
        if !do_own_tasks(record, stage, ground) {
            return;
        }
    }
}

/// The first stage with something left to do.
fn current_stage(record: &Record) -> Option<u32> {
    record
        .tasks
        .iter()
        .filter(|task| task.is_left())
        .map(|task| task.stage)
        .min()
}

fn open_stage(record: &mut Record, stage: u32, ground: &Ground<'_>) {
    let from = ground.acceptance_day();
    let mut handling = false;
    let mut opened = Vec::new();
    for task in &mut record.tasks {
        if task.stage != stage || task.state != TaskState::Pending {
            continue;
        }
        task.state = TaskState::Open;
        task.opened = Some(ground.now);
        if matches!(task.bench, Bench::Officer(_) | Bench::Service(_)) {
            opened.push((task.body.clone(), task.number.clone()));
        }
        let limit = ground
            .item
            .and_then(|item| {
                let mut steps = item.handled.steps.iter();
                steps.find(|step| step.seq == task.step)
            })
            .map(|step| &step.limit);
        task.due = limit.and_then(|limit| ground.due(from, limit));
        handling |= matches!(task.bench, Bench::Service(_)) || stage > 0;
    }
    for (body, number) in opened {
        let kind = EventKind::TaskOpened;
        record.tell(ground.now, kind, None, Some(&body), number);
    }
    if handling && record.accepted.is_none() {
        // A department works on it, so it is accepted: there was no window in between.
        take_on(record, None, ground);
    }
    if handling {
        settle(record, Move::Process, By::SYSTEM);
    }
}

/// Does the tasks of the city and of the applicant in this stage; true when the stage is done and the next may open.
fn do_own_tasks(record: &mut Record, stage: u32, ground: &Ground<'_>) -> bool {
    let mut all_done = true;
    for at in 0..record.tasks.len() {
        let Some(task) = record.tasks.get(at) else {
            break;
        };
        if task.stage != stage || task.state != TaskState::Open {
            continue;
        }
        match task.bench {
            Bench::City => {
                let first = record.accepted.is_none();
                if first {
                    take_on(record, None, ground);
                }
                finish(record, at, None, true, automatic(), ground);
            }
            // Applying was done at the kiosk; collecting is up to the resident.
            Bench::Applicant if record.decision.is_none() => {
                finish(record, at, None, true, automatic(), ground);
            }
            Bench::Applicant | Bench::Service(_) | Bench::Officer(_) => all_done = false,
        }
    }
    all_done
}

/// 受理: the handling clocks start.
pub(super) fn take_on(record: &mut Record, person: Option<&str>, ground: &Ground<'_>) {
    let day = ground.acceptance_day();
    take_on_from(record, person, day, ground);
    record.tell(ground.now, EventKind::Accepted, person, None, "");
    open_checks(record, day, ground);
}

/// 受理 as of `day`.
pub(super) fn take_on_from(
    record: &mut Record,
    person: Option<&str>,
    day: jiff::civil::Date,
    ground: &Ground<'_>,
) {
    let by = person.map_or(By::SYSTEM, |person| By::person(Actor::Window, person));
    settle(record, Move::Accept, by);
    record.accepted = Some(AcceptedBy {
        at: ground.now,
        person: person.map(str::to_owned),
    });
    record.accept_by = None;
    let Some(item) = ground.item.map(|item| item.handled.as_ref()) else {
        return;
    };
    // 即办件 are closed at once at any hour: their promise is today.
    let promised_from = if item.is_instant() {
        civil(ground.now).date()
    } else {
        day
    };
    record.running = Some(RunningLimits {
        promised: Running::start(promised_from, &item.promised_limit),
        statutory: Running::start(day, &item.statutory_limit),
    });
    record.promised = ground.due(promised_from, &item.promised_limit);
    record.statutory = ground.due(day, &item.statutory_limit);
}

/// 事后核查: what was promised instead of brought is looked at after acceptance, by the body that decides.
pub(super) fn open_checks(record: &mut Record, day: jiff::civil::Date, ground: &Ground<'_>) {
    let days = ground.policy.commitment.check_workdays;
    // Beyond all calendars there is no last day to name; it is looked at today.
    let due = ground
        .workdays(day, days)
        .map_or_else(|| ground.today(), |due| due.date);
    for material in record.promised_materials() {
        record.checks.push(NewCheck {
            material,
            body: record.body.clone(),
            opened: ground.now,
            due,
        });
        let body = record.body.clone();
        let detail = format!("material {material}, by {due}");
        let kind = EventKind::CheckOpened;
        record.tell(ground.now, kind, None, Some(&body), detail);
    }
}

/// Ends a task; a deciding one decides the case.
pub(super) fn finish(
    record: &mut Record,
    at: usize,
    person: Option<&str>,
    passed: bool,
    opinion: Words,
    ground: &Ground<'_>,
) {
    let Some(task) = record.tasks.get_mut(at) else {
        return;
    };
    task.state = TaskState::Done;
    task.wait = None;
    task.done = Some(TaskDone {
        at: ground.now,
        person: person.map(str::to_owned),
        passed,
        opinion: opinion.clone(),
        points: std::collections::BTreeMap::new(),
    });
    task.lease = None;
    let (body, number) = (task.body.clone(), task.number.clone());
    let (decides, by) = (task.decides, acting(&task.bench, person));
    let outcome = if passed { "passed" } else { "not passed" };
    record.tell(
        ground.now,
        EventKind::TaskDone,
        person,
        Some(&body),
        format!("{number}: {outcome}"),
    );
    if decides {
        decided(record, passed, by, &body, opinion, ground);
    }
}

/// Who does a task of this bench, for the table of moves.
fn acting<'p>(bench: &Bench, person: Option<&'p str>) -> By<'p> {
    match (bench, person) {
        (Bench::Officer(role), Some(person)) => By::person(actor(*role), person),
        (Bench::Applicant, Some(person)) => By::person(Actor::Applicant, person),
        (Bench::City | Bench::Service(_), Some(_)) | (_, None) => By::SYSTEM,
    }
}

/// The actor of an officer's role.
pub(super) fn actor(role: OfficerRole) -> Actor {
    match role {
        OfficerRole::Window => Actor::Window,
        OfficerRole::Officer => Actor::Officer,
        OfficerRole::Approver => Actor::Approver,
    }
}

fn decided(
    record: &mut Record,
    granted: bool,
    by: By<'_>,
    body: &str,
    opinion: Words,
    ground: &Ground<'_>,
) {
    settle(record, Move::Process, By::SYSTEM);
    settle(record, if granted { Move::Grant } else { Move::Refuse }, by);
    let kind = if granted {
        EventKind::Granted
    } else {
        EventKind::NotGranted
    };
    record.tell(ground.now, kind, by.person, Some(body), "");
    record.decision = Some(DecisionRecord {
        granted,
        reason: (!granted || by.person.is_some()).then_some(opinion),
        at: ground.now,
        body: body.to_owned(),
        person: by.person.map(str::to_owned),
        facts: Vec::new(),
    });
    if granted && record.issues_result {
        record.result_due = Some(ground.now);
    }
    if !granted {
        record.cancel_what_is_left();
    }
}

/// Adds what a service gave for the result document.
pub(super) fn add_facts(record: &mut Record, facts: Vec<(String, Private)>) {
    if let Some(decision) = &mut record.decision {
        decision.facts = facts;
    }
}

/// 办结: decided, nothing left but the hand-over, and the result document made.
pub(super) fn close_when_done(record: &mut Record, ground: &Ground<'_>) {
    let Some(decision) = &record.decision else {
        return;
    };
    let left = record
        .tasks
        .iter()
        .any(|task| !task.delivery && task.is_left());
    let awaits_result = decision.granted && record.issues_result && record.result.is_none();
    if left || awaits_result || record.state.is_closed() {
        return;
    }
    let code = if record.result.is_some() {
        ResultCode::Issued
    } else {
        ResultCode::Other
    };
    close(record, code, ground);
}

/// Closes the case with a code the table allows.
pub(super) fn close(record: &mut Record, code: ResultCode, ground: &Ground<'_>) {
    settle(record, Move::Close(code), By::SYSTEM);
    if record.state.is_closed() {
        record.result_code = Some(code);
        record.closed = Some(ground.now);
        let code = format!("result code {}", code.number());
        record.tell(ground.now, EventKind::Closed, None, None, code);
        delivery::begin(record, ground);
    }
}
