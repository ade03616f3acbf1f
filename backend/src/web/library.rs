//! The code library for everybody, without login: items, guides, versions and their differences, what is stale, what is
//! not covered, one matter of several items (R3, R7, R14, R22, R54, R57, R58).

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::routing::get;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use city_api::requests::library::{Act, ItemSummary, ItemsAnswer, VersionsAnswer};
use city_api::requests::{BadField, Problem, ProblemCode, Words};
use city_catalogue::ItemCode;
use city_catalogue::library::life::has_approval_character;
use city_catalogue::library::report::{self, last_checked};
use city_catalogue::library::{Burden, VersionDiff, bundle, guide};
use city_catalogue::record::Item;

use super::body::Whole;
use super::error::{Answer, Failure, internal};
use super::{Area, Shared, area, auth};
use crate::app::App;
use crate::clock::civil;
use crate::publish::Published;
use crate::store::Shelf;

area!(
    items: "/v1/items" => get(items),
    item: "/v1/items/{code}" => get(item),
    item_guide: "/v1/items/{code}/guide" => get(item_guide),
    handbook: "/v1/items/{code}/handbook" => get(handbook),
    versions: "/v1/items/{code}/versions" => get(versions),
    diff: "/v1/items/{code}/diff" => get(diff),
    bundles: "/v1/bundles" => get(bundles),
    one_matter: "/v1/bundles/{id}" => get(one_matter),
    stale: "/v1/library/stale" => get(stale),
    coverage: "/v1/library/coverage" => get(coverage),
    whole_report: "/v1/library/report" => get(whole_report),
);

/// Most acts of one item in an answer.
pub(crate) const MOST_ACTS: u32 = 1000;

/// The items in force today.
#[utoipa::path(get, path = "/v1/items", tag = "open", responses((status = 200, body = ItemsAnswer)))]
pub(crate) async fn items(State(app): Shared) -> Answer<Json<ItemsAnswer>> {
    let published = app.published();
    let checked = confirmations(&app).await?;
    let today = today(&app);
    let in_force = published.catalogue.items().iter();
    let in_force = in_force.filter(|item| item.in_force(today));
    let items = in_force.map(|item| summary(item, &published, &checked));
    Ok(Json(ItemsAnswer {
        catalogue_version: published.version,
        items: items.collect::<Answer<_>>()?,
    }))
}

fn summary(
    item: &Item,
    published: &Published,
    checked: &BTreeMap<ItemCode, Date>,
) -> Answer<ItemSummary> {
    let code = item.code();
    Ok(ItemSummary {
        version: item.version,
        name: Words::new(item.name.zh.clone(), item.name.en.clone()),
        domain: item.domain.as_str().to_owned(),
        theme: item.theme.clone(),
        department: item.department.clone(),
        effective_from: item.effective_from,
        last_checked: last_checked(item, checked.get(&code).copied()),
        approval_character: has_approval_character(item, &published.policy.library),
        burden: json(&Burden::of(item))?,
        code: code.as_str().to_owned(),
    })
}

/// The whole record of the version in force, else of the newest that was.
#[utoipa::path(get, path = "/v1/items/{code}", tag = "open", params(("code" = String, Path)),
    responses((status = 200, body = Object), (status = 404, body = Problem)))]
pub(crate) async fn item(State(app): Shared, Path(code): Path<String>) -> Answer<Json<Value>> {
    let item = newest(&app, &code).await?;
    let checked = confirmations(&app).await?;
    let mut record = json(&item)?;
    if let Some(fields) = record.as_object_mut() {
        let last = last_checked(&item, checked.get(&item.code()).copied());
        fields.insert("lastChecked".to_owned(), json(&last)?);
        fields.insert("burden".to_owned(), json(&Burden::of(&item))?);
    }
    Ok(Json(record))
}

/// The guide in one piece: basis, conditions, materials, flow, fee, limit.
#[utoipa::path(get, path = "/v1/items/{code}/guide", tag = "open", params(("code" = String, Path)),
    responses((status = 200, body = Object), (status = 404, body = Problem)))]
pub(crate) async fn item_guide(
    State(app): Shared,
    Path(code): Path<String>,
) -> Answer<Json<Value>> {
    let item = newest(&app, &code).await?;
    Ok(Json(json(&guide::guide(&item))?))
}

/// The handbook, for officers: what is examined in each step.
#[utoipa::path(get, path = "/v1/items/{code}/handbook", tag = "officer", params(("code" = String, Path)),
    responses((status = 200, body = Object), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn handbook(
    State(app): Shared,
    Path(code): Path<String>,
    request: Request<Body>,
) -> Answer<Json<Value>> {
    let request = Whole::read(request, 0).await?;
    auth::officer(&app, &request).await?;
    let item = newest(&app, &code).await?;
    Ok(Json(json(&guide::handbook(&item))?))
}

/// What was done with every version that is or was in force; without the persons.
#[utoipa::path(get, path = "/v1/items/{code}/versions", tag = "open", params(("code" = String, Path)),
    responses((status = 200, body = VersionsAnswer), (status = 404, body = Problem)))]
