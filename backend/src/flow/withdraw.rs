//! 撤回: the applicant takes a matter back, until it is decided.

use city_catalogue::case::{Actor, By, EventKind, Move, State};

use super::{Ground, go};
use crate::file::Record;
use crate::store::Refusal;

/// Takes the case back; nothing that is left to do is needed any more. One that is withdrawn stays so: the applicant
/// may not have heard the answer.
///
/// # Errors
/// [`Refusal`] when it is decided or over.
pub(crate) fn withdraw(record: &mut Record, ground: &Ground<'_>) -> Result<(), Refusal> {
    if record.state == State::Withdrawn {
        return Ok(());
    }
    let applicant = By {
        actor: Actor::Applicant,
        person: None,
    };
    go(record, Move::Withdraw, applicant)?;
    record.cancel_what_is_left();
    record.accept_by = None;
    record.closed = Some(ground.now);
    record.tell(
        ground.now,
        EventKind::Withdrawn,
        Some("applicant"),
        None,
        "",
    );
    Ok(())
}
