//! Codes by which members of staff vouch for a person.

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::routing::post;

use city_api::requests::officer::{OfficerRole, StaffCodeAnswer};
use city_api::requests::{MAX_BODY_BYTES, Private, Problem, ProblemCode, paths};
use city_catalogue::case::EventKind;

use super::body::Whole;
use super::error::{Answer, Failure};
use super::identity::staff_place;
use super::{Area, Shared, area, auth};
use crate::clock::after;
use crate::codes::{STAFF_SECONDS, digits};

area!(staff_code: paths::STAFF_CODES => post(staff_code));

/// A code by which a member of staff vouches for one person at a kiosk.
#[utoipa::path(post, path = "/v1/staff-codes", tag = "officer",
    responses((status = 200, body = StaffCodeAnswer), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn staff_code(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<StaffCodeAnswer>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let officer = auth::officer(&app, &request).await?;
    if officer.role != OfficerRole::Window {
        return Err(Failure::new(ProblemCode::Forbidden)
            .detail("only staff of a window vouch for a person"));
    }
    let code = digits(6);
    let now = app.now();
    let valid_until = after(now, STAFF_SECONDS);
    let index = app.keys.master.code("staff", &code);
    let place = staff_place(&code, &app.keys.master);
    app.store
        .put_code(place, index, 1, valid_until, now)
        .await?;
    let kind = EventKind::StaffCodeMade;
    app.note(None, None, kind, officer.person, "").await?;
    Ok(Json(StaffCodeAnswer {
        code: Private::new(code),
        valid_until,
    }))
}
