//! 终止, 作废, 删除, 转报: an officer ends a case without a decision.

use city_api::requests::ProblemCode;
use city_api::requests::procedure::{Ending, TerminateRequest};
use city_catalogue::case::{Actor, By, EventKind, Move, ResultCode, State};

use super::officer::{own_task, tell};
use super::procedure::of_deciding_body;
use super::{Ground, Officer, go};
use crate::file::{Record, TerminationRecord};
use crate::store::Refusal;

/// Ends the case: before acceptance by who has the open task, afterwards by the deciding body. What waits for the
/// applicant ends by its own clock (补交不来办结), and what is in a special procedure needs its result first.
///
/// # Errors
/// [`Refusal`] by the rules of `specs/domain.md` 4.2.
pub(crate) fn terminate(
    record: &mut Record,
    officer: &Officer,
    asked: TerminateRequest,
    ground: &Ground<'_>,
) -> Result<(), Refusal> {
    if record.state.awaits_acceptance() || record.state == State::Irregular {
        own_task(record, officer, None, ground.now)?;
    } else {
        of_deciding_body(record, officer)?;
        if record.was_taken_by(&officer.person) {
            return Err(Refusal::new(
                ProblemCode::SamePerson,
                "who accepted or took in a case cannot end it (接办分离)",
            ));
        }
    }
    let code = match asked.ending {
        Ending::Terminated => None,
        Ending::Void => Some(ResultCode::Void),
        Ending::Deleted => Some(ResultCode::Deleted),
        Ending::PassedUpward => Some(ResultCode::PassedUpward),
    };
    match code {
        None => go(
            record,
            Move::Terminate,
            By::person(Actor::Officer, &officer.person),
        )?,
        // The officer says how, the city closes: the table lets nobody else.
        Some(code) => go(record, Move::Close(code), By::SYSTEM)?,
    }
    record.result_code = code;
    record.cancel_what_is_left();
    record.accept_by = None;
    record.closed = Some(ground.now);
    record.termination = Some(TerminationRecord {
        ending: asked.ending,
        person: officer.person.clone(),
        reason: asked.reason,
        at: ground.now,
    });
    let detail = asked.ending.name().to_owned();
    tell(record, officer, EventKind::Terminated, detail, ground);
    if let Some(code) = code {
        let code = format!("result code {}", code.number());
        record.tell(ground.now, EventKind::Closed, None, None, code);
    }
    Ok(())
}
