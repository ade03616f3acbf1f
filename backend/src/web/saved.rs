//! Drafts of residents (R34): begun at a kiosk or window, taken up at any other, for their person alone.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

use city_api::requests::drafts::{
    DraftView, MAX_DRAFT_BYTES, SaveDraftRequest, SavedDraftsAnswer, TakenUpAnswer,
};
use city_api::requests::identity::IdentityLevel;
use city_api::requests::paths::GRANT_HEADER;
use city_api::requests::persons::GrantRequest;
use city_api::requests::{BadField, MAX_BODY_BYTES, Private, Problem, ProblemCode, Words};
use city_catalogue::case::EventKind;

use super::auth::{self, Place};
use super::body::Whole;
use super::error::{Answer, Failure};
use super::packets::parse_id;
use super::{Area, Shared, area, identity};
use crate::app::App;
use crate::door;
use crate::intake::{is_full, level};
use crate::saved::{self, Keeping, Saved};
use crate::store::{GrantRow, NewSaved, SavedRow};

area!(
    save: "/v1/drafts" => post(save),
    mine: "/v1/drafts/mine" => post(mine),
    take_up: "/v1/drafts/{id}/take-up" => post(take_up),
    delete: "/v1/drafts/{id}/delete" => post(delete),
    page: "/v1/drafts/{id}/pages/{page}" => get(page),
);

/// Keeps a draft at the wish of the person of the grant.
#[utoipa::path(post, path = "/v1/drafts", tag = "kiosk", request_body = SaveDraftRequest,
    responses((status = 200, body = DraftView), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 409, body = Problem, description = "another draft has this id, or there are too many"),
              (status = 422, body = Problem)))]
pub(crate) async fn save(State(app): Shared, request: Request<Body>) -> Answer<Json<DraftView>> {
    let request = Whole::read(request, MAX_DRAFT_BYTES).await?;
    let place = auth::place(&app, &request).await?;
    let asked: SaveDraftRequest = request.json()?;
    let pages = asked.pages()?;
    let grant = auth::grant(&app, &place.at, &asked.grant, IdentityLevel::IdCard).await?;
    let now = app.now();
    let kept = app.kept_item(&asked.item, Some(asked.version)).await?;
    let kept = kept.filter(|kept| door::check(kept, now).is_ok());
    let Some(kept) = kept else {
        place
            .note(&app, EventKind::ItemRefused, asked.item.clone())
            .await?;
        return Err(BadField::new("item", "is not an item in force in this version").into());
    };
    auth::need_level(&grant, level(&kept.item))?;
    let others = app.store.saved_of(grant.person, now).await?;
    let same = others.iter().find(|old| old.id == asked.id);
    if let Some(same) = same {
        return Ok(Json(shown(&app, same).await?));
    }
    let replaced = others.iter().find(|old| Some(old.id) == asked.replaces);
    if replaced.is_none() && is_full(&app, others.len()) {
        return Err(Failure::new(ProblemCode::WrongState)
            .detail("this person has as many drafts as the city keeps: delete or replace one"));
    }
    let number = identity::own_number(&app, &asked.grant, &grant)?;
    let keeping = Keeping {
        id: asked.id,
        number: number.reveal(),
        station: &place.at.station,
        item: &kept.item,
    };
    let content = Saved {
        answers: asked.answers,
        materials: asked.materials,
    };
    let row = saved::row(&app, keeping, &content, &pages).await?;
    let new = NewSaved {
        row: row.clone(),
        replaces: asked.replaces,
    };
    let event = place.event(&app, EventKind::DraftKept, row.id.to_string());
    if !app.store.save(new, event).await? {
        saved::drop_pages(&app, &row.pages).await;
        return Err(Failure::new(ProblemCode::OtherContent)
            .detail("another draft has this id")
            .field("id"));
    }
    if let Some(old) = replaced {
        saved::drop_pages(&app, &old.pages).await;
    }
    Ok(Json(shown(&app, &row).await?))
}

async fn shown(app: &App, row: &SavedRow) -> Answer<DraftView> {
    let (code, version) = &row.item;
    let now = app.kept_item(code, None).await?;
    let now = now.filter(|kept| door::check(kept, app.now()).is_ok());
    let begun = app.kept_item(code, Some(*version)).await?;
    let name = begun.or_else(|| now.clone());
    let name = name.map(|kept| {
        let name = &kept.item.name;
        Words::new(name.zh.clone(), name.en.clone())
    });
    Ok(DraftView {
        id: row.id,
        item: code.clone(),
        version: *version,
        version_now: now.map(|kept| kept.item.version),
        name: name.unwrap_or_default(),
        station: row.station.clone(),
        kept: row.made,
        lapses: row.lapses,
    })
}

