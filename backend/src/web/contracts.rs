//! How a contract of data sharing comes into force, as items do: written by one person, reviewed by another, enforced,
//! cancelled (R19, R68).

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::routing::{get, post};
use serde_json::Value;

use city_api::requests::library::{ActRequest, DraftsAnswer, VersionAnswer, VersionsAnswer};
use city_api::requests::sharing::ContractDraftRequest;
use city_api::requests::{MAX_BODY_BYTES, Problem, paths};
use city_catalogue::contract::{Contract, Contracts};
use city_catalogue::library::Life;

use super::body::Whole;
use super::error::{Answer, internal};
use super::versions::{self, Doing, HERE, approver, denied, faults, known, nothing, record};
use super::{Area, Shared, area, auth};
use crate::app::App;
use crate::flow::Officer;
use crate::store::{ActKind, Shelf, VersionRow};

area!(
    contract_drafts, draft_contract: paths::CONTRACT_DRAFTS => get(contract_drafts).post(draft_contract),
    contract_history: "/v1/contracts/{id}/history" => get(contract_history),
    cancel_contract: "/v1/contracts/{id}/cancel" => post(cancel_contract),
    contract_version: "/v1/contracts/{id}/{version}" => get(contract_version),
    review_contract: "/v1/contracts/{id}/{version}/review" => post(review_contract),
    enforce_contract: "/v1/contracts/{id}/{version}/enforce" => post(enforce_contract),
    discard_contract: "/v1/contracts/{id}/{version}/discard" => post(discard_contract),
);

/// Contracts that are not in force yet.
#[utoipa::path(get, path = "/v1/contracts/drafts", tag = "library",
    responses((status = 200, body = DraftsAnswer), (status = 401, body = Problem)))]
pub(crate) async fn contract_drafts(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<DraftsAnswer>> {
    versions::drafts(&app, Shelf::Contracts, request).await
}

/// Writes a new version of a contract, or a new one; by the body that calls, the one that provides, or the one that runs
/// the platform. It is checked like one that comes into force.
#[utoipa::path(post, path = "/v1/contracts/drafts", tag = "library", request_body = ContractDraftRequest,
    responses((status = 200, body = VersionAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 409, body = Problem), (status = 422, body = Problem, description = "Every fault in `detail`")))]
pub(crate) async fn draft_contract(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<VersionAnswer>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let officer = auth::officer(&app, &request).await?;
    let asked: ContractDraftRequest = request.json()?;
    let contract = Contracts::read(HERE, asked.contract.to_string().as_bytes());
    let contract = contract.map_err(|refused| faults("contract", &refused))?;
    let bodies = [contract.caller.as_str(), contract.provider.as_str()];
    let why = "who calls, who provides, or the body that runs the platform writes a contract";
    versions::may_keep(&app, &officer, &bodies, why)?;
    check(&app, contract.clone())?;
    let row = VersionRow {
        code: contract.id.clone(),
        version: contract.version,
        record: record(&contract)?,
        life: Life::contract(&officer.person),
        published: false,
    };
    doing(ActKind::Drafted, officer, asked.why)
        .add(&app, row)
        .await
}

