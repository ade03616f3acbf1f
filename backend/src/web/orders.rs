//! Work orders of bad ratings, and the public counts of all ratings (`specs/domain.md` 4.6, R59).

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::routing::{get, post};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

use city_api::requests::feedback::{
    BodyRatings, RatingsAnswer, WorkOrder, WorkOrderRequest, WorkOrdersAnswer,
};
use city_api::requests::officer::OfficerRole;
use city_api::requests::persons::GrantRequest;
use city_api::requests::{BadField, MAX_BODY_BYTES, Problem, ProblemCode};
use city_catalogue::case::EventKind;

use super::body::Whole;
use super::error::{Answer, Failure, internal};
use super::library::query;
use super::{Area, Shared, area, auth};
use crate::app::App;
use crate::clock::whole_days;
use crate::flow::Officer;
use crate::store::{CaseKey, CaseRow, DEFAULT_CHANNEL, Event, OrderRow, OrderState, Refusal};

area!(
    work_orders: "/v1/work-orders" => get(work_orders),
    own_work_orders: "/v1/persons/work-orders" => post(own_work_orders),
    work_order_act: "/v1/work-orders/{number}/{act}" => post(work_order_act),
    rating_counts: "/v1/ratings/counts" => get(rating_counts),
);

/// Most work orders in an answer.
const MOST: u32 = 200;
/// The place the rater's words are bound to.
pub(crate) fn words_place(contact: uuid::Uuid) -> String {
    format!("rating {contact}")
}

/// Open work orders of the officer's body; of all bodies for the one that runs the platform.
#[utoipa::path(get, path = "/v1/work-orders", tag = "officer",
    responses((status = 200, body = WorkOrdersAnswer), (status = 401, body = Problem)))]
