//! What officers do with a case: accept, ask for a supplement, decide.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::routing::post;
use serde::de::DeserializeOwned;

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
    let what = "accept";
    carry_out(
        &app,
        number,
        request,
        what,
        |file, officer, asked: AcceptRequest, ground| {
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
    let what = "ask for a supplement";
    carry_out(
        &app,
        number,
        request,
        what,
        |file, officer, asked: SupplementRequest, ground| {
            let (materials, words) = (asked.materials, asked.words);
            flow::ask_supplement(&mut file.record, officer, materials, words, ground)
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
    let what = "decide";
    carry_out(
        &app,
        number,
        request,
        what,
        |file, officer, asked: DecideRequest, ground| {
            flow::decide(&mut file.record, officer, &asked, ground)
        },
    )
    .await
}

/// Reads what an officer asks of a case, and does it: it renews the officer's claims in it.
pub(super) async fn carry_out<T, F>(
    app: &Arc<App>,
    number: String,
    request: Request<Body>,
    what: &'static str,
    action: F,
) -> Answer<Json<ActionAnswer>>
where
    T: DeserializeOwned + city_api::requests::Request + Send + 'static,
    F: FnOnce(&mut CaseFile, &Officer, T, &Ground<'_>) -> Result<(), Refusal> + Send + 'static,
{
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let officer = auth::officer(app, &request).await?;
    let asked: T = asked(app, &request, &number, &officer, what).await?;
    let who = officer.clone();
    let key = CaseKey::Number(number);
    let by = Some((officer.person.as_str(), officer.body.as_str(), what));
    let file = act(app, key, by, move |file, ground| {
        action(file, &who, asked, ground)?;
        flow::renew(&mut file.record, &who, ground);
        Ok(())
    })
    .await?;
    Ok(Json(answer(&file)))
}

/// What an officer asks; a condition or anything else that the contract does not know is refused and noted (R9).
async fn asked<T: DeserializeOwned + city_api::requests::Request>(
    app: &App,
    request: &Whole,
    number: &str,
    officer: &Officer,
    what: &str,
) -> Answer<T> {
    match request.json() {
        Ok(asked) => Ok(asked),
        Err(failure) => {
            let row = app.store.case(CaseKey::Number(number.to_owned())).await?;
            let detail = format!("{what}: {}", failure.0.code.name());
            let event = Event::new(app.now(), EventKind::ActionRefused, &officer.person, detail);
            let event = Event {
                item: row
                    .as_ref()
                    .and_then(|row| row.item.clone().zip(row.facts.item_version)),
                ..event.of_body(&officer.body)
            };
            app.store.note(row.map(|row| row.id), event).await?;
            Err(failure)
        }
    }
}

/// What an action answers.
pub(super) fn answer(file: &CaseFile) -> ActionAnswer {
    ActionAnswer {
        state: file.record.shown_state(),
        promised: file.record.promised,
        statutory: file.record.statutory,
    }
}

/// Carries out an action on a case in one transaction. What a person of a body tries in vain is noted by what it is (越位,
/// `specs/domain.md` R30); `by` is None for applicants, whose case it is.
pub(super) async fn act<F>(
    app: &Arc<App>,
    key: CaseKey,
    by: Option<(&str, &str, &'static str)>,
    action: F,
) -> Answer<CaseFile>
where
    F: FnOnce(&mut CaseFile, &Ground<'_>) -> Result<(), Refusal> + Send + 'static,
{
    let nothing = || Failure::new(ProblemCode::NotFound).detail("no case has this number");
    let row = app.store.case(key.clone()).await?.ok_or_else(nothing)?;
    let file = CaseFile::open(row, &app.keys.master)?;
    let item = app.item_of(&file).await?;
    let now = app.now();
    let refused = by.map(|(person, body, what)| {
        let event = file.event(now, EventKind::ActionRefused, person, what);
        event.of_body(body)
    });
    let inside = Arc::clone(app);
    let change = move |row| {
        let mut file = CaseFile::open(row, &inside.keys.master)?;
        let published = inside.published();
        let ground = published.ground(now, item.as_ref());
        match action(&mut file, &ground) {
            Ok(()) => file.into_row(&inside.keys.master).map(Ok),
            Err(refusal) => Ok(Err(refusal)),
        }
    };
    let changed = app
        .store
        .change_case(key, Box::new(change), refused)
        .await?
        .ok_or_else(nothing)??;
    app.work.notify_one();
    Ok(CaseFile::open(changed, &app.keys.master)?)
}
