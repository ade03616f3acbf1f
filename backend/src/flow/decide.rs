//! Decisions, opinions of single steps, and 不予受理.

use city_api::requests::officer::OfficerRole;
use city_api::requests::{ProblemCode, Words};
use city_catalogue::case::{EventKind, Move, ResultCode};

use super::officer::{by, own_task, tell};
use super::{Ground, Officer, go, stages};
use crate::file::Record;
use crate::store::Refusal;

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
