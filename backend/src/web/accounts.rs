//! Accounts of staff: logging in and out, making and closing, roles, training, passwords, and what auditors read.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::routing::{get, post};
use serde::Deserialize;

use city_api::requests::staff::{
    AccountRequest, AccountView, AccountsAnswer, EventsAnswer, PasswordRequest, RolesRequest,
    ScopeRequest, SessionAnswer, SessionRequest, TrainingRequest,
};
use city_api::requests::{BadField, MAX_BODY_BYTES, Private, Problem, ProblemCode, paths};
use city_catalogue::case::EventKind;
use city_catalogue::policy::{StaffPolicy, StaffRole, WindowScope};

use super::auth::{self, Staff};
use super::body::Whole;
use super::error::{Answer, Failure, internal};
use super::rate::Asker;
use super::{Area, Shared, area};
use crate::app::App;
use crate::clock::after;
use crate::password;
use crate::secret::{new_token, token_hash};
use crate::store::{AccountChange, AccountRow, Event, SessionRow};

area!(
    log_in, log_out: paths::SESSIONS => post(log_in).delete(log_out),
    accounts, make: paths::ACCOUNTS => get(accounts).post(make),
    close: "/v1/accounts/{name}/close" => post(close),
    roles: "/v1/accounts/{name}/roles" => post(roles),
    training: "/v1/accounts/{name}/training" => post(training),
    scope: "/v1/accounts/{name}/scope" => post(scope),
    password: "/v1/accounts/{name}/password" => post(password),
    unlock: "/v1/accounts/{name}/unlock" => post(unlock),
    events: paths::EVENTS => get(events),
);

/// Most accounts in an answer.
const MOST_ACCOUNTS: u32 = 1000;
/// Most events in an answer.
const MOST_EVENTS: u32 = 500;

/// Begins a session in one role of the account.
#[utoipa::path(post, path = "/v1/sessions", tag = "staff", request_body = SessionRequest,
    responses((status = 200, body = SessionAnswer), (status = 401, body = Problem),
              (status = 403, body = Problem, description = "not this role, or no valid training record"),
              (status = 422, body = Problem), (status = 429, body = Problem, description = "locked")))]
pub(crate) async fn log_in(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<SessionAnswer>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let asked: SessionRequest = request.json()?;
    let asker = Asker::LogIn(request.origin().address);
    app.rates.take(asker, app.now())?;
    let policy = app.published().policy.staff.clone();
    let account = proven(&app, &policy, &asked.name, &asked.password, "password").await?;
    let role = role(&account, asked.role)?;
    if !auth::is_trained(&policy, &account, role, app.now()) {
        let event = Event::new(
            app.now(),
            EventKind::LogInRefused,
            &account.name,
            "no valid training",
        );
        app.store.note(None, event).await?;
        return Err(Failure::new(ProblemCode::Forbidden)
            .detail("the training record of this account is not valid")
            .field("role"));
    }
    let (token, hash) = new_token();
    let now = app.now();
    let answer = SessionAnswer {
        token: Private::new(token),
        role,
        body: account.body.clone(),
        valid_until: after(now, 60 * i64::from(policy.session_minutes)),
    };
    let event = Event::new(now, EventKind::LoggedIn, &account.name, role.as_str());
    let event = event.of_body(&account.body);
    let index = login_index(&app, &account.name);
    let session = SessionRow {
        account,
        role,
        begun: now,
        seen: now,
    };
    app.store
        .begin_session(hash, index, session, policy, event)
        .await?;
    Ok(Json(answer))
}

