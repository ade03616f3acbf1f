//! Tickets of the hall, its counters and its screen (`specs/domain.md` 5.4).

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::routing::{get, post};

use jiff::Timestamp;

use city_api::requests::hall::{
    CallView, CounterAnswer, CounterRequest, HallAnswer, MergedTicket, Press, RangeAnswer,
    RangeRequest, ReportAnswer, ReportRequest, TicketRequest, TicketView, WaitsAnswer,
};
use city_api::requests::identity::IdentityLevel;
use city_api::requests::outcome::CaseState;
use city_api::requests::{BadField, MAX_BODY_BYTES, Problem, ProblemCode, Words, paths};
use city_catalogue::hall::{CallError, Letter, TicketNumber, TicketState, calibrate, estimate};
use city_catalogue::policy::StaffRole;
use city_catalogue::record::Station;

use super::auth::{self, Staff};
use super::body::Whole;
use super::error::{Answer, Failure};
use super::{Area, Shared, area};
use crate::app::App;
use crate::clock::{after, civil};
use crate::door;
use crate::store::{Call, Counter, CounterAct, KioskRow, Reported, TicketRow};

area!(
    take: paths::TICKETS => post(take),
    reserve: paths::TICKET_RANGES => post(reserve),
    report: paths::TICKET_REPORTS => post(report),
    press: "/v1/stations/{station}/counters/{counter}" => post(press),
    readmit: "/v1/stations/{station}/tickets/{number}/readmit" => post(readmit),
    hall: "/v1/stations/{station}/hall" => get(hall),
    waits: "/v1/stations/{station}/waits" => get(waits),
);

/// Days ahead of which a kiosk reserves numbers: it may be alone for a week.
const RANGE_DAYS: i64 = 7;
/// Seconds after which what was done without the city is reported no more.
const REPORT_SECONDS: i64 = 7 * 24 * 60 * 60;
/// Seconds of a day.
const DAY_SECONDS: i64 = 24 * 60 * 60;
/// Calls on the screen of a hall.
const SHOWN_CALLS: u32 = 4;
/// Most cases of a person that are looked at.
const MOST_CASES: u32 = 100;

/// When somebody came to a kiosk that reports it now: now, where its clock is ahead, which costs nobody their place;
/// None for what was done too long ago.
pub(super) fn came(at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    (at >= after(now, -REPORT_SECONDS)).then(|| at.min(now))
}

/// A ticket as anybody may see it.
pub(super) fn ticket_view(row: &TicketRow) -> TicketView {
    TicketView {
        number: row.number,
        item: row.item.as_ref().map(|(code, _)| code.clone()),
        arrived: row.arrived,
        state: row.state,
        counter: row.counter,
        calls: row.calls,
        ahead: row.ahead,
        likely_seconds: row.told.map(|told| told.likely),
        optimistic_seconds: row.told.map(|told| told.optimistic),
    }
}

fn call_view(call: &Call) -> CallView {
    CallView {
        number: call.number,
        counter: call.counter,
        at: call.at,
    }
}

/// Handling code and version of the matter somebody came for.
async fn matter(
    app: &App,
    kiosk: &KioskRow,
    code: Option<String>,
) -> Answer<Option<(String, u32)>> {
    let Some(code) = code else { return Ok(None) };
    let item = door::item(app, &code, kiosk).await?;
    Ok(Some((code, item.version)))
}

/// A ticket of the next number at the kiosk's station.
#[utoipa::path(post, path = "/v1/tickets", tag = "kiosk", request_body = TicketRequest,
    responses((status = 200, body = TicketView), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn take(State(app): Shared, request: Request<Body>) -> Answer<Json<TicketView>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let kiosk = auth::kiosk(&app, &request).await?;
    let asked: TicketRequest = request.json()?;
    if let Some(token) = asked
        .grant
        .as_ref()
        .filter(|_| asked.letter == Letter::Returned)
    {
        let grant = auth::grant(&app, &kiosk, token, IdentityLevel::IdCard).await?;
        let cases = app.store.cases_of(grant.person, MOST_CASES).await?;
        if !cases.iter().any(|case| case.state == CaseState::Correction) {
            return Err(Failure::new(ProblemCode::Forbidden)
                .detail("no case of this person waits for a correction")
                .field("letter"));
        }
    }
    if counters(&app, &kiosk.station)? == 0 {
        return Err(Failure::new(ProblemCode::NotFound).detail("this station has no counter"));
    }
    let now = app.now();
    // The store draws the number.
    let number = TicketNumber {
        letter: asked.letter,
        number: 0,
    };
    let mut ticket = TicketRow::new(asked.id, &kiosk.station, number, now);
    ticket.item = matter(&app, &kiosk, asked.item).await?;
    ticket.kiosk = Some(kiosk.id);
    let policy = app.published().policy.hall.clone();
    let taken = app.store.take_ticket(ticket, now, policy).await?;
    Ok(Json(ticket_view(&taken)))
}

