//! Moves of deliveries: found by the number of their case, led by the table, carried out in one transaction with what
//! becomes of the case.

use std::sync::Arc;

use jiff::Timestamp;

use city_api::requests::ProblemCode;
use city_catalogue::case::{Actor, By, EventKind};
use city_catalogue::delivery::{Move, State, Way};

use super::auth::Place;
use super::error::{Answer, Failure};
use crate::app::App;
use crate::file::CaseFile;
use crate::flow;
use crate::store::{CaseKey, CaseRow, DeliveryRow, Event, Moving, Refusal};
use crate::worker::changing;

/// A delivery with its case.
pub(super) struct Found {
    pub(super) case: CaseRow,
    pub(super) file: CaseFile,
    pub(super) row: DeliveryRow,
}

/// The delivery of the case of this number; 404 when it has none.
pub(super) async fn found(app: &App, number: String) -> Answer<Found> {
    let nothing =
        || Failure::new(ProblemCode::NotFound).detail("no result waits under this number");
    let case = app.store.case(CaseKey::Number(number)).await?;
    let case = case.ok_or_else(nothing)?;
    let row = app.store.delivery(case.id).await?.ok_or_else(nothing)?;
    let file = CaseFile::open(case.clone(), &app.keys.master)?;
    Ok(Found { case, file, row })
}

/// Where a move leads; where it led before, it is done already.
pub(super) fn next(row: &DeliveryRow, movement: Move, actor: Actor) -> Result<State, Refusal> {
    let done = match movement {
        Move::Arrive => State::AtStation,
        Move::Store => State::InLocker,
        Move::Post => State::Posted,
        Move::Sign => State::Delivered,
        Move::Fail => State::Undelivered,
        Move::Return => State::Returned,
        // Nothing is put into somebody's hands twice.
        Move::Receive | Move::PickUp | Move::HandOut => return step(row, movement, actor),
    };
    let may = |from: &State| from.step(movement, actor).is_ok();
    let repeated = row.state == done && (movement != Move::Sign || row.way == Way::Post);
    if repeated && State::ALL.iter().any(may) {
        return Ok(done);
    }
    step(row, movement, actor)
}

/// Where a move leads, by the table.
pub(super) fn step(row: &DeliveryRow, movement: Move, actor: Actor) -> Result<State, Refusal> {
    row.state.step(movement, actor).map_err(|refused| {
        let code = match refused.actor {
            Some(_) => ProblemCode::Forbidden,
            None => ProblemCode::WrongState,
        };
        Refusal::new(code, refused.to_string())
    })
}

/// The delivery comes into a state: what waits began to wait when it left its body.
pub(super) fn enter(row: &mut DeliveryRow, next: State, now: Timestamp) {
    if next == State::Delivered && row.ended.is_none() {
        row.ended = Some(now);
    }
    row.since = next.waits().then(|| row.since.unwrap_or(now));
    row.state = next;
}

/// Carries a change out in one transaction with what it does to the case.
pub(super) async fn carry<F>(
    app: &Arc<App>,
    found: &Found,
    (what, event): (&'static str, Event),
    (actor, person): (Actor, Option<String>),
    change: F,
) -> Answer<DeliveryRow>
where
    F: FnOnce(&mut DeliveryRow) -> Result<(), Refusal> + Send + 'static,
{
    let item = app.item_of(&found.file).await?;
    let delivered = changing(app, item, move |file, ground| {
        let person = person.as_deref();
        flow::delivered(&mut file.record, By { actor, person }, ground);
    });
    let moving = Moving {
        change: Box::new(change),
        event,
        what,
        delivered,
    };
    let moved = app.store.move_delivery(found.case.id, moving).await?;
    let moved = moved.ok_or_else(|| Failure::new(ProblemCode::NotFound))?;
    Ok(moved?)
}

/// Refuses to hand out a result whose decision was revoked.
pub(super) async fn stands(app: &App, file: &CaseFile) -> Answer<()> {
    let Some(result) = &file.record.result else {
        return Ok(());
    };
    let row = app.store.result(result.id).await?;
    if row.is_some_and(|row| row.revoked.is_some()) {
        let why = "the decision was revoked: its result is not handed out any more";
        return Err(Failure::new(ProblemCode::WrongState).detail(why));
    }
    Ok(())
}

/// The applicant has what they read or printed; nothing happens to a result that comes another way, which is read or
/// printed beside it.
pub(super) async fn received(
    app: &Arc<App>,
    (case, file): (CaseRow, CaseFile),
    place: &Place,
    told: Option<String>,
) -> Answer<()> {
    let Some(row) = app.store.delivery(case.id).await? else {
        return Ok(());
    };
    if row.state != State::Ready {
        return Ok(());
    }
    let now = app.now();
    let by = match &place.by {
        Some((person, _)) => (Actor::Window, Some(person.clone())),
        None => (Actor::Applicant, None),
    };
    let actor = by.0;
    let event = place.event(app, EventKind::Delivered, told.unwrap_or_default());
    let event = Event {
        item: file.item.clone().zip(file.record.item_version),
        ..event
    };
    let change = move |row: &mut DeliveryRow| {
        if let Ok(next) = row.state.step(Move::Receive, actor) {
            enter(row, next, now);
        }
        Ok(())
    };
    let found = Found { case, file, row };
    carry(app, &found, ("receive a result", event), by, change).await?;
    Ok(())
}