/// The account of this name and password; `field` is where the password stands in the request.
///
/// The try is counted before the password is compared, so that tries made at once are counted too.
async fn proven(
    app: &App,
    policy: &StaffPolicy,
    name: &str,
    tried: &Private,
    field: &str,
) -> Answer<AccountRow> {
    let index = login_index(app, name);
    let locked = app
        .store
        .count_try(index, policy.clone(), app.now())
        .await?;
    if let Some(until) = locked {
        let seconds = until.duration_since(app.now()).as_secs().max(1);
        return Err(Failure::new(ProblemCode::TooMany)
            .detail(format!(
                "too many wrong tries: none is taken before {until}"
            ))
            .after(u32::try_from(seconds).unwrap_or(u32::MAX)));
    }
    let account = app.store.account(name.to_owned()).await?;
    let account = account.filter(|account| account.closed.is_none());
    let kept = account.as_ref().map(|account| account.password.clone());
    let tried = tried.clone();
    let compared =
        tokio::task::spawn_blocking(move || password::is_right(tried.reveal(), kept.as_deref()));
    let right = compared
        .await
        .map_err(|error| internal(&error))?
        .map_err(|error| internal(&error))?;
    match account {
        Some(account) if right => {
            app.store.forget_tries(index).await?;
            Ok(account)
        }
        account => {
            // A name that is none may be a password typed in the wrong place: it is not noted.
            if let Some(account) = account {
                let kind = EventKind::LogInRefused;
                app.note(None, None, kind, account.name, "wrong password")
                    .await?;
            }
            Err(Failure::new(ProblemCode::Unauthorised)
                .detail("name or password is wrong")
                .field(field))
        }
    }
}

fn login_index(app: &App, name: &str) -> [u8; 32] {
    app.keys.master.code("login", name)
}

/// The role asked for, or the only one.
fn role(account: &AccountRow, asked: Option<StaffRole>) -> Answer<StaffRole> {
    match (asked, account.roles.as_slice()) {
        (Some(role), held) if held.contains(&role) => Ok(role),
        (None, [only]) => Ok(*only),
        (None, [_, ..]) => {
            Err(BadField::new("role", "the account has several roles: name one").into())
        }
        (Some(_), _) | (None, []) => Err(Failure::new(ProblemCode::Forbidden)
            .detail("the account does not have this role")
            .field("role")),
    }
}

/// Ends the session of the token.
#[utoipa::path(delete, path = "/v1/sessions", tag = "staff",
    responses((status = 204), (status = 401, body = Problem)))]
pub(crate) async fn log_out(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<axum::http::StatusCode> {
    let request = Whole::read(request, 0).await?;
    let staff = auth::staff(&app, &request).await?;
    let token = token_hash(auth::bearer(&request)?);
    let event = Event::new(app.now(), EventKind::LoggedOut, staff.person, "");
    app.store.end_session(token, event).await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}

/// All accounts, closed ones too.
#[utoipa::path(get, path = "/v1/accounts", tag = "staff",
    responses((status = 200, body = AccountsAnswer), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn accounts(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<AccountsAnswer>> {
    let request = Whole::read(request, 0).await?;
    let may = [
        StaffRole::System,
        StaffRole::Security,
        StaffRole::Audit,
        StaffRole::Supervisor,
    ];
    auth::role(&app, &request, &may, "list accounts").await?;
    let accounts = app.store.accounts(MOST_ACCOUNTS).await?;
    Ok(Json(AccountsAnswer {
        accounts: accounts.into_iter().map(AccountRow::view).collect(),
    }))
}

/// A new account: it can do nothing until role `security` gives it a role.
#[utoipa::path(post, path = "/v1/accounts", tag = "staff", request_body = AccountRequest,
    responses((status = 200, body = AccountView), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 409, body = Problem, description = "the name was used before"), (status = 422, body = Problem)))]
pub(crate) async fn make(State(app): Shared, request: Request<Body>) -> Answer<Json<AccountView>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let staff = auth::role(&app, &request, &[StaffRole::System], "make an account").await?;
    let asked: AccountRequest = request.json()?;
    if app.published().catalogue.department(&asked.body).is_none() {
        return Err(BadField::new("body", "is not a body of the catalogue").into());
    }
    let account = AccountRow {
        password: hashed(&app, &asked.name, asked.password, "password").await?,
        name: asked.name,
        body: asked.body,
        roles: Vec::new(),
        scope: WindowScope::default(),
        trained_until: None,
        created: app.now(),
        created_by: staff.person.clone(),
        closed: None,
    };
    let event = Event::new(
        app.now(),
        EventKind::AccountMade,
        staff.person,
        &account.name,
    );
    if !app.store.add_account(account.clone(), event).await? {
        return Err(Failure::new(ProblemCode::OtherContent)
            .detail("this name was used before")
            .field("name"));
    }
    Ok(Json(account.view()))
}

