//! Result documents.

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use city_api::requests::paths::GRANT_HEADER;
use city_api::requests::{Private, Problem, ProblemCode};
use city_catalogue::case::EventKind;

use super::body::Whole;
use super::error::{Answer, Failure, internal};
use super::packets::parse_id;
use super::{Area, Shared, area, auth};
use crate::file::CaseFile;
use crate::result::result_place;
use crate::store::{CaseKey, CaseRow, KioskRow};

area!(document: "/v1/results/{id}" => get(document));

/// The filing kiosk may print without a grant this long after filing: the resident still stands there.
const SAME_VISIT_SECONDS: i64 = 60 * 60;

/// A result document as PDF.
#[utoipa::path(get, path = "/v1/results/{id}", tag = "kiosk",
    params(("id" = uuid::Uuid, Path), ("city-grant" = Option<String>, Header, description = "Not needed by the filing kiosk within the hour")),
    responses((status = 200, content_type = "application/pdf"), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn document(
    State(app): Shared,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Answer<Response> {
    let request = Whole::read(request, 0).await?;
    let kiosk = auth::kiosk(&app, &request).await?;
    let id = parse_id(&id)?;
    let nothing = || Failure::new(ProblemCode::NotFound);
    let result = app.store.result(id).await?.ok_or_else(nothing)?;
    let row = app
        .store
        .case(CaseKey::Id(result.case))
        .await?
        .ok_or_else(nothing)?;
    may_read(&app, &kiosk, &request, &row).await?;
    let file = CaseFile::open(row, &app.keys.master)?;
    let sealed = app
        .blobs
        .document(&result.blob)
        .await?
        .ok_or_else(nothing)?;
    let pdf = file
        .data_key(&app.keys.master)?
        .open(&result_place(id), &sealed)
        .map_err(|error| internal(&error))?;
    let kind = EventKind::ResultRead;
    app.note(Some(file.id), Some(&kiosk), kind, &kiosk.id, id.to_string())
        .await?;
    let mut response = pdf.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/pdf"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

async fn may_read(
    app: &crate::app::App,
    kiosk: &KioskRow,
    request: &Whole,
    case: &CaseRow,
) -> Answer<()> {
    if let Some(token) = request.header(GRANT_HEADER) {
        let grant = auth::grant(app, kiosk, &Private::new(token), case.level).await?;
        return if Some(grant.person) == case.person {
            Ok(())
        } else {
            Err(Failure::new(ProblemCode::NotFound))
        };
    }
    let filed_here = match case.facts.bundle {
        Some(_) => case.facts.kiosk == kiosk.id,
        None => {
            let packet = app.store.packet(case.id).await?;
            packet.is_some_and(|packet| packet.kiosk == kiosk.id)
        }
    };
    let age = app.now().duration_since(case.received).as_secs();
    if filed_here && age <= SAME_VISIT_SECONDS {
        Ok(())
    } else {
        Err(Failure::new(ProblemCode::Forbidden)
            .detail("a grant of the item's identity level is needed"))
    }
}
