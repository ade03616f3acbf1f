//! Windows (综合窗口, R33): an officer takes in what the person before them applies for.

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::routing::post;
use serde_json::{Map, Value};

use city_api::acknowledgement::Acknowledgement;
use city_api::application::{Application, Identity};
use city_api::digest::Sha256;
use city_api::requests::identity::{
    IdentityCheckAnswer, IdentityCheckRequest, IdentityLevel, IdentityMethod,
};
use city_api::requests::packets::AcknowledgementBody;
use city_api::requests::window::{
    MAX_FILING_BYTES, WindowFilingAnswer, WindowFilingRequest, WindowIdentityRequest,
};
use city_api::requests::{BadField, MAX_BODY_BYTES, Problem, ProblemCode};
use city_catalogue::case::EventKind;

use super::auth::{self, Clerk};
use super::body::Whole;
use super::error::{Answer, Failure, internal};
use super::{Area, Shared, area, identity};
use crate::app::App;
use crate::file::ReceivedBy;
use crate::intake::{self, AtWindow};
use crate::store::Event;

area!(
    file: "/v1/window/filings" => post(file),
    identify: "/v1/window/identity-checks" => post(identify),
);

/// What the city writes into an application itself.
const OURS: [&str; 3] = ["identity", "station", "formSha256"];

/// Takes a filing in, by the rules of a kiosk's packet; a defect is a refusal that says what it is.
#[utoipa::path(post, path = "/v1/window/filings", tag = "officer", request_body = WindowFilingRequest,
    responses((status = 200, body = WindowFilingAnswer), (status = 401, body = Problem),
              (status = 403, body = Problem, description = "not a trained window officer, or not this station or item"),
              (status = 409, body = Problem, description = "Other content under this id"),
              (status = 413, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn file(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<WindowFilingAnswer>> {
    let account = auth::window(&app, &Whole::head(&request), "file at a window").await?;
    let request = Whole::read(request, MAX_FILING_BYTES).await?;
    let asked: WindowFilingRequest = request.json()?;
    let clerk = auth::at_station(&app, account, &asked.station).await?;
    let (form, pages) = (asked.form()?, asked.pages()?);
    let application = application(&asked, &form)?;
    need_item(&app, &clerk, &application.item.code).await?;
    let filed = AtWindow {
        id: asked.id,
        by: ReceivedBy {
            person: clerk.person,
            body: clerk.body,
            papers: asked.papers,
        },
        desk: clerk.desk,
        application,
        form,
        pages,
    };
    let (receipt, acknowledged) = intake::take_in(&app, filed).await?;
    let read: Acknowledgement =
        serde_json::from_slice(&acknowledged.bytes).map_err(|error| internal(&error))?;
    Ok(Json(WindowFilingAnswer {
        receipt: receipt.to_string(),
        filing_number: read.filing_number.to_string(),
        case_number: read.case_number.map(|number| number.to_string()),
        acknowledgement: AcknowledgementBody::new(&acknowledged.bytes, &acknowledged.signature),
    }))
}

/// The application as a kiosk would have sealed it.
fn application(asked: &WindowFilingRequest, form: &[u8]) -> Answer<Application> {
    let mut fields: Map<String, Value> = asked.application.as_object().cloned().unwrap_or_default();
    if let Some(ours) = OURS.iter().find(|field| fields.contains_key(**field)) {
        let field = format!("application.{ours}");
        return Err(BadField::new(field, "is written by the city").into());
    }
    // The officer looked at the person either way; the reader vouches for the card.
    let methods = match &asked.papers {
        Some(_) => vec![IdentityMethod::Staff],
        None => vec![IdentityMethod::Card, IdentityMethod::Staff],
    };
    let identity = Identity {
        level: IdentityLevel::IdCardFace,
        methods,
        grant: None,
        later: false,
    };
    let written = [
        serde_json::to_value(identity),
        serde_json::to_value(&asked.station),
        serde_json::to_value(Sha256::of(form)),
    ];
    for (field, value) in OURS.iter().zip(written) {
        let value = value.map_err(|error| internal(&error))?;
        fields.insert((*field).to_owned(), value);
    }
    serde_path_to_error::deserialize(Value::Object(fields)).map_err(|error| {
        let field = format!("application.{}", error.path());
        BadField::new(field, "is not what an application has there").into()
    })
}

/// Refuses, and notes, an item that the officer may not take in.
async fn need_item(app: &App, clerk: &Clerk, code: &str) -> Answer<()> {
    if clerk.scope.allows_item(code) {
        return Ok(());
    }
    let kind = EventKind::ActionRefused;
    let event = Event::new(app.now(), kind, &clerk.person, format!("file {code}"));
    let event = event.at_kiosk(&clerk.desk).of_body(&clerk.body);
    app.store.note(None, event).await?;
    Err(Failure::new(ProblemCode::Forbidden)
        .detail("this window officer may not take this item in")
        .field("application.item"))
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
