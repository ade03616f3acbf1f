//! Acceptance by a window, and filings that an office puts right first.

use city_api::requests::officer::OfficerRole;
use city_api::requests::{ProblemCode, Words};
use city_catalogue::case::{Actor, By, EventKind, Move, State};

use super::officer::{not_now, own_task};
use super::{Ground, Officer, go, plan, stages};
use crate::file::{Bench, CaseFile, Defect};
use crate::store::{Refusal, TaskState};

/// The window as such, whoever sits there.
const OFFICE: By<'static> = By {
    actor: Actor::Window,
    person: None,
};

/// 受理, by the window whose task is open, with its note for the file. An irregular case that can be read is put
/// right by it.
///
/// # Errors
/// [`Refusal`] when the officer has no open task here or the state does not allow it.
pub(crate) fn accept(
    file: &mut CaseFile,
    officer: &Officer,
    note: Option<&str>,
    ground: &Ground<'_>,
) -> Result<(), Refusal> {
    let at = own_task(&file.record, officer, None, ground.now)?;
    if officer.role != OfficerRole::Window {
        return Err(Refusal::new(
            ProblemCode::Forbidden,
            "only a window accepts",
        ));
    }
    if file.record.is_only_looked_at() {
        repair(file, Some(&officer.person), ground)?;
    }
    let record = &mut file.record;
    if !record.state.awaits_acceptance() {
        return Err(not_now(record, "accepted"));
    }
    stages::take_on(record, Some(&officer.person), ground);
    let opinion = note.map_or_else(
        || Words::new("受理", "Accepted"),
        |note| Words::new(note, note),
    );
    stages::finish(record, at, Some(&officer.person), true, opinion, ground);
    stages::advance(record, ground);
    Ok(())
}

/// An irregular case with a known item and a readable application becomes a regular one.
pub(super) fn repair(
    file: &mut CaseFile,
    person: Option<&str>,
    ground: &Ground<'_>,
) -> Result<(), Refusal> {
    let unreadable = || {
        Refusal::new(
            ProblemCode::WrongState,
            "the filing cannot be read or its item is not known: close it with a reason",
        )
    };
    let item = ground.item.ok_or_else(unreadable)?;
    if file.record.application.is_none() {
        return Err(unreadable());
    }
    let defect = file.record.defect.as_ref();
    if defect.is_some_and(|defect| defect.key == Defect::NOT_IN_FORCE) {
        return Err(Refusal::new(
            ProblemCode::WrongState,
            "the item was not in force when it was filed: close it with a reason",
        ));
    }
    if file.record.state == State::Irregular {
        // The office itself puts it right, by hand or when nobody said anything in time.
        go(&mut file.record, Move::Repair, OFFICE)?;
    }
    let number = file
        .case_number
        .clone()
        .unwrap_or_else(|| file.filing_number.clone());
    let kind = EventKind::Repaired;
    file.record
        .tell(ground.now, kind, person, Some(ground.bureau), "");
    plan::plan_repaired(&mut file.record, &item.handled, &number, ground);
    // The officer who looked is the window: the item's own first window step is done by it.
    let looked_at = file.record.tasks.iter_mut().find(|task| {
        task.state == TaskState::Pending && task.bench == Bench::Officer(OfficerRole::Window)
    });
    if let Some(task) = looked_at.filter(|task| !task.delivery) {
        task.state = TaskState::Cancelled;
    }
    Ok(())
}
