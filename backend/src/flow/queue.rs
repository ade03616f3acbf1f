//! Tasks between the departments: held by one officer, sent back when wrongly routed, routed by hand.

use jiff::Timestamp;

use city_api::requests::officer::OfficerRole;
use city_api::requests::{Private, ProblemCode};
use city_catalogue::case::EventKind;

use super::officer::{not_now, own_task, tell};
use super::{Ground, Officer};
use crate::clock::{after, civil};
use crate::file::{Bench, Lease, Record, Return, TaskDetail};
use crate::store::{Refusal, TaskState};

/// The officer takes a task, or keeps it for longer.
///
/// # Errors
/// [`Refusal`] when it is not an open task of the officer's body and role, another officer holds it, or the officer
/// accepted the case and the task is not to hand over.
pub(crate) fn claim(
    record: &mut Record,
    officer: &Officer,
    task: &str,
    ground: &Ground<'_>,
) -> Result<(), Refusal> {
    let at = own_task(record, officer, Some(task), ground.now)?;
    let taken_by_them = record.was_taken_by(&officer.person);
    let Some(task) = record.tasks.get_mut(at) else {
        return Ok(());
    };
    if !task.delivery && taken_by_them && task.bench != Bench::Officer(OfficerRole::Window) {
        return Err(Refusal::new(
            ProblemCode::SamePerson,
            "who accepted a case does not work on its decision (接办分离)",
        ));
    }
    let held = task.lease.replace(Lease {
        holder: officer.person.clone(),
        until: lease_end(ground),
    });
    let number = task.number.clone();
    if held.is_none_or(|held| held.until <= ground.now) {
        tell(record, officer, EventKind::TaskClaimed, number, ground);
    }
    Ok(())
}

/// When a lease that begins or is renewed now ends.
#[must_use]
pub(crate) fn lease_end(ground: &Ground<'_>) -> Timestamp {
    after(
        ground.now,
        60 * i64::from(ground.policy.queue.lease_minutes),
    )
}

/// Work renews the leases of the officer in this case.
pub(crate) fn renew(record: &mut Record, officer: &Officer, ground: &Ground<'_>) {
    let until = lease_end(ground);
    let leases = record
        .tasks
        .iter_mut()
        .filter_map(|task| task.lease.as_mut());
    for lease in leases.filter(|lease| lease.holder == officer.person && lease.until > ground.now) {
        lease.until = until;
    }
}

/// The officer lets go of a task that is theirs.
///
/// # Errors
/// [`Refusal`] when the officer does not hold it.
pub(crate) fn release(
    record: &mut Record,
    officer: &Officer,
    task: &str,
    ground: &Ground<'_>,
) -> Result<(), Refusal> {
    let at = own_task(record, officer, Some(task), ground.now)?;
    let held = record.tasks.get_mut(at);
    let held = held.filter(|task| task.is_held_by(&officer.person, ground.now));
    let Some(task) = held else {
        return Err(Refusal::new(
            ProblemCode::WrongState,
            "the officer does not hold this task",
        ));
    };
    task.lease = None;
    let number = task.number.clone();
    tell(record, officer, EventKind::TaskReleased, number, ground);
    Ok(())
}

/// A wrongly routed task goes back, with a reason, within the days of the policy; its clock keeps running.
///
/// It is routed again when the officer names the right body and that body may handle the item (`may_handle`), at most
/// as often as the policy says; else it is a dead letter, and a supervisor routes it by hand.
///
/// # Errors
/// [`Refusal`] when it is not an open task of the officer, is the city's own, or the days are over.
pub(crate) fn give_back(
    record: &mut Record,
    officer: &Officer,
    task: &str,
    reason: Private,
    right: Option<&str>,
    may_handle: &dyn Fn(&str) -> bool,
    ground: &Ground<'_>,
) -> Result<(), Refusal> {
    let at = own_task(record, officer, Some(task), ground.now)?;
    let policy = &ground.policy.queue;
    let Some(task) = record.tasks.get(at) else {
        return Ok(());
    };
    if task.bench == Bench::Officer(OfficerRole::Window) || record.state.awaits_acceptance() {
        return Err(not_now(record, "given back: a window takes what comes"));
    }
    let arrived = ground
        .calendar
        .acceptance_day(civil(task.arrived(ground.now)), ground.hours);
    let last = ground.workdays(arrived, policy.return_workdays);
    if last.is_some_and(|last| last.date < ground.today()) {
        return Err(Refusal::new(
            ProblemCode::WrongState,
            format!(
                "a wrongly routed task goes back within {} working days",
                policy.return_workdays
            ),
        ));
    }
    if right == Some(officer.body.as_str()) {
        let refusal = Refusal::new(ProblemCode::BadField, "names the body that gives it back");
        return Err(refusal.field("body"));
    }
    let returned = task.returns.len();
    let again = right.filter(|right| {
        may_handle(right) && u32::try_from(returned).is_ok_and(|times| times < policy.most_returns)
    });
    let number = task.number.clone();
    if let Some(task) = record.tasks.get_mut(at) {
        task.lease = None;
        task.returns.push(Return {
            at: ground.now,
            body: officer.body.clone(),
            person: officer.person.clone(),
            reason,
            right: right.map(str::to_owned),
        });
    }
    tell(
        record,
        officer,
        EventKind::TaskReturned,
        number.clone(),
        ground,
    );
    match again {
        Some(right) => hand_to(record, at, right, None, ground),
        None => {
            if let Some(task) = record.tasks.get_mut(at) {
                task.state = TaskState::DeadLetter;
            }
            let kind = EventKind::DeadLetter;
            record.tell(ground.now, kind, None, Some(&officer.body), number);
        }
    }
    Ok(())
}

/// A supervisor routes a task by hand: a dead letter, or one that lies with the wrong body.
///
/// # Errors
/// [`Refusal`] when there is no such task of officers to be done.
pub(crate) fn route_by_hand(
    record: &mut Record,
    supervisor: &str,
    task: &str,
    body: &str,
    ground: &Ground<'_>,
) -> Result<(), Refusal> {
    let is_meant = |known: &TaskDetail| {
        known.number == task
            && matches!(known.state, TaskState::Open | TaskState::DeadLetter)
            && matches!(known.bench, Bench::Officer(_))
    };
    let Some(at) = record.tasks.iter().position(is_meant) else {
        return Err(Refusal::new(
            ProblemCode::WrongState,
            "this is not a task of officers that is to be done now",
        ));
    };
    hand_to(record, at, body, Some(supervisor), ground);
    Ok(())
}

/// The task, and what else is left for its body, goes to another; the case too, when the body was the competent one.
fn hand_to(record: &mut Record, at: usize, to: &str, by: Option<&str>, ground: &Ground<'_>) {
    let Some(task) = record.tasks.get_mut(at) else {
        return;
    };
    let from = std::mem::replace(&mut task.body, to.to_owned());
    task.state = TaskState::Open;
    task.lease = None;
    task.moved = Some(ground.now);
    let number = task.number.clone();
    for task in &mut record.tasks {
        let waits = task.state == TaskState::Pending && matches!(task.bench, Bench::Officer(_));
        if waits && task.body == from {
            to.clone_into(&mut task.body);
        }
    }
    if record.body == from {
        to.clone_into(&mut record.body);
        record.routing.zh.push_str(&format!("；后由{from}转至{to}"));
        record
            .routing
            .en
            .push_str(&format!("; moved from {from} to {to} later"));
    }
    let detail = format!("{number} from {from}");
    record.tell(ground.now, EventKind::TaskRerouted, by, Some(to), detail);
}