pub(crate) async fn versions(
    State(app): Shared,
    Path(code): Path<String>,
) -> Answer<Json<VersionsAnswer>> {
    let acts = app.store.acts(Shelf::Items, code, MOST_ACTS).await?;
    if acts.is_empty() {
        return Err(nothing());
    }
    // What was never in force is nobody's business yet.
    let published: Vec<u32> = acts
        .iter()
        .filter(|act| act.kind == crate::store::ActKind::Published)
        .map(|act| act.version)
        .collect();
    let acts = acts.into_iter();
    let acts = acts.filter(|act| published.contains(&act.version));
    let acts = acts.map(|act| Act {
        version: act.version,
        act: act.kind.name().to_owned(),
        person: None,
        at: act.at,
        why: act.why,
    });
    Ok(Json(VersionsAnswer {
        acts: acts.collect(),
    }))
}

/// Two versions of an item.
#[derive(Debug, Deserialize)]
struct Between {
    from: u32,
    to: u32,
}

/// What changed between two versions: steps, days, materials, visits.
#[utoipa::path(get, path = "/v1/items/{code}/diff", tag = "open",
    params(("code" = String, Path), ("from" = u32, Query), ("to" = u32, Query)),
    responses((status = 200, body = Object), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn diff(
    State(app): Shared,
    Path(code): Path<String>,
    request: Request<Body>,
) -> Answer<Json<Value>> {
    let asked: Between = query(request, "from and to are two versions").await?;
    let version = async |number| {
        let kept = app.kept_item(&code, Some(number)).await?;
        kept.map(|kept| kept.item).ok_or_else(nothing)
    };
    let (from, to) = (version(asked.from).await?, version(asked.to).await?);
    Ok(Json(json(&VersionDiff::between(&from, &to))?))
}

/// The matters of several items (一件事).
#[utoipa::path(get, path = "/v1/bundles", tag = "open", responses((status = 200, body = Vec<Object>)))]
pub(crate) async fn bundles(State(app): Shared) -> Answer<Json<Vec<Value>>> {
    let published = app.published();
    let bundles = published.catalogue.bundles().iter();
    Ok(Json(bundles.map(json).collect::<Answer<_>>()?))
}

/// One matter: its items, one form, one set of materials.
#[utoipa::path(get, path = "/v1/bundles/{id}", tag = "open", params(("id" = String, Path)),
    responses((status = 200, body = Object), (status = 404, body = Problem)))]
pub(crate) async fn one_matter(State(app): Shared, Path(id): Path<String>) -> Answer<Json<Value>> {
    let published = app.published();
    let found = published.catalogue.bundle(&id).ok_or_else(nothing)?;
    let joint = bundle::joint(found, &published.catalogue, today(&app));
    Ok(Json(json(&joint)?))
}

/// Items that nobody confirmed for longer than the policy allows.
#[utoipa::path(get, path = "/v1/library/stale", tag = "open", responses((status = 200, body = Vec<Object>)))]
pub(crate) async fn stale(State(app): Shared) -> Answer<Json<Vec<Value>>> {
    let published = app.published();
    let (policy, checked) = (&published.policy.library, confirmations(&app).await?);
    let stale = report::stale(&published.catalogue, policy, &checked, today(&app));
    Ok(Json(stale.iter().map(json).collect::<Answer<_>>()?))
}

/// Bodies without an item, and bases without one.
#[utoipa::path(get, path = "/v1/library/coverage", tag = "open", responses((status = 200, body = Object)))]
pub(crate) async fn coverage(State(app): Shared) -> Answer<Json<Value>> {
    let published = app.published();
    let policy = &published.policy.library;
    let coverage = report::coverage(&published.catalogue, policy, today(&app));
    Ok(Json(json(&coverage)?))
}

/// Everything who keeps the library should look at.
#[utoipa::path(get, path = "/v1/library/report", tag = "open", responses((status = 200, body = Object)))]
pub(crate) async fn whole_report(State(app): Shared) -> Answer<Json<Value>> {
    let published = app.published();
    let (policy, checked) = (&published.policy.library, confirmations(&app).await?);
    let report = report::report(&published.catalogue, policy, &checked, today(&app));
    Ok(Json(json(&report)?))
}

async fn newest(app: &App, code: &str) -> Answer<Item> {
    let published = app.published();
    if let Some(item) = published.catalogue.item(&ItemCode::new(code)) {
        return Ok(item.as_ref().clone());
    }
    let kept = app.kept_item(code, None).await?;
    kept.map(|kept| kept.item.as_ref().clone())
        .ok_or_else(nothing)
}

/// The last day each item was confirmed here.
async fn confirmations(app: &App) -> Answer<BTreeMap<ItemCode, Date>> {
    let confirmed = app.store.confirmed().await?.into_iter();
    let days = confirmed.map(|(code, at)| (ItemCode::new(code), civil(at).date()));
    Ok(days.collect())
}

fn today(app: &App) -> Date {
    civil(app.now()).date()
}

fn nothing() -> Failure {
    Failure::new(ProblemCode::NotFound).detail("there is no such item, version or matter")
}

/// The query of a request without a body.
pub(crate) async fn query<T: DeserializeOwned + 'static>(
    request: Request<Body>,
    what: &str,
) -> Answer<T> {
    let mut request = Whole::read(request, 0).await?;
    let Query(asked) = request
        .extract::<Query<T>>()
        .await
        .map_err(|_| BadField::new("query", what))?;
    Ok(asked)
}

fn json(value: &impl serde::Serialize) -> Answer<Value> {
    serde_json::to_value(value).map_err(|error| internal(&error))
}
