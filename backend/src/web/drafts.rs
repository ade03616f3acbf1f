//! How a version of an item comes into force: written, reviewed by others, enforced, confirmed, cancelled (R15, R21, R22).

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::routing::{get, post};

use city_api::requests::library::{
    ActRequest, CauseRef, DraftRequest, DraftsAnswer, VersionAnswer, VersionsAnswer,
};
use city_api::requests::{BadField, MAX_BODY_BYTES, Problem};
use city_catalogue::library::Life;
use city_catalogue::record::{Cause, CauseKind, Item, Revision, Status};
use city_catalogue::{Catalogue, ItemCode};

use super::body::Whole;
use super::error::{Answer, internal};
use super::versions::{self, Doing, HERE, approver, denied, faults, known, nothing, record};
use super::{Area, Shared, area, auth};
use crate::app::App;
use crate::clock::civil;
use crate::flow::Officer;
use crate::store::{ActKind, Shelf, VersionRow};

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

/// Versions that are not in force yet.
#[utoipa::path(get, path = "/v1/library/drafts", tag = "library",
    responses((status = 200, body = DraftsAnswer), (status = 401, body = Problem)))]
pub(crate) async fn drafts(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<DraftsAnswer>> {
    versions::drafts(&app, Shelf::Items, request).await
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
    doing(ActKind::Drafted, officer, asked.why)
        .add(&app, row)
        .await
}

/// What is done with an item.
fn doing(kind: ActKind, officer: Officer, why: String) -> Doing {
    Doing {
        shelf: Shelf::Items,
        kind,
        officer,
        why,
    }
}

fn causes(asked: Vec<CauseRef>) -> Answer<Vec<Cause>> {
    let cause = |(at, asked): (usize, CauseRef)| {
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
    versions::history(&app, Shelf::Items, code, request).await
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
    let (known, doing) = asked(&app, (&code, &version), request, ActKind::Reviewed).await?;
    doing.review(&app, &known).await
}

/// What an approver of the item's body asks of a version that was written here.
async fn asked(
    app: &App,
    (code, version): (&str, &str),
    request: Request<Body>,
    kind: ActKind,
) -> Answer<(VersionRow, Doing)> {
    let (officer, why) = approver(app, request).await?;
    let known = known(app, Shelf::Items, code, version).await?;
    may_keep(app, &officer, &parsed(&known)?.department)?;
    Ok((known, doing(kind, officer, why)))
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
    let (known, doing) = asked(&app, (&code, &version), request, ActKind::Enforced).await?;
    let mut item = parsed(&known)?;
    item.status = Status::InForce;
    if let Some(revision) = &mut item.revision {
        revision.reviewers.clone_from(&known.life.reviewers);
    }
    // The library may have moved on since it was written.
    check(&app.published().catalogue, &item)?;
    let in_force = record(&item)?;
    doing.enforce(&app, &known, in_force).await
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
    let (known, doing) = asked(&app, (&code, &version), request, ActKind::Cancelled).await?;
    doing.discard(&app, &known).await
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
    let code = ItemCode::new(code);
    let item = published
        .catalogue
        .in_force(&code, today)
        .ok_or_else(nothing)?;
    may_keep(&app, &officer, &item.department)?;
    let mut item = item.as_ref().clone();
    item.version = versions::next(&app, Shelf::Items, code.as_str()).await?;
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
    doing(ActKind::Cancelled, officer, why).add(&app, row).await
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
    let code = ItemCode::new(code);
    let today = civil(app.now()).date();
    let item = published
        .catalogue
        .in_force(&code, today)
        .ok_or_else(nothing)?;
    may_keep(&app, &officer, &item.department)?;
    let doing = doing(ActKind::Confirmed, officer, asked.why);
    let act = doing.act(&app, code.as_str(), item.version);
    app.store.note_act(Shelf::Items, act).await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}

/// The body of an item and the body that runs the platform keep its record; no window does.
fn may_keep(app: &App, officer: &Officer, department: &str) -> Answer<()> {
    let why = "the item's body keeps its record, or the body that runs the platform";
    versions::may_keep(app, officer, &[department], why)
}

/// Every fault the record would have in force.
fn check(catalogue: &Catalogue, item: &Item) -> Answer<()> {
    let checked = catalogue.with_file(HERE, record(item)?.as_bytes());
    checked
        .map(drop)
        .map_err(|refused| faults("item", &refused))
}

fn parsed(row: &VersionRow) -> Answer<Item> {
    serde_json::from_str(&row.record).map_err(|error| internal(&error))
}
