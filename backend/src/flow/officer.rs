//! What officers do with a case, and what a resident brings later.

use city_api::application::MaterialRef;
use city_api::requests::officer::OfficerRole;
use city_api::requests::{Private, ProblemCode, Words};
use city_catalogue::case::{Actor, By, EventKind, Move, ResultCode, State};
use uuid::Uuid;

use super::{ACCEPTANCE_WORKDAYS, Ground, SUPPLEMENT_WORKDAYS, go, plan, stages};
use crate::file::{Bench, Brought, CaseFile, Defect, Record, SupplementRecord};
use crate::store::{Refusal, TaskState};

/// The window as such, whoever sits there.
const OFFICE: By<'static> = By {
    actor: Actor::Window,
    person: None,
};

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
    let at = own_task(&file.record, officer, None)?;
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

/// 补正告知: everything that is missing, once, before acceptance.
///
/// # Errors
/// [`Refusal`] for a material that is not the item's (R9), a second notice about one that the first filing already
/// lacked (R44), or a state past acceptance.
pub(crate) fn ask_supplement(
    record: &mut Record,
    officer: &Officer,
    materials: Vec<u32>,
    words: Private,
    ground: &Ground<'_>,
) -> Result<(), Refusal> {
    own_task(record, officer, None)?;
    check_materials(record, &materials, ground)?;
    go(record, Move::AskForSupplement, by(officer))?;
    let bring_by = ground
        .workdays(ground.acceptance_day(), SUPPLEMENT_WORKDAYS)
        .ok_or_else(|| Refusal::new(ProblemCode::Internal, "no date for the supplement"))?;
    record.accept_by = None;
    let asked = format!("{} materials", materials.len());
    tell(record, officer, EventKind::NoticeGiven, asked, ground);
    record.supplements.push(SupplementRecord {
        materials,
        words,
        asked: ground.now,
        person: officer.person.clone(),
        bring_by,
        brought: None,
    });
    Ok(())
}

fn check_materials(record: &Record, materials: &[u32], ground: &Ground<'_>) -> Result<(), Refusal> {
    let item = ground.item.ok_or_else(|| {
        Refusal::new(
            ProblemCode::WrongState,
            "the item is not known: nothing can be asked for",
        )
    })?;
    for (at, seq) in materials.iter().enumerate() {
        let mut listed = item.filed.materials.iter();
        if !listed.any(|material| material.seq == *seq) {
            return Err(Refusal::new(
                ProblemCode::BadField,
                "not a material of the item in the case's version",
            )
            .field(format!("materials[{at}]")));
        }
        let asked_before = record
            .supplements
            .iter()
            .flat_map(|asked| &asked.materials)
            .any(|asked| asked == seq);
        if !record.supplements.is_empty() && !asked_before {
            return Err(Refusal::new(
                ProblemCode::BadField,
                "the first notice had to name it: everything missing is told once",
            )
            .field(format!("materials[{at}]")));
        }
    }
    Ok(())
}

/// 补正受理: the resident brought something; a new acceptance clock runs.
///
/// # Errors
/// [`Refusal`] when nothing was asked for.
pub(crate) fn bring_supplement(
    record: &mut Record,
    packet: Uuid,
    materials: Vec<MaterialRef>,
    ground: &Ground<'_>,
) -> Result<(), Refusal> {
    let applicant = By {
        actor: Actor::Applicant,
        person: None,
    };
    go(record, Move::Supplement, applicant)?;
    let kind = EventKind::Supplemented;
    let detail = format!("packet {packet}");
    record.tell(ground.now, kind, Some("applicant"), None, detail);
    if let Some(asked) = record.supplements.last_mut() {
        asked.brought = Some(Brought {
            packet,
            at: ground.now,
            materials,
        });
    }
    record.accept_by = ground.workdays(ground.acceptance_day(), ACCEPTANCE_WORKDAYS);
    if record
        .tasks
        .iter()
        .all(|task| task.state != TaskState::Open)
    {
        stages::advance(record, ground);
    }
    Ok(())
}

/// The decision, the opinion of one step, or 不予受理 by the window.
///
/// # Errors
/// [`Refusal`] when the officer has no open task here, or accepted this very case.
pub(crate) fn decide(
    record: &mut Record,
    officer: &Officer,
    task: Option<&str>,
    granted: bool,
    opinion: &str,
    ground: &Ground<'_>,
) -> Result<(), Refusal> {
    let at = own_task(record, officer, task)?;
    let words = Words::new(opinion, opinion);
    if officer.role == OfficerRole::Window && record.decision.is_none() {
        return refuse_acceptance(record, at, officer, granted, words, ground);
    }
    let accepted_by = record
        .accepted
        .as_ref()
        .and_then(|accepted| accepted.person.as_deref());
    // Handing over decides nothing: the window that accepted may do it.
    let delivers = record.tasks.get(at).is_some_and(|task| task.delivery);
    if !delivers && accepted_by == Some(officer.person.as_str()) {
        return Err(Refusal::new(
            ProblemCode::SamePerson,
            "who accepted a case cannot decide it (接办分离)",
        ));
    }
    stages::finish(record, at, Some(&officer.person), granted, words, ground);
    stages::advance(record, ground);
    Ok(())
}

fn refuse_acceptance(
    record: &mut Record,
    at: usize,
    officer: &Officer,
    granted: bool,
    opinion: Words,
    ground: &Ground<'_>,
) -> Result<(), Refusal> {
    if granted {
        return Err(Refusal::new(
            ProblemCode::Forbidden,
            "a window accepts, it does not decide",
        )
        .field("granted"));
    }
    go(record, Move::RefuseAcceptance, by(officer))?;
    tell(
        record,
        officer,
        EventKind::NotAccepted,
        String::new(),
        ground,
    );
    stages::finish(record, at, Some(&officer.person), false, opinion, ground);
    record.cancel_what_is_left();
    record.result_code = Some(ResultCode::Returned);
    record.closed = Some(ground.now);
    Ok(())
}

/// The officer, for the table of moves.
fn by(officer: &Officer) -> By<'_> {
    By::person(stages::actor(officer.role), &officer.person)
}

fn tell(
    record: &mut Record,
    officer: &Officer,
    kind: EventKind,
    detail: String,
    ground: &Ground<'_>,
) {
    let (person, body) = (Some(officer.person.as_str()), Some(officer.body.as_str()));
    record.tell(ground.now, kind, person, body, detail);
}

/// The officer's open task: the one named, or the only one.
fn own_task(record: &Record, officer: &Officer, named: Option<&str>) -> Result<usize, Refusal> {
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

fn not_now(record: &Record, what: &str) -> Refusal {
    Refusal::new(
        ProblemCode::WrongState,
        format!("a case that is {} cannot be {what} now", record.state),
    )
}
