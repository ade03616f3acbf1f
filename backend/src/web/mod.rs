//! The city over HTTP: routes, who may ask, errors as problems.

mod accounts;
mod actions;
mod after_checks;
mod appointments;
pub(crate) mod auth;
mod authorities;
pub(crate) mod body;
mod catalogue;
mod claims;
mod console;
mod contracts;
mod deliveries;
mod drafts;
pub(crate) mod enquiries;
pub(crate) mod error;
mod guard;
pub(crate) mod guess;
mod handed;
mod help;
mod home;
mod home_filings;
mod identity;
mod kiosks;
mod library;
mod matters;
mod moves;
pub(crate) mod openapi;
pub(crate) mod orders;
mod packets;
mod page;
mod pages;
mod parts;
mod persons;
mod pick_up;
mod procedure;
pub(crate) mod rate;
mod results;
mod saved;
mod sharing;
mod staff;
mod supervision;
mod tasks;
mod tickets;
mod verify;
mod versions;
mod window;

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{Method, Uri};
use axum::middleware;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use city_api::requests::{ProblemCode, paths};

use crate::app::App;
use crate::metrics::observe;
use error::Failure;

/// Shared state of the handlers.
pub(crate) type Shared = axum::extract::State<Arc<App>>;

/// The routes of one file, and what the contract says of them.
pub(crate) struct Area {
    routes: Router<Arc<App>>,
    contract: utoipa::openapi::OpenApi,
}

/// Declares the `Area` of a file: the handlers that the contract names, their address, their methods.
macro_rules! area {
    ($($($handler:ident),+ : $address:expr => $methods:expr),+ $(,)?) => {
        /// Routes and contract of this file.
        pub(crate) fn area() -> Area {
            #[derive(utoipa::OpenApi)]
            #[openapi(paths($($($handler),+),+))]
            struct Contract;

            Area {
                routes: axum::Router::new()$(.route($address, $methods))+,
                contract: <Contract as utoipa::OpenApi>::openapi(),
            }
        }
    };
}
use area;

#[cfg(feature = "sample-city")]
pub(crate) use appointments::enter as expect_today;
pub(crate) use console::{healthz, readyz};

/// Every area of the city.
fn areas() -> impl Iterator<Item = Area> {
    [
        kiosks::area(),
        catalogue::area(),
        parts::area(),
        packets::area(),
        results::area(),
        identity::area(),
        persons::area(),
        tasks::area(),
        claims::area(),
        pages::area(),
        actions::area(),
        staff::area(),
        accounts::area(),
        supervision::area(),
        verify::area(),
        console::area(),
        appointments::area(),
        tickets::area(),
        help::area(),
        library::area(),
        drafts::area(),
        enquiries::area(),
        orders::area(),
        authorities::area(),
        window::area(),
        saved::area(),
        home::area(),
        home_filings::area(),
        after_checks::area(),
        deliveries::area(),
        pick_up::area(),
        sharing::area(),
        contracts::area(),
        matters::area(),
        procedure::area(),
    ]
    .into_iter()
}

/// All routes.
pub(crate) fn router(app: Arc<App>) -> Router {
    areas()
        .fold(Router::new(), |all, area| all.merge(area.routes))
        .route(paths::OPENAPI, get(openapi::document))
        .fallback(nothing_here)
        .method_not_allowed_fallback(other_method)
        .layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            guard::guard,
        ))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), observe))
        .with_state(app)
}

async fn nothing_here(uri: Uri, request: Request) -> Response {
    body::drain(request).await;
    Failure::new(ProblemCode::NotFound)
        .detail(format!("no such address: {}", uri.path()))
        .into_response()
}

async fn other_method(method: Method, request: Request) -> Response {
    body::drain(request).await;
    Failure::new(ProblemCode::MethodNotAllowed)
        .detail(format!("{method} is not for this address"))
        .into_response()
}
