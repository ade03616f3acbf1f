//! What the city does without people: answers of services, clocks that ran out.

use jiff::civil::Date;

use city_api::requests::officer::OfficerRole;
use city_api::requests::outcome::{DueDate, ResultRef};
use city_api::requests::{Private, Words};
use city_catalogue::case::{EventKind, ResultCode, State};

use super::{Ground, accept, stages};
use crate::clock::{after, civil};
use crate::file::{Bench, CaseFile, Overdue, Record, Wait};
use crate::store::TaskState;

/// Seconds between tries while a service is away: quick at first, for a resident may stand at the kiosk.
const RETRY_SECONDS: [i64; 6] = [2, 5, 15, 60, 300, 600];

/// A service answered the task of this number; nothing happens when the task is not open any more.
pub(crate) fn service_answered(
    record: &mut Record,
    task: &str,
    passed: bool,
    opinion: Words,
    facts: Vec<(String, Private)>,
    ground: &Ground<'_>,
) {
    // Asked before the clock stood: it is asked again when the special procedure has its result.
    if record.state == State::Special {
        return;
    }
    let Some(at) = open_service_task(record, task) else {
        return;
    };
    let decides = record.tasks.get(at).is_some_and(|task| task.decides);
    stages::finish(record, at, None, passed, opinion, ground);
    if decides {
        stages::add_facts(record, facts);
    }
    stages::advance(record, ground);
}

/// The service of this task did not answer: the case waits, visibly, and is tried again.
pub(crate) fn service_away(record: &mut Record, task: &str, ground: &Ground<'_>) {
    let Some(task) = open_service_task(record, task).and_then(|at| record.tasks.get_mut(at)) else {
        return;
    };
    let (body, number) = (task.body.clone(), task.number.clone());
    let before = task.wait.take();
    let tries = before.as_ref().map_or(0, |wait| wait.tries);
    task.wait = Some(Wait {
        body: task.body.clone(),
        since: before.as_ref().map_or(ground.now, |wait| wait.since),
        next_try: after(ground.now, pause_after(tries)),
        tries: tries.saturating_add(1),
    });
    if tries == 0 {
        let kind = EventKind::ServiceAway;
        record.tell(ground.now, kind, None, Some(&body), number);
    }
}

/// The applicant did not consent to what this task's service would be asked: refusing costs nobody the matter
/// (个人信息保护法 Art. 16), so the officers of the body do it by hand.
pub(crate) fn without_consent(record: &mut Record, task: &str, ground: &Ground<'_>) {
    let Some(task) = open_service_task(record, task).and_then(|at| record.tasks.get_mut(at)) else {
        return;
    };
    task.bench = Bench::Officer(OfficerRole::Officer);
    task.wait = None;
    let (body, number) = (task.body.clone(), task.number.clone());
    let kind = EventKind::TaskOpened;
    record.tell(ground.now, kind, None, Some(&body), number);
}

/// Seconds until the next try after so many that failed before.
#[must_use]
pub(crate) fn pause_after(tries: u32) -> i64 {
    let last = RETRY_SECONDS.len() - 1;
    let at = usize::try_from(tries).map_or(last, |tries| tries.min(last));
    RETRY_SECONDS.get(at).copied().unwrap_or_default()
}

fn open_service_task(record: &Record, number: &str) -> Option<usize> {
    record
        .tasks
        .iter()
        .position(|task| task.awaits_service() && task.number == number)
}

/// Carries out what the law says about clocks that ran out.
///
/// Not told in time what is missing: accepted from the day of receipt (行政许可法 Art. 32). Not brought what was asked
/// for: closed as 补交不来办结. A case that no program can accept: noted, and told to a supervisor.
pub(crate) fn clocks_ran_out(file: &mut CaseFile, ground: &Ground<'_>) {
    let today = ground.today();
    let over = |due: Option<DueDate>| due.is_some_and(|due| due.date < today);
    let record = &mut file.record;
    let accept_by = over(record.accept_by) && record.overdue != Some(Overdue::Law);
    let bring_by = record.supplements.last().map(|asked| asked.bring_by);
    match record.state {
        State::Submitted | State::PreAccepted | State::Corrected if accept_by => {
            accept_by_law(file, ground);
        }
        State::Irregular if accept_by => overdue(record, Overdue::Law, ground),
        State::Irregular if record.overdue.is_none() && over(record.look_by()) => {
            overdue(record, Overdue::Look, ground);
        }
        State::Correction if over(bring_by) => {
            record.cancel_what_is_left();
            stages::close(record, ResultCode::NotSupplied, ground);
        }
        _ => {}
    }
}

fn overdue(record: &mut Record, which: Overdue, ground: &Ground<'_>) {
    record.overdue = Some(which);
    let detail = match which {
        Overdue::Look => "nobody looked at an irregular filing in time",
        Overdue::Law => "nobody accepted it or named what is missing in time",
    };
    record.tell(ground.now, EventKind::Overdue, None, None, detail);
}

fn accept_by_law(file: &mut CaseFile, ground: &Ground<'_>) {
    // What was irregular and is supplemented has no steps planned yet.
    if file.record.is_only_looked_at() && accept::repair(file, None, ground).is_err() {
        overdue(&mut file.record, Overdue::Law, ground);
        return;
    }
    let day = receipt_day(file, ground);
    let record = &mut file.record;
    let opinion = Words::new(
        "逾期未告知补正，自收到申请之日起即为受理",
        "Nothing was said in time: accepted from the day of receipt",
    );
    stages::take_on_from(record, None, day, ground);
    record.tell(ground.now, EventKind::AcceptedByLaw, None, None, "");
    stages::open_checks(record, day, ground);
    let windows: Vec<usize> = record
        .tasks
        .iter()
        .enumerate()
        .filter(|(_, task)| {
            task.state == TaskState::Open && task.bench == Bench::Officer(OfficerRole::Window)
        })
        .map(|(at, _)| at)
        .collect();
    for at in windows {
        stages::finish(record, at, None, true, opinion.clone(), ground);
    }
    stages::advance(record, ground);
}

/// The day the filing was received; after a correction, the day the supplement was.
fn receipt_day(file: &CaseFile, ground: &Ground<'_>) -> Date {
    let brought = file.record.supplements.last();
    let brought = brought.and_then(|asked| asked.brought.as_ref());
    let received = brought.map_or(file.received, |brought| brought.at);
    ground
        .calendar
        .acceptance_day(civil(received), ground.hours)
}

/// The result document is made; a case with nothing left to do is closed.
pub(crate) fn result_issued(record: &mut Record, result: ResultRef, ground: &Ground<'_>) {
    let id = result.id.to_string();
    record.tell(ground.now, EventKind::ResultIssued, None, None, id);
    record.result = Some(result);
    record.result_due = None;
    stages::close_when_done(record, ground);
}
