//! Result documents.

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

use city_api::requests::home::HOME;
use city_api::requests::paths::GRANT_HEADER;
use city_api::requests::{Private, Problem, ProblemCode};
use city_catalogue::case::EventKind;

use super::auth::Place;
use super::body::Whole;
use super::error::{Answer, Failure, internal};
use super::packets::parse_id;
use super::{Area, Shared, area, auth, moves};
use crate::file::CaseFile;
use crate::handover;
use crate::result::result_place;
use crate::store::{CaseKey, CaseRow, ResultRow};

area!(
    document: "/v1/results/{id}" => get(document),
    printed: "/v1/results/{id}/printed" => post(printed),
);

/// The filing kiosk may print without a grant this long after filing: the resident still stands there.
const SAME_VISIT_SECONDS: i64 = 60 * 60;

/// A result document as PDF.
#[utoipa::path(get, path = "/v1/results/{id}", tag = "kiosk",
    params(("id" = uuid::Uuid, Path), ("city-grant" = Option<String>, Header, description = "Not needed by the filing kiosk within the hour")),
    responses((status = 200, content_type = "application/pdf"), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn document(
    State(app): Shared,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Answer<Response> {
    let request = Whole::read(request, 0).await?;
    let place = auth::place(&app, &request).await?;
    let id = parse_id(&id)?;
    let (result, row, by) = readable(&app, &place, &request, id).await?;
    let file = CaseFile::open(row.clone(), &app.keys.master)?;
    let sealed = app.blobs.document(&result.blob).await?;
    let sealed = sealed.ok_or_else(|| Failure::new(ProblemCode::NotFound))?;
    let pdf = file
        .data_key(&app.keys.master)?
        .open(&result_place(id), &sealed)
        .map_err(|error| internal(&error))?;
    let kind = EventKind::ResultRead;
    let told = by.as_ref();
    let detail = told.map_or_else(|| id.to_string(), |told| format!("{id}: {told}"));
    let event = place.event(&app, kind, detail);
    app.store.note(Some(file.id), event).await?;
    // At a kiosk it is there when the kiosk says that it was printed.
    if place.by.is_some() || place.at.id == HOME {
        moves::received(&app, (row, file), &place, by).await?;
    }
    let mut response = pdf.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/pdf"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The kiosk printed it: what it fetched may have jammed, what it says was printed is in the applicant's hands.
#[utoipa::path(post, path = "/v1/results/{id}/printed", tag = "kiosk",
    params(("id" = uuid::Uuid, Path), ("city-grant" = Option<String>, Header, description = "Not needed by the filing kiosk within the hour")),
    responses((status = 204, description = "It is delivered, where it was to be read or printed"),
              (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
              (status = 409, body = Problem)))]
pub(crate) async fn printed(
    State(app): Shared,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Answer<StatusCode> {
    let request = Whole::read(request, 0).await?;
    let place = auth::place(&app, &request).await?;
    let id = parse_id(&id)?;
    let (_, row, by) = readable(&app, &place, &request, id).await?;
    let file = CaseFile::open(row.clone(), &app.keys.master)?;
    moves::received(&app, (row, file), &place, by).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A result and its case, for whoever may read it here; who acts for whom, where it is an agent.
async fn readable(
    app: &crate::app::App,
    place: &Place,
    request: &Whole,
    id: uuid::Uuid,
) -> Answer<(ResultRow, CaseRow, Option<String>)> {
    let nothing = || Failure::new(ProblemCode::NotFound);
    let result = app.store.result(id).await?.ok_or_else(nothing)?;
    let row = app.store.case(CaseKey::Id(result.case)).await?;
    let row = row.ok_or_else(nothing)?;
    let by = may_read(app, place, request, &row).await?;
    if result.revoked.is_some() {
        let why = "the decision was revoked: its paper is not printed any more";
        return Err(Failure::new(ProblemCode::WrongState).detail(why));
    }
    Ok((result, row, by))
}

/// Whether it may be read here; who acts for whom, where it is an agent.
async fn may_read(
    app: &crate::app::App,
    place: &Place,
    request: &Whole,
    case: &CaseRow,
) -> Answer<Option<String>> {
    if let Some(token) = request.header(GRANT_HEADER) {
        let grant = auth::grant(app, &place.at, &Private::new(token), case.level).await?;
        if Some(grant.person) == case.person {
            return Ok(None);
        }
        let told = handover::taker(app, grant.person, case).await?;
        return match told {
            Some(told) => Ok(Some(told)),
            None => Err(Failure::new(ProblemCode::NotFound)),
        };
    }
    let filed_here = match case.facts.bundle {
        Some(_) => case.facts.kiosk == place.at.id,
        None => {
            let packet = app.store.packet(case.id).await?;
            packet.is_some_and(|packet| packet.kiosk == place.at.id)
        }
    };
    // A desk is all windows of a station: the officer who took it in still has the person before them.
    let filed_here = filed_here && place.is_of(case);
    let age = app.now().duration_since(case.received).as_secs();
    if filed_here && age <= SAME_VISIT_SECONDS {
        Ok(None)
    } else {
        Err(Failure::new(ProblemCode::Forbidden)
            .detail("a grant of the item's identity level is needed"))
    }
}