pub(crate) async fn work_orders(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<WorkOrdersAnswer>> {
    let request = Whole::read(request, 0).await?;
    let officer = auth::officer(&app, &request).await?;
    let body = (officer.body != app.published().bureau).then_some(officer.body);
    let mut work_orders = Vec::new();
    for row in app.store.open_orders(body, MOST).await? {
        work_orders.push(view(&app, row).await?);
    }
    Ok(Json(WorkOrdersAnswer { work_orders }))
}

/// The work orders of a rater, with the replies.
#[utoipa::path(post, path = "/v1/persons/work-orders", tag = "kiosk", request_body = GrantRequest,
    responses((status = 200, body = WorkOrdersAnswer), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn own_work_orders(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<WorkOrdersAnswer>> {
    let (_, _, grant) = auth::resident(&app, request, |asked: &GrantRequest| &asked.grant).await?;
    let mut work_orders = Vec::new();
    for row in app.store.orders_of(grant.person, MOST).await? {
        let case = app.store.case(CaseKey::Id(row.case)).await?;
        if let Some(case) = case.filter(|case| case.level <= grant.level) {
            work_orders.push(view_in(&app, row, Some(&case))?);
        }
    }
    Ok(Json(WorkOrdersAnswer { work_orders }))
}

/// `call` (回访), `rectify` (整改), `explain`, `remove`: each with its words. Only an approver of the body that runs
/// the platform removes a rating, as mistaken or malicious.
#[utoipa::path(post, path = "/v1/work-orders/{number}/{act}", tag = "officer",
    params(("number" = String, Path), ("act" = String, Path)), request_body = WorkOrderRequest,
    responses((status = 200, body = WorkOrder), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn work_order_act(
    State(app): Shared,
    Path((number, act)): Path<(String, String)>,
    request: Request<Body>,
) -> Answer<Json<WorkOrder>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let officer = auth::officer(&app, &request).await?;
    let asked: WorkOrderRequest = request.json()?;
    let next = match act.as_str() {
        "call" => OrderState::Called,
        "rectify" => OrderState::Rectified,
        "explain" => OrderState::Explained,
        "remove" => OrderState::Removed,
        _ => return Err(nothing()),
    };
    let removes = officer.role == OfficerRole::Approver && officer.body == app.published().bureau;
    if next == OrderState::Removed && !removes {
        let why = "an approver of the body that runs the platform removes a rating";
        return Err(Failure::new(ProblemCode::Forbidden).detail(why));
    }
    let words = asked.words.reveal().as_bytes();
    let reply = app.keys.master.seal(&reply_place(&number), words);
    let reply = reply.map_err(|error| internal(&error))?;
    let detail = format!("{number}: {}", next.name());
    let kind = EventKind::OrderAnswered;
    let event = Event::new(app.now(), kind, &officer.person, detail).of_body(&officer.body);
    let change = Box::new(move |order| advance(order, next, &officer, reply));
    let row = app.store.change_order(number, change, event).await?;
    let row = row.ok_or_else(nothing)??;
    Ok(Json(view(&app, row).await?))
}

fn advance(
    mut order: OrderRow,
    next: OrderState,
    officer: &Officer,
    reply: Vec<u8>,
) -> Result<OrderRow, Refusal> {
    if order.body != officer.body && next != OrderState::Removed {
        let why = "the unit that was rated answers";
        return Err(Refusal::new(ProblemCode::Forbidden, why));
    }
    let follows = match (order.state, next) {
        (OrderState::Open, OrderState::Called | OrderState::Removed) => true,
        (OrderState::Called, _) => next != OrderState::Called && next != OrderState::Open,
        _ => false,
    };
    if !follows {
        let why = format!(
            "a work order that is {} is not {}",
            order.state.name(),
            next.name()
        );
        return Err(Refusal::new(ProblemCode::WrongState, why));
    }
    order.state = next;
    order.reply = Some(reply);
    Ok(order)
}

async fn view(app: &App, row: OrderRow) -> Answer<WorkOrder> {
    let case = app.store.case(CaseKey::Id(row.case)).await?;
    view_in(app, row, case.as_ref())
}

fn view_in(app: &App, row: OrderRow, case: Option<&CaseRow>) -> Answer<WorkOrder> {
    let open = |place: String, sealed: Option<Vec<u8>>| {
        let words = sealed.map(|sealed| app.keys.master.open_words(&place, &sealed));
        words.transpose().map_err(|error| internal(&error))
    };
    Ok(WorkOrder {
        words: open(words_place(row.contact), row.words)?,
        reply: open(reply_place(&row.number), row.reply)?,
        second_rating: matches!(row.state, OrderState::Rectified | OrderState::Explained),
        number: row.number,
        case_number: case.map(CaseRow::number).unwrap_or_default().to_owned(),
        body: app.body(&row.body),
        level: row.level,
        reasons: row.reasons,
        state: row.state.name().to_owned(),
        opened: row.opened,
        call_by: row.call_by,
        rectify_by: row.rectify_by,
        late: row.late,
    })
}

/// The place a reply is bound to.
fn reply_place(number: &str) -> String {
    format!("order {number}")
}

/// A period by its first and last day.
#[derive(Debug, Deserialize)]
struct Days {
    from: Date,
    to: Date,
}

/// Ratings by body: levels, rate, defaults and suspicious praise apart, second ratings, work orders.
#[utoipa::path(get, path = "/v1/ratings/counts", tag = "open",
    params(("from" = String, Query, format = Date), ("to" = String, Query, format = Date)),
    responses((status = 200, body = RatingsAnswer), (status = 422, body = Problem)))]
pub(crate) async fn rating_counts(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<RatingsAnswer>> {
    let days: Days = query(request, "from and to are days, YYYY-MM-DD").await?;
    let (from, to) = period(&days)?;
    let mut bodies: BTreeMap<String, BodyRatings> = BTreeMap::new();
    let blank = |id: &str| BodyRatings {
        body: app.body(id),
        levels: [0; 5],
        satisfied_permille: None,
        by_default: 0,
        suspicious: 0,
        orders: 0,
        orders_done: 0,
        orders_late: 0,
    };
    for count in app.store.rating_counts(from, to).await? {
        let body = bodies
            .entry(count.body.clone())
            .or_insert_with(|| blank(&count.body));
        if count.channel == DEFAULT_CHANNEL {
            body.by_default += count.count;
        } else if count.suspicious {
            body.suspicious += count.count;
        } else {
            add(&mut body.levels, count.level, count.count);
        }
    }
    for count in app.store.order_counts(from, to).await? {
        let body = bodies
            .entry(count.body.clone())
            .or_insert_with(|| blank(&count.body));
        body.orders += count.count;
        body.orders_done += if count.state.is_open() {
            0
        } else {
            count.count
        };
        body.orders_late += if count.late { count.count } else { 0 };
    }
    let mut second = [0; 5];
    for (level, count) in app.store.second_ratings(from, to).await? {
        add(&mut second, level, count);
    }
    let bodies = bodies.into_values().map(|mut body| {
        body.satisfied_permille = satisfied(&body.levels);
        body
    });
    Ok(Json(RatingsAnswer {
        from: days.from,
        to: days.to,
        bodies: bodies.collect(),
        second,
    }))
}

fn add(levels: &mut [u64; 5], level: u8, count: u64) {
    let place = usize::from(level).checked_sub(1);
    if let Some(known) = place.and_then(|at| levels.get_mut(at)) {
        *known += count;
    }
}

/// Level 3 to 5 of all, in tenths of a percent.
fn satisfied(levels: &[u64; 5]) -> Option<u32> {
    let all: u64 = levels.iter().sum();
    let good: u64 = levels.iter().skip(2).sum();
    good.saturating_mul(1000)
        .checked_div(all)
        .and_then(|rate| u32::try_from(rate).ok())
}

fn period(days: &Days) -> Answer<(Timestamp, Timestamp)> {
    let bad = || BadField::new("query", "from and to are two days in order");
    if days.to < days.from {
        return Err(bad().into());
    }
    Ok(whole_days(days.from, days.to).ok_or_else(bad)?)
}

fn nothing() -> Failure {
    Failure::new(ProblemCode::NotFound).detail("there is no such work order or act")
}
