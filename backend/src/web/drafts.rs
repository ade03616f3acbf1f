//! How a version of an item comes into force: written, reviewed by others, enforced, confirmed, cancelled (R15, R21, R22).

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::routing::{get, post};
use serde_json::Value;

use city_api::requests::library::{
    Act, ActRequest, DraftRequest, DraftsAnswer, VersionAnswer, VersionsAnswer,
};
use city_api::requests::officer::OfficerRole;
use city_api::requests::{BadField, MAX_BODY_BYTES, Problem, ProblemCode};
use city_catalogue::library::{Denied, Life};
use city_catalogue::record::{Cause, CauseKind, Item, Revision, Status};
use city_catalogue::{Catalogue, Refused};

use super::body::Whole;
use super::error::{Answer, Failure, internal};
use super::library::MOST_ACTS;
use super::{Area, Shared, area, auth};
use crate::app::App;
use crate::clock::civil;
use crate::flow::Officer;
use crate::store::{ActKind, ActRow, VersionRow};

area!(
    drafts, draft: "/v1/library/drafts" => get(drafts).post(draft),
    history: "/v1/library/{code}/history" => get(history),
    confirm_item: "/v1/library/{code}/confirm" => post(confirm_item),
    cancel_item: "/v1/library/{code}/cancel" => post(cancel_item),
    review_version: "/v1/library/{code}/{version}/review" => post(review_version),
    enforce_version: "/v1/library/{code}/{version}/enforce" => post(enforce_version),
    discard_version: "/v1/library/{code}/{version}/discard" => post(discard_version),
);

/// Most bytes of a record.
const MAX_RECORD: usize = 8 * MAX_BODY_BYTES;
/// Most drafts in an answer.
const MOST_DRAFTS: u32 = 1000;
/// Name of what is written here, in the faults of a record.
const HERE: &str = "draft";

/// Versions that are not in force yet.
#[utoipa::path(get, path = "/v1/library/drafts", tag = "library",
    responses((status = 200, body = DraftsAnswer), (status = 401, body = Problem)))]
pub(crate) async fn drafts(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<DraftsAnswer>> {
    let request = Whole::read(request, 0).await?;
    auth::officer(&app, &request).await?;
    let rows = app.store.drafts(MOST_DRAFTS).await?;
    let drafts = rows.into_iter().map(answer).collect();
    Ok(Json(DraftsAnswer { drafts }))
}

/// Writes a new version, or a new item. It is checked like one that comes into force.
#[utoipa::path(post, path = "/v1/library/drafts", tag = "library", request_body = DraftRequest,
    responses((status = 200, body = VersionAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 409, body = Problem), (status = 422, body = Problem, description = "Every fault in `detail`")))]