/// Drafts of the person of the grant whose items ask for no more than the level reached.
#[utoipa::path(post, path = "/v1/drafts/mine", tag = "kiosk", request_body = GrantRequest,
    responses((status = 200, body = SavedDraftsAnswer), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn mine(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<SavedDraftsAnswer>> {
    let (_, _, grant) = of_person(&app, request).await?;
    let all = app.store.saved_of(grant.person, app.now()).await?;
    let (rows, hidden): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|row| row.level <= grant.level);
    let mut drafts = Vec::with_capacity(rows.len());
    for row in &rows {
        drafts.push(shown(&app, row).await?);
    }
    Ok(Json(SavedDraftsAnswer {
        drafts,
        hidden: u32::try_from(hidden.len()).unwrap_or(u32::MAX),
    }))
}

/// Where it is asked, the grant's token, and the grant.
async fn of_person(app: &App, request: Request<Body>) -> Answer<(Place, Private, GrantRow)> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let place = auth::place(app, &request).await?;
    let asked: GrantRequest = request.json()?;
    let grant = auth::grant(app, &place.at, &asked.grant, IdentityLevel::IdCard).await?;
    Ok((place, asked.grant, grant))
}

/// A draft of the person of the grant, identified as surely as its item asks.
async fn own(app: &App, id: &str, grant: &GrantRow) -> Answer<SavedRow> {
    let row = app.store.saved(parse_id(id)?, app.now()).await?;
    // A draft of somebody else is not there at all.
    let row = row.filter(|row| row.person == grant.person && row.filed.is_none());
    let row = row.ok_or_else(nothing)?;
    auth::need_level(grant, row.level)?;
    Ok(row)
}

fn nothing() -> Failure {
    Failure::new(ProblemCode::NotFound)
        .detail("no draft of this person has this id: it was filed, deleted, or lapsed")
}

/// What is in a draft, and what of it no longer fits the item. The draft stays until it is filed, replaced or deleted.
#[utoipa::path(post, path = "/v1/drafts/{id}/take-up", tag = "kiosk", params(("id" = String, Path)),
    request_body = GrantRequest,
    responses((status = 200, body = TakenUpAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn take_up(
    State(app): Shared,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Answer<Json<TakenUpAnswer>> {
    let (place, token, grant) = of_person(&app, request).await?;
    let row = own(&app, &id, &grant).await?;
    let number = identity::own_number(&app, &token, &grant)?;
    let key = app.keys.master.person_key(number.reveal());
    let content = saved::open(&key, &row)?;
    let (code, version) = &row.item;
    let begun = app.kept_item(code, Some(*version)).await?;
    let begun = begun.map(|kept| kept.item);
    let now = app.kept_item(code, None).await?;
    let misfits = now.map(|now| saved::misfits(&app, &content, begun.as_deref(), &now.item));
    place
        .note(&app, EventKind::DraftTakenUp, row.id.to_string())
        .await?;
    Ok(Json(TakenUpAnswer {
        draft: shown(&app, &row).await?,
        answers: content.answers,
        materials: content.materials,
        pages: u32::try_from(row.pages.len()).unwrap_or(u32::MAX),
        misfits: misfits.unwrap_or_default(),
    }))
}

/// Deletes a draft at the wish of its person.
#[utoipa::path(post, path = "/v1/drafts/{id}/delete", tag = "kiosk", params(("id" = String, Path)),
    request_body = GrantRequest,
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn delete(
    State(app): Shared,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Answer<StatusCode> {
    let (place, _, grant) = of_person(&app, request).await?;
    let row = own(&app, &id, &grant).await?;
    let event = place.event(&app, EventKind::DraftDeleted, row.id.to_string());
    if !app.store.delete_saved(row.id, grant.person, event).await? {
        return Err(nothing());
    }
    saved::drop_pages(&app, &row.pages).await;
    Ok(StatusCode::NO_CONTENT)
}

/// A scanned page of a draft.
#[utoipa::path(get, path = "/v1/drafts/{id}/pages/{page}", tag = "kiosk",
    params(("id" = uuid::Uuid, Path), ("page" = String, Path, description = "From 1"), ("city-grant" = String, Header)),
    responses((status = 200, content_type = "application/octet-stream"), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn page(
    State(app): Shared,
    Path((id, page)): Path<(String, String)>,
    request: Request<Body>,
) -> Answer<Response> {
    let request = Whole::read(request, 0).await?;
    let place = auth::place(&app, &request).await?;
    let token = request.header(GRANT_HEADER).map(Private::new);
    let token = token.ok_or_else(|| {
        Failure::new(ProblemCode::Unauthorised).detail("a grant of its person is needed")
    })?;
    let grant = auth::grant(&app, &place.at, &token, IdentityLevel::IdCard).await?;
    let row = own(&app, &id, &grant).await?;
    let page: usize = page.parse().map_err(|_| nothing())?;
    let name = page.checked_sub(1).and_then(|at| row.pages.get(at));
    let sealed = app.blobs.document(name.ok_or_else(nothing)?).await?;
    let number = identity::own_number(&app, &token, &grant)?;
    let key = app.keys.master.person_key(number.reveal());
    let plain = saved::open_page(&key, row.id, page, &sealed.ok_or_else(nothing)?)?;
    let mut response = plain.into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
