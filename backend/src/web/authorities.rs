//! Agents (委托代办, `specs/domain.md` 5.3): the principal gives and revokes, the agent sees the items named.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::routing::post;

use city_api::application::{Authority, AuthorityForm, NotAllowed, same_number};
use city_api::requests::authorities::{
    AuthoritiesAnswer, AuthorityRequest, AuthorityView, PrincipalCasesAnswer,
};
use city_api::requests::identity::IdentityLevel;
use city_api::requests::persons::GrantRequest;
use city_api::requests::{BadField, Problem, ProblemCode, paths};
use city_catalogue::case::EventKind;

use super::error::{Answer, Failure};
use super::identity::own_number;
use super::packets::parse_id;
use super::{Area, Shared, area, auth};
use crate::app::App;
use crate::clock::civil;
use crate::file::CaseFile;
use crate::intake::level;
use crate::store::{AuthorityRow, Event, KioskRow};
use crate::{door, proxy, view};

area!(
    give: paths::AUTHORITIES => post(give),
    mine: "/v1/authorities/mine" => post(mine),
    revoke: "/v1/authorities/{id}/revoke" => post(revoke),
    principal_cases: "/v1/authorities/{id}/cases" => post(principal_cases),
);

/// Most authorities in an answer.
const MOST: u32 = 100;
/// Most cases of a principal that are looked through.
const MOST_CASES: u32 = 100;

/// Lets an agent act for the person of the grant; given again under its id it is the same one.
#[utoipa::path(post, path = "/v1/authorities", tag = "kiosk", request_body = AuthorityRequest,
    responses((status = 200, body = AuthorityView), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 409, body = Problem, description = "another authority has this id"), (status = 422, body = Problem)))]
pub(crate) async fn give(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<AuthorityView>> {
    let (kiosk, asked, grant) =
        auth::resident(&app, request, |asked: &AuthorityRequest| &asked.grant).await?;
    let authority = asked.authority;
    let number = own_number(&app, &asked.grant, &grant)?;
    if !same_number(&authority.principal.number, &number) {
        return Err(refused(NotAllowed::OtherPrincipal, "authority.principal"));
    }
    if authority.form != AuthorityForm::Electronic {
        let reason = "what is given to the city is electronic";
        return Err(BadField::new("authority.form", reason).into());
    }
    let policy = app.published().policy.people.clone();
    let sound = authority.check(policy.authority_days);
    sound.map_err(|why| refused(why, "authority"))?;
    if authority.valid_to < civil(app.now()).date() {
        return Err(refused(NotAllowed::Expired, "authority.validTo"));
    }
    for code in &authority.items {
        let item = door::item(&app, code, &kiosk).await?;
        if !item.proxy.allowed {
            return Err(refused(NotAllowed::Item, "authority.items"));
        }
        auth::need_level(&grant, level(&item))?;
    }
    let row = proxy::row(&app, &authority, grant.person, true)?;
    let told = proxy::told(row.id, &row.agent, &row.principal, &authority.actions);
    let kind = EventKind::AuthorityGiven;
    let event = Event::new(app.now(), kind, &kiosk.id, told).at_kiosk(&kiosk);
    if app.store.give_authority(row.clone(), event).await? {
        return Ok(Json(shown(authority, &row, true)));
    }
    let known = app.store.authority(row.id).await?;
    let known = known.filter(|known| known.given && known.principal == grant.person);
    match known {
        Some(known) if proxy::open(&app.keys.master, &known)? == authority => {
            Ok(Json(shown(authority, &known, true)))
        }
        Some(_) | None => Err(Failure::new(ProblemCode::OtherContent)
            .detail("another authority has this id")
            .field("authority.id")),
    }
}

fn refused(why: NotAllowed, field: &str) -> Failure {
    Failure::new(ProblemCode::Forbidden)
        .detail(why.to_string())
        .field(field)
}

fn shown(authority: Authority, row: &AuthorityRow, own: bool) -> AuthorityView {
    AuthorityView {
        authority,
        own,
        given: row.given,
        made: row.made,
        revoked: row.revoked,
    }
}

/// What the person of the grant gave and got.
#[utoipa::path(post, path = "/v1/authorities/mine", tag = "kiosk", request_body = GrantRequest,
    responses((status = 200, body = AuthoritiesAnswer), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn mine(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<AuthoritiesAnswer>> {
    let (kiosk, _, grant) =
        auth::resident(&app, request, |asked: &GrantRequest| &asked.grant).await?;
    // Two names and their matters are more than the card alone may show.
    auth::need_level(&grant, IdentityLevel::IdCardFace)?;
    let rows = app.store.authorities_of(grant.person, MOST).await?;
    let mut authorities = Vec::with_capacity(rows.len());
    for row in rows {
        let authority = proxy::open(&app.keys.master, &row)?;
        authorities.push(shown(authority, &row, row.principal == grant.person));
    }
    let detail = format!("{} authorities", authorities.len());
    let kind = EventKind::AuthoritiesRead;
    app.note(None, Some(&kiosk), kind, &kiosk.id, detail)
        .await?;
    Ok(Json(AuthoritiesAnswer { authorities }))
}

/// Takes an authority back; the agent may do nothing by it from now on.
#[utoipa::path(post, path = "/v1/authorities/{id}/revoke", tag = "kiosk", params(("id" = String, Path)),
    request_body = GrantRequest,
    responses((status = 200, body = AuthorityView), (status = 401, body = Problem), (status = 404, body = Problem),
              (status = 422, body = Problem)))]
pub(crate) async fn revoke(
    State(app): Shared,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Answer<Json<AuthorityView>> {
    let (kiosk, _, grant) =
        auth::resident(&app, request, |asked: &GrantRequest| &asked.grant).await?;
    let id = parse_id(&id)?;
    let kind = EventKind::AuthorityRevoked;
    let event = Event::new(app.now(), kind, &kiosk.id, id.to_string()).at_kiosk(&kiosk);
    let revoked = app.store.revoke_authority(id, grant.person, event).await?;
    let row = revoked.ok_or_else(nothing)?;
    let authority = proxy::open(&app.keys.master, &row)?;
    Ok(Json(shown(authority, &row, true)))
}

fn nothing() -> Failure {
    Failure::new(ProblemCode::NotFound).detail("no authority of this person has this id")
}

/// The principal's matters of the items named, for the agent while the authority stands.
#[utoipa::path(post, path = "/v1/authorities/{id}/cases", tag = "kiosk", params(("id" = String, Path)),
    request_body = GrantRequest,
    responses((status = 200, body = PrincipalCasesAnswer), (status = 401, body = Problem),
              (status = 403, body = Problem, description = "expired or revoked"), (status = 404, body = Problem),
              (status = 422, body = Problem)))]