/// Numbers that the kiosk may give without the city.
#[utoipa::path(post, path = "/v1/tickets/ranges", tag = "kiosk", request_body = RangeRequest,
    responses((status = 200, body = RangeAnswer), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn reserve(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<RangeAnswer>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let kiosk = auth::kiosk(&app, &request).await?;
    let asked: RangeRequest = request.json()?;
    let now = app.now();
    let last = civil(after(now, RANGE_DAYS * DAY_SECONDS)).date();
    if asked.day < civil(now).date() || asked.day > last {
        return Err(BadField::new("day", "is not today or one of the next seven days").into());
    }
    let numbers = app.published().policy.hall.range_numbers;
    let place = (asked.day, asked.letter);
    let range = app.store.reserve(kiosk, place, asked.beyond, numbers, now);
    let (first, last) = range.await?;
    Ok(Json(RangeAnswer { first, last }))
}

/// Takes tickets into the queue that the kiosk gave without the city.
#[utoipa::path(post, path = "/v1/tickets/reports", tag = "kiosk", request_body = ReportRequest,
    responses((status = 200, body = ReportAnswer), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn report(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<ReportAnswer>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let kiosk = auth::kiosk(&app, &request).await?;
    let asked: ReportRequest = request.json()?;
    let now = app.now();
    let mut reported = Vec::with_capacity(asked.tickets.len());
    for ticket in asked.tickets {
        // One that is left out costs the others nothing.
        let Some(arrived) = came(ticket.arrived, now) else {
            continue;
        };
        // Its holder is here: a matter that went out of force meanwhile loses nobody their place.
        let kept = match &ticket.item {
            Some(code) => app.kept_item(code, None).await?,
            None => None,
        };
        let version = kept.map(|kept| kept.item.version);
        reported.push(Reported {
            id: ticket.id,
            number: ticket.number,
            arrived,
            item: ticket.item.zip(version),
        });
    }
    let ids: Vec<_> = reported.iter().map(|ticket| ticket.id).collect();
    let numbers = app.store.merge_tickets(kiosk, reported, now).await?;
    let merged = ids.into_iter().zip(numbers);
    Ok(Json(ReportAnswer {
        tickets: merged
            .map(|(id, number)| MergedTicket { id, number })
            .collect(),
    }))
}

/// Counters of a station; 404 for a station that is none.
fn counters(app: &App, station: &str) -> Answer<u16> {
    of_station(app, station, |at| at.windows)
}

/// Name of a station; 404 for a station that is none.
fn name(app: &App, station: &str) -> Answer<Words> {
    of_station(app, station, |at| Words::new(&at.zh, &at.en))
}

fn of_station<T>(app: &App, station: &str, what: impl Fn(&Station) -> T) -> Answer<T> {
    let published = app.published();
    let found = published.catalogue.station(station).map(what);
    found.ok_or_else(|| Failure::new(ProblemCode::NotFound).detail("no such station"))
}

/// The counter of a clerk at a station.
async fn counter(app: &App, request: &Whole, station: String, number: &str) -> Answer<Counter> {
    let clerk = clerk(app, request).await?;
    let last = counters(app, &station)?;
    let found = number
        .parse()
        .ok()
        .filter(|number| (1..=last).contains(number));
    let nothing = || Failure::new(ProblemCode::NotFound).detail("no such counter at this station");
    Ok(Counter {
        counter: found.ok_or_else(nothing)?,
        station,
        person: clerk.person,
        body: clerk.body,
    })
}

/// Only windows call people (收受分离: who decides does not stand there).
async fn clerk(app: &App, request: &Whole) -> Answer<Staff> {
    auth::role(app, request, &[StaffRole::Window], "call people").await
}

/// What a clerk presses at a counter.
#[utoipa::path(post, path = "/v1/stations/{station}/counters/{counter}", tag = "officer",
    params(("station" = String, Path), ("counter" = String, Path)), request_body = CounterRequest,
    responses((status = 200, body = CounterAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn press(
    State(app): Shared,
    Path((station, number)): Path<(String, String)>,
    request: Request<Body>,
) -> Answer<Json<CounterAnswer>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let at = counter(&app, &request, station, &number).await?;
    let asked: CounterRequest = request.json()?;
    let act = match (asked.press, asked.to) {
        (Press::Next, _) => CounterAct::Next { after: asked.after },
        (Press::Recall, _) => CounterAct::Recall,
        (Press::Done, _) => CounterAct::Done,
        (Press::Park, _) => CounterAct::Park,
        (Press::Missed, _) => CounterAct::Missed,
        (Press::Forward, to) => {
            let all = 1..=counters(&app, &at.station)?;
            let to = to.filter(|to| all.contains(to));
            let to = to.ok_or_else(|| BadField::new("to", "is not a counter of this station"))?;
            CounterAct::Forward { to }
        }
    };
    let policy = app.published().policy.hall.clone();
    let done = app.store.at_counter(at, act, app.now(), policy).await?;
    let (ticket, waiting) = done.map_err(refused)?;
    Ok(Json(CounterAnswer {
        ticket: ticket.as_ref().map(ticket_view),
        waiting,
    }))
}

fn refused(error: CallError) -> Failure {
    let code = match error {
        CallError::NoTicket => ProblemCode::NotFound,
        CallError::SameCounter => ProblemCode::BadField,
        CallError::Nobody | CallError::TooFewCalls { .. } | CallError::NotAway(_) => {
            ProblemCode::WrongState
        }
    };
    let failure = Failure::new(code).detail(error.to_string());
    if error == CallError::SameCounter {
        return failure.field("to");
    }
    failure
}

/// Takes a parked or cancelled ticket of today back into the queue.
#[utoipa::path(post, path = "/v1/stations/{station}/tickets/{number}/readmit", tag = "officer",
    params(("station" = String, Path), ("number" = String, Path)),
    responses((status = 200, body = TicketView), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn readmit(
    State(app): Shared,
    Path((station, number)): Path<(String, String)>,
    request: Request<Body>,
) -> Answer<Json<TicketView>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let clerk = clerk(&app, &request).await?;
    counters(&app, &station)?;
    let number: Result<TicketNumber, _> = number.parse();
    let number = number.map_err(|_| refused(CallError::NoTicket))?;
    let at = Counter {
        station,
        counter: 0,
        person: clerk.person,
        body: clerk.body,
    };
    let row = app.store.readmit(at, number, app.now()).await?;
    Ok(Json(ticket_view(&row.map_err(refused)?)))
}

/// What the screen of a hall shows. Anybody may look: numbers name nobody.
#[utoipa::path(get, path = "/v1/stations/{station}/hall", tag = "open", params(("station" = String, Path)),
    responses((status = 200, body = HallAnswer), (status = 404, body = Problem)))]
pub(crate) async fn hall(
    State(app): Shared,
    Path(station): Path<String>,
) -> Answer<Json<HallAnswer>> {
    let name = name(&app, &station)?;
    let today = civil(app.now()).date();
    let rows = app.store.hall(station.clone(), today).await?;
    let policy = app.published().policy.hall.clone();
    let past = app
        .store
        .past_calls(station.clone(), policy.history_calls)
        .await?;
    let calls = app.store.last_calls(station, today, SHOWN_CALLS).await?;
    let mut waiting: BTreeMap<String, u32> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.state == TicketState::Waiting) {
        let letter = row.number.letter.as_str().to_owned();
        *waiting.entry(letter).or_default() += 1;
    }
    let in_state = |state| {
        let mut views: Vec<TicketView> = rows
            .iter()
            .filter(|row| row.state == state)
            .map(ticket_view)
            .collect();
        views.sort_by_key(|view| view.counter);
        views
    };
    let wait = estimate(&past, waiting.values().sum(), &policy);
    Ok(Json(HallAnswer {
        name,
        called: in_state(TicketState::Called),
        parked: in_state(TicketState::Parked),
        calls: calls.iter().map(call_view).collect(),
        likely_seconds: wait.map(|wait| wait.likely),
        optimistic_seconds: wait.map(|wait| wait.optimistic),
        waiting,
    }))
}

/// How far the estimates of waiting were right at a station.
#[utoipa::path(get, path = "/v1/stations/{station}/waits", tag = "officer", params(("station" = String, Path)),
    responses((status = 200, body = WaitsAnswer), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn waits(
    State(app): Shared,
    Path(station): Path<String>,
    request: Request<Body>,
) -> Answer<Json<WaitsAnswer>> {
    let request = Whole::read(request, 0).await?;
    auth::officer(&app, &request).await?;
    counters(&app, &station)?;
    let policy = app.published().policy.hall.clone();
    let past = app.store.past_calls(station, policy.history_calls).await?;
    let found = calibrate(&past);
    let percent = |count: u32| (count * 100).checked_div(found.told);
    Ok(Json(WaitsAnswer {
        told: found.told,
        within_likely_percent: percent(found.within_likely),
        likely_percent: policy.likely_percent.into(),
        within_optimistic_percent: percent(found.within_optimistic),
        optimistic_percent: policy.optimistic_percent.into(),
        mean_off_seconds: found.off_seconds.checked_div(found.told.into()),
    }))
}
