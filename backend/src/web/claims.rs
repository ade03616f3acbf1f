//! The queues of the departments: claiming, releasing, giving back, dead letters, routing by hand.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::routing::{get, post};

use city_api::requests::officer::{
    ActionAnswer, ClaimAnswer, DeadLetter, DeadLettersAnswer, ReturnRequest, Returned, RouteRequest,
};
use city_api::requests::{BadField, MAX_BODY_BYTES, Problem, paths};
use city_catalogue::case::EventKind;
use city_catalogue::policy::StaffRole;

use super::actions::{self, act};
use super::auth;
use super::body::Whole;
use super::error::Answer;
use super::tasks::{seen, task_view};
use super::{Area, Shared, area};
use crate::app::App;
use crate::file::CaseFile;
use crate::flow::{self, Ground, Officer};
use crate::publish::Published;
use crate::store::{CaseKey, Claim, Event, Refusal, TaskRow};

area!(
    next: paths::NEXT_TASK => post(next),
    claim: "/v1/tasks/{number}/claim" => post(claim),
    release: "/v1/tasks/{number}/release" => post(release),
    give_back: "/v1/tasks/{number}/return" => post(give_back),
    route: "/v1/tasks/{number}/route" => post(route),
    dead_letters: paths::DEAD_LETTERS => get(dead_letters),
);

/// Most dead letters in an answer.
const MOST_DEAD_LETTERS: u32 = 200;

/// Claims the most urgent task of the officer's body and role that nobody holds.
#[utoipa::path(post, path = "/v1/tasks/next", tag = "officer",
    responses((status = 200, body = ClaimAnswer), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn next(State(app): Shared, request: Request<Body>) -> Answer<Json<ClaimAnswer>> {
    let request = Whole::read(request, 0).await?;
    let officer = auth::officer(&app, &request).await?;
    let published = app.published();
    let ground = published.ground(app.now(), None);
    let claim = Claim {
        person: officer.person.clone(),
        body: officer.body.clone(),
        role: officer.role,
        now: ground.now,
        until: flow::lease_end(&ground),
    };
    let event = Event::new(ground.now, EventKind::TaskClaimed, &officer.person, "");
    let event = event.of_body(&officer.body);
    let Some((task, case)) = app.store.claim_next(claim, event).await? else {
        return Ok(Json(ClaimAnswer { task: None }));
    };
    let file = CaseFile::open(case, &app.keys.master)?;
    claimed(&app, &officer, &file, &task.number).await
}

/// The task as its officer sees it now; that it is seen is an event.
async fn claimed(
    app: &Arc<App>,
    officer: &Officer,
    file: &CaseFile,
    number: &str,
) -> Answer<Json<ClaimAnswer>> {
    let item = app.item_of(file).await?;
    let task = task_view(app, officer, number, file, item.as_ref());
    seen(app, officer, &[file]).await?;
    Ok(Json(ClaimAnswer { task }))
}

/// Claims this task, or renews the claim on it.
#[utoipa::path(post, path = "/v1/tasks/{number}/claim", tag = "officer", params(("number" = String, Path)),
    responses((status = 200, body = ClaimAnswer), (status = 401, body = Problem),
              (status = 403, body = Problem, description = "`same_person`: who accepted does not decide"),
              (status = 404, body = Problem),
              (status = 409, body = Problem, description = "`taken`: another officer works on it")))]
pub(crate) async fn claim(
    State(app): Shared,
    Path(number): Path<String>,
    request: Request<Body>,
) -> Answer<Json<ClaimAnswer>> {
    let request = Whole::read(request, 0).await?;
    let officer = auth::officer(&app, &request).await?;
    let (who, task) = (officer.clone(), number.clone());
    let file = on_task(&app, who, task, "claim", |file, who, task, ground| {
        flow::claim(&mut file.record, who, task, ground)
    })
    .await?;
    claimed(&app, &officer, &file, &number).await
}