/// What was done with every version of a contract, by whom and why.
#[utoipa::path(get, path = "/v1/contracts/{id}/history", tag = "library", params(("id" = String, Path)),
    responses((status = 200, body = VersionsAnswer), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn contract_history(
    State(app): Shared,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Answer<Json<VersionsAnswer>> {
    versions::history(&app, Shelf::Contracts, id, request).await
}

/// A contract in one version: a draft, or one that is or was in force.
#[utoipa::path(get, path = "/v1/contracts/{id}/{version}", tag = "library",
    params(("id" = String, Path), ("version" = u32, Path)),
    responses((status = 200, body = Object), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn contract_version(
    State(app): Shared,
    Path((id, version)): Path<(String, String)>,
    request: Request<Body>,
) -> Answer<Json<Value>> {
    let request = Whole::read(request, 0).await?;
    auth::officer(&app, &request).await?;
    let number: u32 = version.parse().map_err(|_| nothing())?;
    let shelf = Shelf::Contracts;
    let record = match app.store.version(shelf, id.clone(), number).await? {
        Some(row) => row.record,
        None => {
            let kept = app.store.kept_record(shelf, id, Some(number)).await?;
            kept.ok_or_else(nothing)?.record
        }
    };
    let record = serde_json::from_str(&record).map_err(|error| internal(&error))?;
    Ok(Json(record))
}

/// Another person found the draft right: an approver of the body that provides, or of the one that runs the platform.
/// Who calls does not let itself in.
#[utoipa::path(post, path = "/v1/contracts/{id}/{version}/review", tag = "library",
    params(("id" = String, Path), ("version" = u32, Path)), request_body = ActRequest,
    responses((status = 200, body = VersionAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn review_contract(
    State(app): Shared,
    Path((id, version)): Path<(String, String)>,
    request: Request<Body>,
) -> Answer<Json<VersionAnswer>> {
    let (known, _, doing) = asked(&app, (&id, &version), request, ActKind::Reviewed).await?;
    doing.review(&app, &known).await
}

/// A reviewed contract comes into force, by whom a review would be taken; the version before is changed.
#[utoipa::path(post, path = "/v1/contracts/{id}/{version}/enforce", tag = "library",
    params(("id" = String, Path), ("version" = u32, Path)), request_body = ActRequest,
    responses((status = 200, body = VersionAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn enforce_contract(
    State(app): Shared,
    Path((id, version)): Path<(String, String)>,
    request: Request<Body>,
) -> Answer<Json<VersionAnswer>> {
    let (known, contract, doing) = asked(&app, (&id, &version), request, ActKind::Enforced).await?;
    // The others may have moved on since it was written.
    check(&app, contract)?;
    let record = known.record.clone();
    doing.enforce(&app, &known, record).await
}

/// A version that never was in force is given up, by an approver of one of its bodies.
#[utoipa::path(post, path = "/v1/contracts/{id}/{version}/discard", tag = "library",
    params(("id" = String, Path), ("version" = u32, Path)), request_body = ActRequest,
    responses((status = 200, body = VersionAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn discard_contract(
    State(app): Shared,
    Path((id, version)): Path<(String, String)>,
    request: Request<Body>,
) -> Answer<Json<VersionAnswer>> {
    let (known, _, doing) = asked(&app, (&id, &version), request, ActKind::Cancelled).await?;
    doing.discard(&app, &known).await
}

/// A contract is cancelled by an approver of one of its bodies: a version of its own, with who, when and why. Nothing is
/// called by it any more.
#[utoipa::path(post, path = "/v1/contracts/{id}/cancel", tag = "library", params(("id" = String, Path)),
    request_body = ActRequest,
    responses((status = 200, body = VersionAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn cancel_contract(
    State(app): Shared,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Answer<Json<VersionAnswer>> {
    let (officer, why) = approver(&app, request).await?;
    let published = app.published();
    let mut contract = published.contracts.get(&id).ok_or_else(nothing)?.clone();
    may_move(&app, &officer, &contract, ActKind::Cancelled)?;
    contract.version = versions::next(&app, Shelf::Contracts, &id).await?;
    let mut life = Life::contract(&officer.person);
    life.cancel(&why).map_err(denied)?;
    let row = VersionRow {
        record: record(&contract)?,
        code: contract.id,
        version: contract.version,
        life,
        published: true,
    };
    doing(ActKind::Cancelled, officer, why).add(&app, row).await
}

/// What an approver asks of a version that was written here.
async fn asked(
    app: &App,
    (id, version): (&str, &str),
    request: Request<Body>,
    kind: ActKind,
) -> Answer<(VersionRow, Contract, Doing)> {
    let (officer, why) = approver(app, request).await?;
    let known = known(app, Shelf::Contracts, id, version).await?;
    let contract: Contract =
        serde_json::from_str(&known.record).map_err(|error| internal(&error))?;
    may_move(app, &officer, &contract, kind)?;
    Ok((known, contract, doing(kind, officer, why)))
}

/// Either side gives a contract up; whose data it is, or who runs the platform, lets it come into force.
fn may_move(app: &App, officer: &Officer, contract: &Contract, kind: ActKind) -> Answer<()> {
    let (caller, provider) = (contract.caller.as_str(), contract.provider.as_str());
    let (bodies, why): (&[&str], _) = if kind == ActKind::Cancelled {
        let why = "who calls, who provides, or the body that runs the platform gives a contract up";
        (&[caller, provider], why)
    } else {
        let why =
            "who provides, or the body that runs the platform, lets a contract come into force";
        (&[provider], why)
    };
    versions::may_keep(app, officer, bodies, why)
}

/// What is done with a contract.
fn doing(kind: ActKind, officer: Officer, why: String) -> Doing {
    Doing {
        shelf: Shelf::Contracts,
        kind,
        officer,
        why,
    }
}

/// Every fault the contract would have in force.
fn check(app: &App, contract: Contract) -> Answer<()> {
    let published = app.published();
    let checked = published
        .contracts
        .with(HERE, contract, &published.catalogue);
    checked
        .map(drop)
        .map_err(|refused| faults("contract", &refused))
}
