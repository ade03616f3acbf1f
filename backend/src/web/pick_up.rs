//! Lockers: a result is taken out at the kiosk beside it, by its code and by who may take it.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::routing::post;

use city_api::requests::deliveries::{PickUpAnswer, PickUpRequest};
use city_api::requests::identity::IdentityLevel;
use city_api::requests::{MAX_BODY_BYTES, Problem, ProblemCode};
use city_catalogue::case::{Actor, EventKind};
use city_catalogue::delivery::Move;

use super::body::Whole;
use super::error::{Answer, Failure};
use super::moves::{carry, enter, found, stands, step};
use super::{Area, Shared, area, auth};
use crate::clock::after;
use crate::codes;
use crate::handover;
use crate::store::{DeliveryRow, LOCKER_SECONDS, Refusal};

area!(pick_up: "/v1/deliveries/{number}/pick-up" => post(pick_up));

/// Taken out of a locker: the code that was sent, and the applicant or an agent who may collect. Asked for again within
/// ten minutes by the same kiosk whose answer was lost, it is the same compartment.
#[utoipa::path(post, path = "/v1/deliveries/{number}/pick-up", tag = "kiosk", params(("number" = String, Path)),
    request_body = PickUpRequest,
    responses((status = 200, body = PickUpAnswer), (status = 401, body = Problem),
              (status = 403, body = Problem, description = "the locker stands elsewhere, or too many wrong codes"),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn pick_up(
    State(app): Shared,
    Path(number): Path<String>,
    request: Request<Body>,
) -> Answer<Json<PickUpAnswer>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let kiosk = auth::kiosk(&app, &request).await?;
    let asked: PickUpRequest = request.json()?;
    let grant = auth::grant(&app, &kiosk, &asked.grant, IdentityLevel::IdCard).await?;
    let found = found(&app, number).await?;
    auth::need_level(&grant, found.case.level)?;
    let told = handover::taker(&app, grant.person, &found.case).await?;
    let told = told.ok_or_else(|| Failure::new(ProblemCode::NotFound))?;
    stands(&app, &found.file).await?;
    let (now, tries) = (app.now(), app.published().policy.delivery.pick_up_tries);
    let kind = EventKind::DeliveryMoved;
    let event = found.file.event(now, kind, kiosk.id.as_str(), told);
    let event = event.at_kiosk(&kiosk);
    let (keys, station) = (Arc::clone(&app.keys), kiosk.station);
    let change = move |row: &mut DeliveryRow| {
        if row.station.as_deref() != Some(station.as_str()) {
            let why = "its locker stands at another station";
            return Err(Refusal::new(ProblemCode::Forbidden, why));
        }
        let code = row
            .stored
            .map(|stored| codes::pick_up(&keys.master, row.case, stored));
        let right = code.is_some_and(|code| codes::is_pick_up(&code, asked.code.reveal()));
        let again = row.compartment.is_some()
            && row
                .ended
                .is_some_and(|ended| now < after(ended, LOCKER_SECONDS));
        if right && again {
            return Ok(());
        }
        let next = step(row, Move::PickUp, Actor::Applicant)?;
        if row.wrong >= tries {
            let why = "too many wrong codes: a window hands it out";
            return Err(Refusal::new(ProblemCode::Forbidden, why));
        }
        if !right {
            row.wrong = row.wrong.saturating_add(1);
            return Err(
                Refusal::new(ProblemCode::BadField, "is not the code that was sent").field("code"),
            );
        }
        enter(row, next, now);
        Ok(())
    };
    let by = (Actor::Applicant, None);
    let row = carry(&app, &found, ("pick a result up", event), by, change).await?;
    let compartment = row
        .compartment
        .ok_or_else(|| Failure::new(ProblemCode::Internal))?;
    Ok(Json(PickUpAnswer { compartment }))
}