pub(crate) async fn draft(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<VersionAnswer>> {
    let request = Whole::read(request, MAX_RECORD).await?;
    let officer = auth::officer(&app, &request).await?;
    let asked: DraftRequest = request.json()?;
    let mut item: Item = serde_json::from_value(asked.item)
        .map_err(|error| BadField::new("item", format!("no record of an item: {error}")))?;
    may_keep(&app, &officer, &item.department)?;
    let at = app.now();
    item.status = Status::InForce;
    item.revision = Some(Revision {
        editor: officer.person.clone(),
        at: civil(at).date(),
        why: asked.why.clone(),
        reviewers: Vec::new(),
        checked: None,
        causes: causes(asked.causes)?,
    });
    let published = app.published();
    check(&published.catalogue, &item)?;
    item.status = Status::Draft;
    let row = VersionRow {
        code: item.code().as_str().to_owned(),
        version: item.version,
        record: record(&item)?,
        life: Life::draft(&item, &officer.person, &published.policy.library),
        published: false,
    };
    let act = act(
        &row.code,
        row.version,
        ActKind::Drafted,
        &officer,
        asked.why,
        &app,
    );
    if !app.store.add_draft(row.clone(), act).await? {
        let why = "this version, or a higher one, is or was known";
        return Err(Failure::new(ProblemCode::WrongState).detail(why));
    }
    Ok(Json(answer(row)))
}

fn causes(asked: Vec<city_api::requests::library::CauseRef>) -> Answer<Vec<Cause>> {
    let cause = |(at, asked): (usize, city_api::requests::library::CauseRef)| {
        let mut kinds = CauseKind::ALL.iter();
        let kind = kinds.find(|kind| kind.as_str() == asked.kind);
        let field = || format!("causes[{at}].kind");
        let kind =
            kind.ok_or_else(|| BadField::new(field(), "rating, statistics, objection or law"))?;
        Ok(Cause {
            kind: *kind,
            reference: asked.reference,
        })
    };
    asked.into_iter().enumerate().map(cause).collect()
}

/// What was done with every version of an item, by whom.
#[utoipa::path(get, path = "/v1/library/{code}/history", tag = "library", params(("code" = String, Path)),
    responses((status = 200, body = VersionsAnswer), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn history(
    State(app): Shared,
    Path(code): Path<String>,
    request: Request<Body>,
) -> Answer<Json<VersionsAnswer>> {
    let request = Whole::read(request, 0).await?;
    auth::officer(&app, &request).await?;
    let acts = app.store.acts(code, MOST_ACTS).await?;
    if acts.is_empty() {
        return Err(nothing());
    }
    let acts = acts.into_iter().map(|act| Act {
        version: act.version,
        act: act.kind.name().to_owned(),
        person: Some(act.person),
        at: act.at,
        why: act.why,
    });
    Ok(Json(VersionsAnswer {
        acts: acts.collect(),
    }))
}

/// Another person found the draft right. A name of approval character needs two.
#[utoipa::path(post, path = "/v1/library/{code}/{version}/review", tag = "library",
    params(("code" = String, Path), ("version" = u32, Path)), request_body = ActRequest,
    responses((status = 200, body = VersionAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn review_version(
    State(app): Shared,
    Path((code, version)): Path<(String, String)>,
    request: Request<Body>,
) -> Answer<Json<VersionAnswer>> {
    let (officer, why) = approver(&app, request).await?;
    let person = officer.person.clone();
    let advance = move |mut row: VersionRow| {
        row.life.review(&person)?;
        Ok(row)
    };
    moved(
        &app,
        &code,
        &version,
        ActKind::Reviewed,
        officer,
        why,
        advance,
    )
    .await
}

/// A reviewed version comes into force; the one before is changed.
#[utoipa::path(post, path = "/v1/library/{code}/{version}/enforce", tag = "library",
    params(("code" = String, Path), ("version" = u32, Path)), request_body = ActRequest,
    responses((status = 200, body = VersionAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn enforce_version(
    State(app): Shared,
    Path((code, version)): Path<(String, String)>,
    request: Request<Body>,
) -> Answer<Json<VersionAnswer>> {
    let (officer, why) = approver(&app, request).await?;
    let known = known(&app, &code, &version).await?;
    let mut item = parsed(&known)?;
    item.status = Status::InForce;
    if let Some(revision) = &mut item.revision {
        revision.reviewers.clone_from(&known.life.reviewers);
    }
    // The library may have moved on since it was written.
    check(&app.published().catalogue, &item)?;
    let in_force = record(&item)?;
    let advance = move |mut row: VersionRow| {
        row.life.enforce()?;
        row.record = in_force;
        row.published = true;
        Ok(row)
    };
    moved(
        &app,
        &code,
        &version,
        ActKind::Enforced,
        officer,
        why,
        advance,
    )
    .await
}

/// A version that never was in force is given up.
#[utoipa::path(post, path = "/v1/library/{code}/{version}/discard", tag = "library",
    params(("code" = String, Path), ("version" = u32, Path)), request_body = ActRequest,
    responses((status = 200, body = VersionAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn discard_version(
    State(app): Shared,
    Path((code, version)): Path<(String, String)>,
    request: Request<Body>,
) -> Answer<Json<VersionAnswer>> {
    let (officer, why) = approver(&app, request).await?;
    let said = why.clone();
    let advance = move |mut row: VersionRow| {
        if row.published {
            return Err(Denied::Status(row.life.status.as_str()));
        }
        row.life.cancel(&said)?;
        Ok(row)
    };
    moved(
        &app,
        &code,
        &version,
        ActKind::Cancelled,
        officer,
        why,
        advance,
    )
    .await
}

/// An item in force is cancelled: a version of its own, with who, when and why.
#[utoipa::path(post, path = "/v1/library/{code}/cancel", tag = "library", params(("code" = String, Path)),
    request_body = ActRequest,
    responses((status = 200, body = VersionAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn cancel_item(
    State(app): Shared,
    Path(code): Path<String>,
    request: Request<Body>,
) -> Answer<Json<VersionAnswer>> {
    let (officer, why) = approver(&app, request).await?;
    let published = app.published();
    let today = civil(app.now()).date();
    let code = city_catalogue::ItemCode::new(code);
    let item = published
        .catalogue
        .in_force(&code, today)
        .ok_or_else(nothing)?;
    may_keep(&app, &officer, &item.department)?;
    let mut item = item.as_ref().clone();
    item.version += 1;
    item.status = Status::Cancelled;
    item.revision = Some(Revision {
        editor: officer.person.clone(),
        at: today,
        why: why.clone(),
        reviewers: Vec::new(),
        checked: None,
        causes: Vec::new(),
    });
    let mut life = Life::draft(&item, &officer.person, &published.policy.library);
    life.cancel(&why).map_err(denied)?;
    let row = VersionRow {
        code: code.as_str().to_owned(),
        version: item.version,
        record: record(&item)?,
        life,
        published: true,
    };
    let act = act(
        &row.code,
        row.version,
        ActKind::Cancelled,
        &officer,
        why,
        &app,
    );
    if !app.store.add_draft(row.clone(), act).await? {
        let why = "a draft of the next version is known: discard it first";
        return Err(Failure::new(ProblemCode::WrongState).detail(why));
    }
    Ok(Json(answer(row)))
}

/// Somebody of the body looked at the record and it is still right.
#[utoipa::path(post, path = "/v1/library/{code}/confirm", tag = "library", params(("code" = String, Path)),
    request_body = ActRequest,
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn confirm_item(
    State(app): Shared,
    Path(code): Path<String>,
    request: Request<Body>,
) -> Answer<axum::http::StatusCode> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let officer = auth::officer(&app, &request).await?;
    let asked: ActRequest = request.json()?;
    let published = app.published();
    let code = city_catalogue::ItemCode::new(code);
    let today = civil(app.now()).date();
    let item = published
        .catalogue
        .in_force(&code, today)
        .ok_or_else(nothing)?;
    may_keep(&app, &officer, &item.department)?;
    let act = act(
        code.as_str(),
        item.version,
        ActKind::Confirmed,
        &officer,
        asked.why,
        &app,
    );
    app.store.note_act(act).await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}

/// An approver and the reason given.
async fn approver(app: &App, request: Request<Body>) -> Answer<(Officer, String)> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let officer = auth::officer(app, &request).await?;
    let asked: ActRequest = request.json()?;
    if officer.role != OfficerRole::Approver {
        let why = "an approver reviews, enforces and cancels";
        return Err(Failure::new(ProblemCode::Forbidden).detail(why));
    }
    Ok((officer, asked.why))
}

/// The body of an item and the body that runs the platform keep its record; no window does.
fn may_keep(app: &App, officer: &Officer, department: &str) -> Answer<()> {
    let own = officer.body == department || officer.body == app.published().bureau;
    if own && officer.role != OfficerRole::Window {
        return Ok(());
    }
    let why = "the item's body keeps its record, or the body that runs the platform";
    Err(Failure::new(ProblemCode::Forbidden).detail(why))
}

async fn known(app: &App, code: &str, version: &str) -> Answer<VersionRow> {
    let number: u32 = version.parse().map_err(|_| nothing())?;
    let row = app.store.version(code.to_owned(), number).await?;
    row.ok_or_else(nothing)
}

async fn moved<F>(
    app: &App,
    code: &str,
    version: &str,
    kind: ActKind,
    officer: Officer,
    why: String,
    advance: F,
) -> Answer<Json<VersionAnswer>>
where
    F: FnOnce(VersionRow) -> Result<VersionRow, Denied> + Send + 'static,
{
    let known = known(app, code, version).await?;
    may_keep(app, &officer, &parsed(&known)?.department)?;
    let act = act(code, known.version, kind, &officer, why, app);
    let moved = app.store.advance_version(act, Box::new(advance)).await?;
    let row = moved.ok_or_else(nothing)?.map_err(denied)?;
    Ok(Json(answer(row)))
}

/// Every fault the record would have in force.
fn check(catalogue: &Catalogue, item: &Item) -> Answer<()> {
    let json = record(item)?;
    let faults = |refused: Refused| {
        let faults: Vec<String> = refused.faults.iter().map(ToString::to_string).collect();
        BadField::new("item", faults.join("\n")).into()
    };
    let checked = catalogue.with_file(HERE, json.as_bytes());
    checked.map(drop).map_err(faults)
}

fn parsed(row: &VersionRow) -> Answer<Item> {
    serde_json::from_str(&row.record).map_err(|error| internal(&error))
}

fn record(item: &Item) -> Answer<String> {
    let value: Value = serde_json::to_value(item).map_err(|error| internal(&error))?;
    Ok(value.to_string())
}

fn act(
    code: &str,
    version: u32,
    kind: ActKind,
    officer: &Officer,
    why: String,
    app: &App,
) -> ActRow {
    ActRow {
        code: code.to_owned(),
        version,
        kind,
        person: officer.person.clone(),
        at: app.now(),
        why,
    }
}

fn answer(row: VersionRow) -> VersionAnswer {
    VersionAnswer {
        code: row.code,
        version: row.version,
        status: row.life.status.as_str().to_owned(),
        reviews_needed: u32::try_from(row.life.reviews_needed()).unwrap_or(u32::MAX),
        editor: row.life.editor,
        reviewers: row.life.reviewers,
    }
}

fn denied(denied: Denied) -> Failure {
    let code = match denied {
        Denied::Status(_) => ProblemCode::WrongState,
        Denied::Editor | Denied::SameReviewer => ProblemCode::SamePerson,
        Denied::NoReason => ProblemCode::BadField,
    };
    Failure::new(code).detail(denied.to_string())
}

fn nothing() -> Failure {
    Failure::new(ProblemCode::NotFound).detail("there is no such version of an item")
}