pub(crate) async fn principal_cases(
    State(app): Shared,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Answer<Json<PrincipalCasesAnswer>> {
    let (kiosk, _, grant) =
        auth::resident(&app, request, |asked: &GrantRequest| &asked.grant).await?;
    let row = app.store.authority(parse_id(&id)?).await?;
    let row = row.filter(|row| row.agent == grant.person);
    let row = row.ok_or_else(nothing)?;
    if row.revoked.is_some() {
        return Err(Failure::new(ProblemCode::Forbidden).detail("the principal revoked it"));
    }
    let authority = proxy::open(&app.keys.master, &row)?;
    let lasts = authority.lasts(civil(app.now()).date());
    lasts.map_err(|why| refused(why, "id"))?;
    let mut cases = Vec::new();
    for case in app.store.cases_of(row.principal, MOST_CASES).await? {
        let named = case.item.as_ref();
        if named.is_none_or(|item| !authority.items.contains(item)) || case.level > grant.level {
            continue;
        }
        let file = CaseFile::open(case, &app.keys.master)?;
        let item = app.item_of(&file).await?;
        let item = item.as_ref().map(|item| item.filed.as_ref());
        cases.push(view::case_view(&app, &file, item).await?);
    }
    read_for(&app, &kiosk, &row, cases.len()).await?;
    Ok(Json(PrincipalCasesAnswer { cases }))
}

async fn read_for(app: &App, kiosk: &KioskRow, row: &AuthorityRow, cases: usize) -> Answer<()> {
    let told = proxy::told(row.id, &row.agent, &row.principal, &[]);
    let detail = format!("{cases} cases: {told}");
    let kind = EventKind::CasesRead;
    app.note(None, Some(kiosk), kind, &kiosk.id, detail).await?;
    Ok(())
}
