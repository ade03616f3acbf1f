//! The signed bundle, its status, and choices that change by the day.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use city_api::bundle::{Bundle, SIGNATURE_HEADER};
use city_api::requests::identity::{OptionChoice, OptionsAnswer};
use city_api::requests::status::CatalogueStatus;
use city_api::requests::{Problem, ProblemCode, Words, paths};
use city_catalogue::form::{Answer as FormAnswer, Answers, Value};

use super::body::Whole;
use super::error::{Answer, Failure, internal};
use super::{Area, Shared, area, auth};

area!(
    bundle: paths::CATALOGUE => get(bundle),
    status: paths::CATALOGUE_STATUS => get(status),
    increment: "/v1/catalogue/increments/{from}" => get(increment),
    options: "/v1/options/{*name}" => get(options),
);

/// The signed bundle: exact bytes, signature in a header, version in the ETag.
#[utoipa::path(get, path = "/v1/catalogue", tag = "open",
    responses((status = 200, description = "Canonical JSON; header bundle-signature", content_type = "application/json"),
              (status = 304, description = "The kiosk has this version")))]
pub(crate) async fn bundle(State(app): Shared, headers: HeaderMap) -> Answer<Response> {
    let published = app.published();
    let etag = Bundle::etag(published.version);
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let tag = HeaderValue::from_str(&etag).map_err(|error| internal(&error))?;
    if known == Some(etag.as_str()) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let signature = HeaderValue::from_str(&published.bundle.signature.to_string())
        .map_err(|error| internal(&error))?;
    let mut response = published.bundle.bytes.clone().into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(header::ETAG, tag);
    headers.insert(SIGNATURE_HEADER, signature);
    Ok(response)
}

/// What changed since a version that a kiosk holds; it checks what it leads to by the bundle's own signature.
#[utoipa::path(get, path = "/v1/catalogue/increments/{from}", tag = "open", params(("from" = u64, Path)),
    responses((status = 200, body = Object), (status = 304, description = "The kiosk has this version"),
              (status = 404, body = Problem, description = "Not kept any more: fetch the whole bundle")))]
pub(crate) async fn increment(State(app): Shared, Path(from): Path<String>) -> Answer<Response> {
    let nothing = || {
        Failure::new(ProblemCode::NotFound)
            .detail("no increment from this version: fetch the bundle")
    };
    let from: u64 = from.parse().map_err(|_| nothing())?;
    let published = app.published();
    if from == published.version {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    if from > published.version {
        return Err(nothing());
    }
    let made = published
        .increments
        .to(&published.bundle, from, &app.store)
        .await?;
    let json = HeaderValue::from_static("application/json");
    Ok(([(header::CONTENT_TYPE, json)], made.ok_or_else(nothing)?).into_response())
}

/// Version of the catalogue, and every fault of every file that was refused.
#[utoipa::path(get, path = "/v1/catalogue/status", tag = "open", responses((status = 200, body = CatalogueStatus)))]
pub(crate) async fn status(State(app): Shared) -> Json<CatalogueStatus> {
    Json(app.published().status.clone())
}

/// Current choices of a `dynamicOptions` source; answers of the form so far as a query.
#[utoipa::path(get, path = "/v1/options/{name}", tag = "kiosk",
    params(("name" = String, Path, description = "Source without /api/, for example venues/slots")),
    responses((status = 200, body = OptionsAnswer), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn options(
    State(app): Shared,
    Path(name): Path<String>,
    request: Request<Body>,
) -> Answer<Json<OptionsAnswer>> {
    let mut request = Whole::read(request, 0).await?;
    auth::kiosk(&app, &request).await?;
    let Query(given) = request
        .extract::<Query<BTreeMap<String, String>>>()
        .await
        .map_err(|_| Failure::new(ProblemCode::Unreadable).detail("the query cannot be read"))?;
    let mut answers = Answers::new();
    for (field, value) in given.into_iter().take(64) {
        answers.set(field, FormAnswer::typed(Value::Text(value)));
    }
    let choices = app
        .published()
        .options
        .choices(&format!("/api/{name}"), &answers);
    let choices = choices
        .ok_or_else(|| Failure::new(ProblemCode::NotFound).detail("no such source of choices"))?;
    Ok(Json(OptionsAnswer {
        options: choices
            .into_iter()
            .map(|choice| OptionChoice {
                value: choice.value,
                label: Words::new(choice.zh, choice.en),
            })
            .collect(),
    }))
}