/// The hash of a new password that is long enough.
async fn hashed(app: &App, name: &str, new: Private, field: &str) -> Answer<String> {
    let policy = &app.published().policy.staff;
    password::check(policy, name, new.reveal()).map_err(|reason| BadField::new(field, reason))?;
    tokio::task::spawn_blocking(move || password::hash(new.reveal()))
        .await
        .map_err(|error| internal(&error))?
        .map_err(|error| internal(&error))
}

/// Closes an account for ever; its sessions end.
#[utoipa::path(post, path = "/v1/accounts/{name}/close", tag = "staff", params(("name" = String, Path)),
    responses((status = 200, body = AccountView), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
pub(crate) async fn close(
    State(app): Shared,
    Path(name): Path<String>,
    request: Request<Body>,
) -> Answer<Json<AccountView>> {
    let request = Whole::read(request, 0).await?;
    let staff = auth::role(&app, &request, &[StaffRole::System], "close an account").await?;
    change(
        &app,
        &staff,
        name,
        AccountChange::Close,
        EventKind::AccountClosed,
        "",
    )
    .await
}

/// Gives and takes roles; which may be held together is the city's policy.
#[utoipa::path(post, path = "/v1/accounts/{name}/roles", tag = "staff", params(("name" = String, Path)),
    request_body = RolesRequest,
    responses((status = 200, body = AccountView), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn roles(
    State(app): Shared,
    Path(name): Path<String>,
    request: Request<Body>,
) -> Answer<Json<AccountView>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let staff = auth::role(&app, &request, &[StaffRole::Security], "give roles").await?;
    let asked: RolesRequest = request.json()?;
    if !app.published().policy.staff.allows(&asked.roles) {
        return Err(BadField::new("roles", "one person must not hold these together").into());
    }
    if staff.person == name {
        return Err(
            Failure::new(ProblemCode::SamePerson).detail("nobody gives roles to their own account")
        );
    }
    let names: Vec<&str> = asked.roles.iter().map(|role| role.as_str()).collect();
    let names = names.join(" ");
    let change_to = AccountChange::Roles(asked.roles);
    change(&app, &staff, name, change_to, EventKind::RolesGiven, &names).await
}

/// Keeps a training record.
#[utoipa::path(post, path = "/v1/accounts/{name}/training", tag = "staff", params(("name" = String, Path)),
    request_body = TrainingRequest,
    responses((status = 200, body = AccountView), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn training(
    State(app): Shared,
    Path(name): Path<String>,
    request: Request<Body>,
) -> Answer<Json<AccountView>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let may = [StaffRole::Supervisor];
    let staff = auth::role(&app, &request, &may, "keep a training record").await?;
    let asked: TrainingRequest = request.json()?;
    let until = asked.until.to_string();
    let change_to = AccountChange::Trained(asked.until);
    change(
        &app,
        &staff,
        name,
        change_to,
        EventKind::TrainingKept,
        &until,
    )
    .await
}

/// Says at which stations an officer of a window takes in which items (R33).
#[utoipa::path(post, path = "/v1/accounts/{name}/scope", tag = "staff", params(("name" = String, Path)),
    request_body = ScopeRequest,
    responses((status = 200, body = AccountView), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn scope(
    State(app): Shared,
    Path(name): Path<String>,
    request: Request<Body>,
) -> Answer<Json<AccountView>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let may = [StaffRole::Supervisor];
    let staff = auth::role(&app, &request, &may, "set what a window takes in").await?;
    let asked: ScopeRequest = request.json()?;
    let published = app.published();
    for station in asked.stations.iter().flatten() {
        if published.catalogue.station(station).is_none() {
            return Err(BadField::new("stations", "names a station that is none").into());
        }
    }
    for code in asked.items.iter().flatten() {
        if app.kept_item(code, None).await?.is_none() {
            return Err(BadField::new("items", "names an item that is none").into());
        }
    }
    let count = |list: &Option<Vec<String>>| {
        let count = list.as_ref().map(Vec::len);
        count.map_or_else(|| "all".to_owned(), |count| count.to_string())
    };
    let detail = format!(
        "{} stations, {} items",
        count(&asked.stations),
        count(&asked.items)
    );
    let change_to = AccountChange::Scope(WindowScope {
        stations: asked.stations,
        items: asked.items,
    });
    change(&app, &staff, name, change_to, EventKind::ScopeSet, &detail).await
}

/// Another password, by its owner with the old one, or by role `system` without.
#[utoipa::path(post, path = "/v1/accounts/{name}/password", tag = "staff", params(("name" = String, Path)),
    request_body = PasswordRequest,
    responses((status = 200, body = AccountView), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn password(
    State(app): Shared,
    Path(name): Path<String>,
    request: Request<Body>,
) -> Answer<Json<AccountView>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let staff = auth::staff(&app, &request).await?;
    let asked: PasswordRequest = request.json()?;
    if staff.person == name {
        let old = asked
            .old
            .as_ref()
            .ok_or_else(|| BadField::new("old", "is missing"))?;
        let policy = app.published().policy.staff.clone();
        proven(&app, &policy, &name, old, "old").await?;
    } else {
        auth::need(&app, &staff, &[StaffRole::System], "set a password").await?;
    }
    let hash = hashed(&app, &name, asked.new, "new").await?;
    let change_to = AccountChange::Password(hash);
    change(&app, &staff, name, change_to, EventKind::PasswordSet, "").await
}

/// Takes the lock of wrong tries away.
#[utoipa::path(post, path = "/v1/accounts/{name}/unlock", tag = "staff", params(("name" = String, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn unlock(
    State(app): Shared,
    Path(name): Path<String>,
    request: Request<Body>,
) -> Answer<axum::http::StatusCode> {
    let request = Whole::read(request, 0).await?;
    let staff = auth::role(&app, &request, &[StaffRole::Security], "unlock an account").await?;
    app.store.forget_tries(login_index(&app, &name)).await?;
    if app.store.account(name.clone()).await?.is_some() {
        let kind = EventKind::AccountUnlocked;
        app.note(None, None, kind, staff.person, name).await?;
    }
    Ok(axum::http::StatusCode::NO_CONTENT)
}

