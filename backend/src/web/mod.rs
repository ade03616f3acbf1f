//! The city over HTTP: routes, who may ask, errors as problems.

pub(crate) mod auth;
pub(crate) mod body;
mod catalogue;
mod console;
pub(crate) mod error;
pub(crate) mod guess;
mod identity;
mod kiosks;
mod officers;
pub(crate) mod openapi;
mod packets;
mod page;
mod parts;
mod persons;
mod results;
mod verify;

use std::sync::Arc;

use axum::Router;
use axum::http::{Method, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

use city_api::requests::{ProblemCode, paths};

use crate::app::App;
use error::Failure;

/// Shared state of the handlers.
pub(crate) type Shared = axum::extract::State<Arc<App>>;

/// All routes.
pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route(paths::ENROLMENTS, post(kiosks::enrol))
        .route(paths::HEARTBEATS, post(kiosks::heartbeat))
        .route(paths::CATALOGUE, get(catalogue::bundle))
        .route(paths::CATALOGUE_STATUS, get(catalogue::status))
        .route("/v1/options/{*name}", get(catalogue::options))
        .route(
            "/v1/parts/{sha256}",
            get(parts::absent).head(parts::progress).put(parts::receive),
        )
        .route(paths::PACKETS, post(packets::receive))
        .route("/v1/packets/{id}/outcome", get(packets::outcome))
        .route("/v1/results/{id}", get(results::document))
        .route(paths::IDENTITY_CHECKS, post(identity::check))
        .route(paths::PREFILL, post(persons::prefill))
        .route(paths::PERSON_SUMMARY, post(persons::summary))
        .route(paths::PERSON_CASES, post(persons::cases))
        .route(paths::TASKS, get(officers::tasks))
        .route(paths::STAFF_CODES, post(officers::staff_code))
        .route("/v1/cases/{number}/accept", post(officers::accept))
        .route("/v1/cases/{number}/supplement", post(officers::supplement))
        .route("/v1/cases/{number}/decide", post(officers::decide))
        .route(paths::VERIFY, get(verify::verify))
        .route(paths::CONSOLE, get(console::console))
        .route(paths::OPENAPI, get(openapi::document))
        .route(paths::HEALTHZ, get(console::healthz))
        .route(paths::READYZ, get(console::readyz))
        .fallback(nothing_here)
        .method_not_allowed_fallback(other_method)
        .with_state(app)
}

async fn nothing_here(uri: Uri) -> Response {
    Failure::new(ProblemCode::NotFound)
        .detail(format!("no such address: {}", uri.path()))
        .into_response()
}

async fn other_method(method: Method) -> Response {
    Failure::new(ProblemCode::MethodNotAllowed)
        .detail(format!("{method} is not for this address"))
        .into_response()
}
