//! Windows (综合窗口, R33): an officer takes in what the person before them applies for, or brings for any case.

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::routing::post;

use city_api::application::{Application, Identity, Supplement};
use city_api::digest::Sha256;
use city_api::requests::identity::{
    IdentityCheckAnswer, IdentityCheckRequest, IdentityLevel, IdentityMethod,
};
use city_api::requests::window::{
    MAX_FILING_BYTES, TakenInAnswer, WindowFilingRequest, WindowIdentityRequest,
    WindowSupplementRequest,
};
use city_api::requests::{MAX_BODY_BYTES, Private, Problem, ProblemCode};
use city_catalogue::case::EventKind;

use super::auth::{self, Clerk};
use super::body::Whole;
use super::error::{Answer, Failure};
use super::handed::{content, ours, take_in};
use super::{Area, Shared, area, identity};
use crate::app::App;
use crate::file::ReceivedBy;
use crate::intake::{Entrance, Handed, HandedIn};
use crate::store::{CaseKey, Event};

area!(
    file: "/v1/window/filings" => post(file),
    supplement: "/v1/window/supplements" => post(supplement),
    identify: "/v1/window/identity-checks" => post(identify),
);

/// Takes a filing in, by the rules of a kiosk's packet; a defect is a refusal that says what it is.
#[utoipa::path(post, path = "/v1/window/filings", tag = "officer", request_body = WindowFilingRequest,
    responses((status = 200, body = TakenInAnswer), (status = 401, body = Problem),
              (status = 403, body = Problem, description = "not a trained window officer, or not this station or item"),
              (status = 409, body = Problem, description = "Other content under this id"),
              (status = 413, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn file(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<TakenInAnswer>> {
    let account = auth::window(&app, &Whole::head(&request), "file at a window").await?;
    let request = Whole::read(request, MAX_FILING_BYTES).await?;
    let asked: WindowFilingRequest = request.json()?;
    let clerk = auth::at_station(&app, account, &asked.station).await?;
    let (form, pages) = (asked.form()?, asked.pages()?);
    let written = vec![
        ours("identity", identity_of(asked.papers.as_ref()))?,
        ours("station", &asked.station)?,
        ours("formSha256", Sha256::of(&form))?,
    ];
    let application: Application = content("application", &asked.application, written)?;
    need_item(&app, &clerk, "application.item", &application.item.code).await?;
    let filed = HandedIn {
        id: asked.id,
        desk: clerk.desk.clone(),
        entrance: entrance(clerk, asked.papers),
        handed: Handed::Application(Box::new(application), form),
        pages,
    };
    take_in(&app, filed).await
}

/// Takes in what was asked for in a case, wherever it was filed, by the rules of a kiosk's packet.
#[utoipa::path(post, path = "/v1/window/supplements", tag = "officer", request_body = WindowSupplementRequest,
    responses((status = 200, body = TakenInAnswer), (status = 401, body = Problem),
              (status = 403, body = Problem, description = "not a trained window officer, or not this station or item"),
              (status = 409, body = Problem, description = "Other content under this id"),
              (status = 413, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn supplement(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<TakenInAnswer>> {
    let what = "take in a supplement";
    let account = auth::window(&app, &Whole::head(&request), what).await?;
    let request = Whole::read(request, MAX_FILING_BYTES).await?;
    let asked: WindowSupplementRequest = request.json()?;
    let clerk = auth::at_station(&app, account, &asked.station).await?;
    let pages = asked.pages()?;
    let written = vec![
        ours("identity", identity_of(asked.papers.as_ref()))?,
        ours("station", &asked.station)?,
    ];
    let supplement: Supplement = content("supplement", &asked.supplement, written)?;
    let key = CaseKey::Number(supplement.case.clone());
    let case = app.store.case(key).await?;
    if let Some(item) = case.and_then(|case| case.item) {
        need_item(&app, &clerk, "supplement.case", &item).await?;
    }
    let filed = HandedIn {
        id: asked.id,
        desk: clerk.desk.clone(),
        entrance: entrance(clerk, asked.papers),
        handed: Handed::Supplement(Box::new(supplement)),
        pages,
    };
    take_in(&app, filed).await
}

/// How the person before the window was identified: the officer looked at them either way, the reader vouches for the
/// card.
fn identity_of(papers: Option<&Private>) -> Identity {
    Identity {
        level: IdentityLevel::IdCardFace,
        methods: match papers {
            Some(_) => vec![IdentityMethod::Staff],
            None => vec![IdentityMethod::Card, IdentityMethod::Staff],
        },
        grant: None,
        later: false,
    }
}

fn entrance(clerk: Clerk, papers: Option<Private>) -> Entrance {
    Entrance::Window(ReceivedBy {
        person: clerk.person,
        body: clerk.body,
        papers,
    })
}

/// Refuses, and notes, an item that the officer may not take in.
async fn need_item(app: &App, clerk: &Clerk, field: &str, code: &str) -> Answer<()> {
    if clerk.scope.allows_item(code) {
        return Ok(());
    }
    let kind = EventKind::ActionRefused;
    let event = Event::new(app.now(), kind, &clerk.person, format!("{field} {code}"));
    let event = event.at_kiosk(&clerk.desk).of_body(&clerk.body);
    app.store.note(None, event).await?;
    Err(Failure::new(ProblemCode::Forbidden)
        .detail("this window officer may not take this item in")
        .field(field))
}

/// The person before a window proves who they are; a yes carries a grant for this station's windows.
#[utoipa::path(post, path = "/v1/window/identity-checks", tag = "officer", request_body = WindowIdentityRequest,
    responses((status = 200, body = IdentityCheckAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 422, body = Problem)))]
pub(crate) async fn identify(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<IdentityCheckAnswer>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let account = auth::window(&app, &request, "identify at a window").await?;
    let asked: WindowIdentityRequest = request.json()?;
    let clerk = auth::at_station(&app, account, &asked.station).await?;
    let question = IdentityCheckRequest {
        item: None,
        document_number: asked.document_number,
        name: asked.name,
        method: asked.method,
        answer: asked.answer,
    };
    Ok(Json(identity::prove(&app, &clerk.desk, &question).await?))
}
