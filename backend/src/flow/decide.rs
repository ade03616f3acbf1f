//! Decisions, opinions of single steps, and 不予受理.

use city_api::requests::officer::{DecideRequest, OfficerRole};
use city_api::requests::{ProblemCode, Words};
use city_catalogue::case::{EventKind, Move, ResultCode};

use super::officer::{by, own_task, tell};
use super::procedure::not_while_stopped;
use super::{Ground, Officer, go, review, stages};
use crate::file::Record;
use crate::store::Refusal;

/// The decision, the opinion of one step, or 不予受理 by the window.
///
/// # Errors
/// [`Refusal`] when the officer has no open task here, accepted this very case, or left a review point out.
pub(crate) fn decide(
    record: &mut Record,
    officer: &Officer,
    asked: &DecideRequest,
    ground: &Ground<'_>,
) -> Result<(), Refusal> {
    not_while_stopped(record)?;
    let at = own_task(record, officer, asked.task.as_deref(), ground.now)?;
    let (granted, opinion) = (asked.granted, asked.opinion.reveal());
    let words = Words::new(opinion, opinion);
    if officer.role == OfficerRole::Window && record.decision.is_none() {
        return refuse_acceptance(record, at, officer, granted, words, ground);
    }
    let delivers = record.tasks.get(at).is_some_and(|task| task.delivery);
    if delivers && record.delivering {
        let why = "what is handed over is noted with its delivery, to whom and how";
        return Err(Refusal::new(ProblemCode::WrongState, why));
    }
    // Handing over decides nothing: the window that accepted may do it.
    if !delivers && record.was_taken_by(&officer.person) {
        return Err(Refusal::new(
            ProblemCode::SamePerson,
            "who accepted or took in a case cannot decide it (接办分离)",
        ));
    }
    if let Some(task) = record.tasks.get(at) {
        review::check(
            &review::points(record, task, ground),
            &asked.points,
            granted,
        )?;
    }
    stages::finish(record, at, Some(&officer.person), granted, words, ground);
    let done = record.tasks.get_mut(at).and_then(|task| task.done.as_mut());
    if let Some(done) = done {
        done.points.clone_from(&asked.points);
    }
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
