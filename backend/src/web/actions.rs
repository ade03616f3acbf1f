//! What officers do with a case: accept, ask for a supplement, decide.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::routing::post;

use city_api::requests::officer::{AcceptRequest, ActionAnswer, DecideRequest, SupplementRequest};
use city_api::requests::{MAX_BODY_BYTES, Private, Problem, ProblemCode};
use city_catalogue::case::EventKind;

use super::body::Whole;
use super::error::{Answer, Failure};
use super::{Area, Shared, area, auth};
use crate::app::App;
use crate::file::CaseFile;
use crate::flow::{self, Ground, Officer};
use crate::store::{CaseKey, Event, Refusal};

area!(
    accept: "/v1/cases/{number}/accept" => post(accept),
    supplement: "/v1/cases/{number}/supplement" => post(supplement),
    decide: "/v1/cases/{number}/decide" => post(decide),
);

/// 受理.
#[utoipa::path(post, path = "/v1/cases/{number}/accept", tag = "officer", params(("number" = String, Path)),
    request_body = AcceptRequest,
    responses((status = 200, body = ActionAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn accept(
    State(app): Shared,
    Path(number): Path<String>,
    request: Request<Body>,
) -> Answer<Json<ActionAnswer>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let officer = auth::officer(&app, &request).await?;
    let asked: AcceptRequest = request.json()?;
    act(
        &app,
        number,
        officer,
        "accept",
        move |file, officer, ground| {
            let note = asked.note.as_ref().map(Private::reveal);
            flow::accept(file, officer, note, ground)
        },
    )
    .await
}

/// 补正告知.
#[utoipa::path(post, path = "/v1/cases/{number}/supplement", tag = "officer", params(("number" = String, Path)),
    request_body = SupplementRequest,
    responses((status = 200, body = ActionAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn supplement(
    State(app): Shared,
    Path(number): Path<String>,
    request: Request<Body>,
) -> Answer<Json<ActionAnswer>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let officer = auth::officer(&app, &request).await?;
    let asked: SupplementRequest = request.json()?;
    act(
        &app,
        number,
        officer,
        "ask for a supplement",
        move |file, officer, ground| {
            flow::ask_supplement(
                &mut file.record,
                officer,
                asked.materials,
                asked.words,
                ground,
            )
        },
    )
    .await
}

/// The decision, or the opinion of one step.
#[utoipa::path(post, path = "/v1/cases/{number}/decide", tag = "officer", params(("number" = String, Path)),
    request_body = DecideRequest,
    responses((status = 200, body = ActionAnswer), (status = 401, body = Problem),
              (status = 403, body = Problem, description = "`same_person`: who accepted cannot decide"),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn decide(
    State(app): Shared,
    Path(number): Path<String>,
    request: Request<Body>,
) -> Answer<Json<ActionAnswer>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let officer = auth::officer(&app, &request).await?;
    let asked: DecideRequest = request.json()?;
    act(
        &app,
        number,
        officer,
        "decide",
        move |file, officer, ground| {
            let opinion = asked.opinion.reveal();
            flow::decide(
                &mut file.record,
                officer,
                asked.task.as_deref(),
                asked.granted,
                opinion,
                ground,
            )
        },
    )
    .await
}

/// Carries out an officer's action in one transaction; one that is refused is noted too (越位, `specs/domain.md` R30).
async fn act<F>(
    app: &Arc<App>,
    number: String,
    officer: Officer,
    what: &'static str,
    action: F,
) -> Answer<Json<ActionAnswer>>
where
    F: FnOnce(&mut CaseFile, &Officer, &Ground<'_>) -> Result<(), Refusal> + Send + 'static,
{
    let nothing = || Failure::new(ProblemCode::NotFound).detail("no case has this number");
    let key = CaseKey::Number(number);
    let row = app.store.case(key.clone()).await?.ok_or_else(nothing)?;
    let file = CaseFile::open(row, &app.keys.master)?;
    let item = app.item_of(&file).await?;
    let now = app.now();
    let refused = Event {
        item: file.item.clone().zip(file.record.item_version),
        station: Some(file.record.station.clone()),
        ..Event::new(now, EventKind::ActionRefused, &officer.person, what).of_body(&officer.body)
    };
    let inside = Arc::clone(app);
    let change = move |row| {
        let mut file = CaseFile::open(row, &inside.keys.master)?;
        let published = inside.published();
        let ground = published.ground(now, item.as_ref());
        match action(&mut file, &officer, &ground) {
            Ok(()) => file.into_row(&inside.keys.master).map(Ok),
            Err(refusal) => Ok(Err(refusal)),
        }
    };
    let changed = app
        .store
        .change_case(key, Box::new(change), Some(refused))
        .await?
        .ok_or_else(nothing)??;
    app.work.notify_one();
    let file = CaseFile::open(changed, &app.keys.master)?;
    Ok(Json(ActionAnswer {
        state: file.record.shown_state(),
        promised: file.record.promised,
        statutory: file.record.statutory,
    }))
}
