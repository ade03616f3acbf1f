//! Calls for a person's help: a kiosk raises one, the windows of its station hear it.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::routing::{get, post};
use jiff::Timestamp;

use city_api::requests::drafts::STATION_HEADER;
use city_api::requests::help::{
    HELP_CALL_SECONDS, HelpCall, HelpCallsAnswer, HelpRequest, HelpState, HelpView,
};
use city_api::requests::{MAX_BODY_BYTES, Problem, ProblemCode, paths};
use city_catalogue::case::EventKind;

use super::auth::{self, Clerk};
use super::body::Whole;
use super::error::{Answer, Failure};
use super::packets::parse_id;
use super::{Area, Shared, area};
use crate::app::App;
use crate::clock::after;
use crate::store::{Event, HelpRow, KioskRow};

area!(
    call, calls: paths::HELP_CALLS => post(call).get(calls),
    state, withdraw: "/v1/help-calls/{id}" => get(state).delete(withdraw),
    coming: "/v1/help-calls/{id}/coming" => post(coming),
    closed: "/v1/help-calls/{id}/closed" => post(closed),
);

/// Most calls in an answer.
const MOST: u32 = 200;

/// Somebody at a kiosk calls for help; under the same id it is one call.
#[utoipa::path(post, path = "/v1/help-calls", tag = "kiosk", request_body = HelpRequest,
    responses((status = 200, body = HelpView), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn call(State(app): Shared, request: Request<Body>) -> Answer<Json<HelpView>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let kiosk = auth::kiosk(&app, &request).await?;
    let asked: HelpRequest = request.json()?;
    let now = app.now();
    let event = Event::new(now, EventKind::HelpCalled, &kiosk.id, &asked.step);
    let event = event.at_kiosk(&kiosk);
    let row = HelpRow {
        id: asked.id,
        kiosk: kiosk.id.clone(),
        station: kiosk.station,
        step: asked.step,
        item: asked.item,
        called: now,
        state: HelpState::Waiting,
        by: None,
    };
    let row = app.store.call_help(row, event).await?;
    // Another kiosk's call is nobody else's to see.
    if row.kiosk != kiosk.id {
        return Err(Failure::new(ProblemCode::OtherContent).detail("this id is another call's"));
    }
    Ok(Json(view(&row, now)))
}

/// Where a call stands, for the kiosk that raised it.
#[utoipa::path(get, path = "/v1/help-calls/{id}", tag = "kiosk", params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = HelpView), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn state(
    State(app): Shared,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Answer<Json<HelpView>> {
    let request = Whole::read(request, 0).await?;
    let kiosk = auth::kiosk(&app, &request).await?;
    let row = of_kiosk(&app, &kiosk, &id).await?;
    Ok(Json(view(&row, app.now())))
}

/// The kiosk closes its call: the visit went on or ended.
#[utoipa::path(delete, path = "/v1/help-calls/{id}", tag = "kiosk", params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = HelpView), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn withdraw(
    State(app): Shared,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Answer<Json<HelpView>> {
    let request = Whole::read(request, 0).await?;
    let kiosk = auth::kiosk(&app, &request).await?;
    let id = of_kiosk(&app, &kiosk, &id).await?.id;
    let now = app.now();
    let event = Event::new(now, EventKind::HelpClosed, &kiosk.id, "at the kiosk");
    let event = event.at_kiosk(&kiosk);
    let moved = app.store.move_help(id, HelpState::Closed, None, event);
    Ok(Json(view(&moved.await?.ok_or_else(none)?, now)))
}

/// Open calls of the window's station.
#[utoipa::path(get, path = "/v1/help-calls", tag = "officer",
    params(("city-station" = String, Header, description = "Station of the window")),
    responses((status = 200, body = HelpCallsAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 422, body = Problem)))]
pub(crate) async fn calls(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<HelpCallsAnswer>> {
    let request = Whole::read(request, 0).await?;
    let clerk = clerk(&app, &request).await?;
    let since = after(app.now(), -HELP_CALL_SECONDS);
    let rows = app.store.open_help(clerk.desk.station, since, MOST).await?;
    let calls = rows.into_iter().map(shown).collect();
    Ok(Json(HelpCallsAnswer { calls }))
}

/// Somebody of the station heard the call and comes.
#[utoipa::path(post, path = "/v1/help-calls/{id}/coming", tag = "officer",
    params(("id" = String, Path, format = Uuid), ("city-station" = String, Header, description = "Station of the window")),
    responses((status = 200, body = HelpCall), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn coming(
    State(app): Shared,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Answer<Json<HelpCall>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    press(&app, &request, &id, HelpState::Coming).await
}

/// The person was helped, or was gone.
#[utoipa::path(post, path = "/v1/help-calls/{id}/closed", tag = "officer",
    params(("id" = String, Path, format = Uuid), ("city-station" = String, Header, description = "Station of the window")),
    responses((status = 200, body = HelpCall), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn closed(
    State(app): Shared,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Answer<Json<HelpCall>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    press(&app, &request, &id, HelpState::Closed).await
}

/// A call of this kiosk; another kiosk's is nobody else's to see.
async fn of_kiosk(app: &App, kiosk: &KioskRow, id: &str) -> Answer<HelpRow> {
    let row = app.store.help_call(parse_id(id)?).await?;
    row.filter(|row| row.kiosk == kiosk.id).ok_or_else(none)
}

async fn press(app: &App, request: &Whole, id: &str, to: HelpState) -> Answer<Json<HelpCall>> {
    let clerk = clerk(app, request).await?;
    let id = parse_id(id)?;
    let row = app.store.help_call(id).await?;
    row.filter(|row| row.station == clerk.desk.station)
        .ok_or_else(none)?;
    let kind = match to {
        HelpState::Coming => EventKind::HelpComing,
        HelpState::Waiting | HelpState::Closed => EventKind::HelpClosed,
    };
    let event = Event::new(app.now(), kind, &clerk.person, "at the windows");
    let event = event.of_body(&clerk.body).at_kiosk(&clerk.desk);
    let moved = app.store.move_help(id, to, Some(clerk.person), event);
    Ok(Json(shown(moved.await?.ok_or_else(none)?)))
}

async fn clerk(app: &App, request: &Whole) -> Answer<Clerk> {
    let account = auth::window(app, request, "answer calls for help").await?;
    let station = request.header(STATION_HEADER).unwrap_or_default();
    auth::at_station(app, account, station).await
}

fn none() -> Failure {
    Failure::new(ProblemCode::NotFound).detail("there is no such call here")
}

fn view(row: &HelpRow, now: Timestamp) -> HelpView {
    let is_over = row.called <= after(now, -HELP_CALL_SECONDS);
    HelpView {
        state: if is_over {
            HelpState::Closed
        } else {
            row.state
        },
    }
}

fn shown(row: HelpRow) -> HelpCall {
    HelpCall {
        id: row.id,
        kiosk: row.kiosk,
        step: row.step,
        item: row.item,
        called: row.called,
        state: row.state,
        by: row.by,
    }
}