async fn change(
    app: &Arc<App>,
    staff: &Staff,
    name: String,
    change: AccountChange,
    kind: EventKind,
    detail: &str,
) -> Answer<Json<AccountView>> {
    let nothing =
        || Failure::new(ProblemCode::NotFound).detail("there is no open account of this name");
    if app.store.account(name.clone()).await?.is_none() {
        return Err(nothing());
    }
    let event = Event::new(
        app.now(),
        kind,
        &staff.person,
        format!("{name} {detail}").trim(),
    );
    let changed = app
        .store
        .change_account(name.clone(), change, event)
        .await?;
    if !changed {
        return Err(nothing());
    }
    let account = app.store.account(name).await?.ok_or_else(nothing)?;
    Ok(Json(account.view()))
}

/// Which events are asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct EventsAsked {
    /// Only those after this number.
    #[serde(default)]
    #[param(value_type = i64, minimum = 0, maximum = 4294967295_i64)]
    after: u32,
    /// Only those of this case: id of the packet that opened it.
    #[serde(default)]
    #[param(value_type = Option<String>, format = Uuid)]
    case: Option<uuid::Uuid>,
}

/// What happened, for auditors; that they read it is an event too.
#[utoipa::path(get, path = "/v1/events", tag = "staff", params(EventsAsked),
    responses((status = 200, body = EventsAnswer), (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem)))]
pub(crate) async fn events(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<EventsAnswer>> {
    let mut request = Whole::read(request, 0).await?;
    let staff = auth::role(&app, &request, &[StaffRole::Audit], "read events").await?;
    let Query(asked) = request
        .extract::<Query<EventsAsked>>()
        .await
        .map_err(|error| Failure::new(ProblemCode::Unreadable).detail(error.body_text()))?;
    let events = app
        .store
        .events(asked.after, asked.case, MOST_EVENTS)
        .await?;
    let detail = format!("{} events after {}", events.len(), asked.after);
    let kind = EventKind::EventsRead;
    app.note(asked.case, None, kind, staff.person, detail)
        .await?;
    Ok(Json(EventsAnswer { events }))
}
