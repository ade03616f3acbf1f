//! Officers: who acts, and on which task.

use jiff::Timestamp;

use city_api::requests::ProblemCode;
use city_api::requests::officer::OfficerRole;
use city_catalogue::case::{By, EventKind};

use super::{Ground, stages};
use crate::file::Record;
use crate::store::Refusal;

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Officer {
    /// The person.
    pub person: String,
    /// Body.
    pub body: String,
    /// Role.
    pub role: OfficerRole,
}

/// The officer, for the table of moves.
pub(super) fn by(officer: &Officer) -> By<'_> {
    By::person(stages::actor(officer.role), &officer.person)
}

/// Tells what the officer did.
pub(super) fn tell(
    record: &mut Record,
    officer: &Officer,
    kind: EventKind,
    detail: String,
    ground: &Ground<'_>,
) {
    let (person, body) = (Some(officer.person.as_str()), Some(officer.body.as_str()));
    record.tell(ground.now, kind, person, body, detail);
}

/// The officer's open task: the one named, or the only one; nobody else works on it.
pub(crate) fn own_task(
    record: &Record,
    officer: &Officer,
    named: Option<&str>,
    now: Timestamp,
) -> Result<usize, Refusal> {
    let at = open_task(record, officer, named)?;
    let task = record.tasks.get(at);
    match task.and_then(|task| task.held_by_another(&officer.person, now)) {
        Some(lease) => Err(Refusal::new(
            ProblemCode::Taken,
            format!("another officer works on it until {}", lease.until),
        )
        .field("task")),
        None => Ok(at),
    }
}

fn open_task(record: &Record, officer: &Officer, named: Option<&str>) -> Result<usize, Refusal> {
    let own = record.open_tasks(&officer.body, officer.role);
    let number = |at: &usize| record.tasks.get(*at).map(|task| task.number.as_str());
    match (named, own.as_slice()) {
        (Some(named), _) => own
            .iter()
            .find(|at| number(at) == Some(named))
            .copied()
            .ok_or_else(|| {
                Refusal::new(
                    ProblemCode::Forbidden,
                    "this is not an open task of the officer's body and role",
                )
                .field("task")
            }),
        (None, [one]) => Ok(*one),
        (None, []) if record.state.is_closed() => Err(not_now(record, "worked on")),
        (None, []) => Err(Refusal::new(
            ProblemCode::Forbidden,
            "no open task here for this body and role (越位)",
        )),
        (None, _) => Err(
            Refusal::new(ProblemCode::BadField, "several tasks are open: name one").field("task"),
        ),
    }
}

/// The refusal of what the state does not allow.
pub(super) fn not_now(record: &Record, what: &str) -> Refusal {
    Refusal::new(
        ProblemCode::WrongState,
        format!("a case that is {} cannot be {what} now", record.state),
    )
}