/// Lets go of a task, for anybody of its body and role.
#[utoipa::path(post, path = "/v1/tasks/{number}/release", tag = "officer", params(("number" = String, Path)),
    responses((status = 200, body = ActionAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn release(
    State(app): Shared,
    Path(number): Path<String>,
    request: Request<Body>,
) -> Answer<Json<ActionAnswer>> {
    let request = Whole::read(request, 0).await?;
    let officer = auth::officer(&app, &request).await?;
    let file = on_task(
        &app,
        officer,
        number,
        "release",
        |file, who, task, ground| flow::release(&mut file.record, who, task, ground),
    )
    .await?;
    Ok(Json(actions::answer(&file)))
}

/// Gives a wrongly routed task back; it is routed again, or a supervisor routes it by hand. Its clock keeps running.
#[utoipa::path(post, path = "/v1/tasks/{number}/return", tag = "officer", params(("number" = String, Path)),
    request_body = ReturnRequest,
    responses((status = 200, body = ActionAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn give_back(
    State(app): Shared,
    Path(number): Path<String>,
    request: Request<Body>,
) -> Answer<Json<ActionAnswer>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let officer = auth::officer(&app, &request).await?;
    let asked: ReturnRequest = request.json()?;
    let published = app.published();
    let action = move |file: &mut CaseFile, who: &Officer, task: &str, ground: &Ground<'_>| {
        let item = file.item.clone();
        let may_handle = |body: &str| may_handle(&published, ground, item.as_deref(), body);
        let (reason, body) = (asked.reason, asked.body.as_deref());
        flow::give_back(
            &mut file.record,
            who,
            task,
            reason,
            body,
            &may_handle,
            ground,
        )
    };
    let file = on_task(&app, officer, number, "return", action).await?;
    Ok(Json(actions::answer(&file)))
}

/// What an officer does with one task of a case.
async fn on_task<F>(
    app: &Arc<App>,
    officer: Officer,
    number: String,
    what: &'static str,
    action: F,
) -> Answer<CaseFile>
where
    F: FnOnce(&mut CaseFile, &Officer, &str, &Ground<'_>) -> Result<(), Refusal> + Send + 'static,
{
    let (person, body) = (officer.person.clone(), officer.body.clone());
    let key = case_of(&number);
    act(
        app,
        key,
        Some((&person, &body, what)),
        move |file, ground| action(file, &officer, &number, ground),
    )
    .await
}

/// Whether a body may handle a case of the item: it takes part in its flow, or has a record of the same basic code.
fn may_handle(published: &Published, ground: &Ground<'_>, item: Option<&str>, body: &str) -> bool {
    let Some(handled) = ground.item.map(|item| &item.handled) else {
        return false;
    };
    let basic = handled.codes.basic.as_deref();
    let today = crate::clock::civil(ground.now).date();
    handled.involves(body)
        || published.catalogue.items().iter().any(|other| {
            other.department == body
                && other.in_force(today)
                && (other.codes.basic.as_deref() == basic || item == Some(other.code().as_str()))
        })
}

/// Routes a task by hand: a dead letter, or one that lies with the wrong body.
#[utoipa::path(post, path = "/v1/tasks/{number}/route", tag = "supervision", params(("number" = String, Path)),
    request_body = RouteRequest,
    responses((status = 200, body = ActionAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn route(
    State(app): Shared,
    Path(number): Path<String>,
    request: Request<Body>,
) -> Answer<Json<ActionAnswer>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let may = [StaffRole::Supervisor];
    let staff = auth::role(&app, &request, &may, "route by hand").await?;
    let asked: RouteRequest = request.json()?;
    if app.published().catalogue.department(&asked.body).is_none() {
        return Err(BadField::new("body", "is not a body of the catalogue").into());
    }
    let (person, task) = (staff.person.clone(), number.clone());
    let file = act(
        &app,
        case_of(&number),
        Some((&staff.person, &staff.body, "route by hand")),
        move |file, ground| {
            flow::route_by_hand(&mut file.record, &person, &task, &asked.body, ground)
        },
    )
    .await?;
    Ok(Json(actions::answer(&file)))
}

/// Tasks that went back too often, or to nobody.
#[utoipa::path(get, path = "/v1/dead-letters", tag = "supervision",
    responses((status = 200, body = DeadLettersAnswer), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn dead_letters(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<DeadLettersAnswer>> {
    let request = Whole::read(request, 0).await?;
    let may = [StaffRole::Supervisor];
    auth::role(&app, &request, &may, "list dead letters").await?;
    let rows = app.store.dead_letters(MOST_DEAD_LETTERS).await?;
    let mut letters = Vec::with_capacity(rows.len());
    for (task, case) in rows {
        let file = CaseFile::open(case, &app.keys.master)?;
        letters.extend(dead_letter(&app, &task, &file));
    }
    Ok(Json(DeadLettersAnswer { letters }))
}

fn dead_letter(app: &App, task: &TaskRow, file: &CaseFile) -> Option<DeadLetter> {
    let mut details = file.record.tasks.iter();
    let detail = details.find(|detail| detail.number == task.number)?;
    let returned = |returned: &crate::file::Return| Returned {
        at: returned.at,
        body: app.body(&returned.body),
        person: returned.person.clone(),
        reason: returned.reason.clone(),
        right: returned.right.clone(),
    };
    Some(DeadLetter {
        number: task.number.clone(),
        item: file.record.name.clone(),
        step: detail.name.clone(),
        body: app.body(&detail.body),
        opened: detail.opened.unwrap_or(file.received),
        due: detail.due,
        returns: detail.returns.iter().map(returned).collect(),
    })
}

/// The case that a task's number begins with.
pub(super) fn case_of(number: &str) -> CaseKey {
    let case = number.rsplit_once('-').map_or("", |(case, _)| case);
    CaseKey::Number(case.to_owned())
}
