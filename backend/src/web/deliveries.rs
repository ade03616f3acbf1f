//! 送达: officers hand results over, the post and lockers too; every move is one of the table.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::routing::{get, post};
use jiff::Timestamp;

use city_api::requests::deliveries::{
    DeliveriesAnswer, DeliveryTask, HandOutRequest, PostRequest, StoreRequest,
};
use city_api::requests::drafts::STATION_HEADER;
use city_api::requests::{MAX_BODY_BYTES, Problem, ProblemCode, paths};
use city_catalogue::case::{Actor, EventKind};
use city_catalogue::delivery::{self as table, Move};
use city_catalogue::policy::StaffRole;

use super::auth::{self, Staff};
use super::body::Whole;
use super::error::{Answer, Failure, internal};
use super::moves::{Found, carry, enter, found, next, stands};
use super::{Area, Shared, area};
use crate::app::App;
use crate::file::CaseFile;
use crate::handover;
use crate::store::{CaseKey, DeliveryRow, Event, KioskRow, Refusal, StoreError};

area!(
    deliveries: paths::DELIVERIES => get(deliveries),
    arrive: "/v1/deliveries/{number}/arrive" => post(arrive),
    store: "/v1/deliveries/{number}/locker" => post(store),
    hand_out: "/v1/deliveries/{number}/hand-out" => post(hand_out),
    send: "/v1/deliveries/{number}/post" => post(send),
    signed: "/v1/deliveries/{number}/signed" => post(signed),
    undelivered: "/v1/deliveries/{number}/undelivered" => post(undelivered),
    give_back: "/v1/deliveries/{number}/return" => post(give_back),
);

/// Most deliveries in an answer.
const MOST: u32 = 200;

/// Who hands results over.
const HANDS: [StaffRole; 3] = [StaffRole::Window, StaffRole::Officer, StaffRole::Approver];

/// Somebody who moves a delivery: at a window of a station, or in the body whose result it is.
struct Hand {
    person: String,
    body: String,
    /// The desk of the window's station; None in the body.
    desk: Option<KioskRow>,
}

impl Hand {
    async fn of(app: &App, request: &Whole, staff: Staff) -> Answer<Self> {
        let desk = match staff.role {
            StaffRole::Window => {
                let account = auth::window(app, request, "hand results over").await?;
                let station = request.header(STATION_HEADER).unwrap_or_default();
                Some(auth::at_station(app, account, station).await?.desk)
            }
            StaffRole::Officer
            | StaffRole::Approver
            | StaffRole::System
            | StaffRole::Security
            | StaffRole::Audit
            | StaffRole::Supervisor => None,
        };
        Ok(Self {
            person: staff.person,
            body: staff.body,
            desk,
        })
    }

    fn actor(&self) -> Actor {
        match self.desk {
            Some(_) => Actor::Window,
            None => Actor::Officer,
        }
    }

    fn station(&self) -> Option<&str> {
        self.desk.as_ref().map(|desk| desk.station.as_str())
    }

    fn event(&self, file: &CaseFile, now: Timestamp, detail: String) -> Event {
        let event = file.event(now, EventKind::DeliveryMoved, &self.person, detail);
        let event = event.of_body(&self.body);
        match &self.desk {
            Some(desk) => event.at_kiosk(desk),
            None => event,
        }
    }

    /// Refuses what lies at another station, or is another body's.
    fn has(&self, row: &DeliveryRow) -> Result<(), Refusal> {
        let (own, why) = match self.station() {
            Some(station) => (
                row.station.as_deref() == Some(station),
                "this result is not at this station",
            ),
            None => (
                row.body == self.body,
                "this result is another body's (越位)",
            ),
        };
        if own {
            Ok(())
        } else {
            Err(Refusal::new(ProblemCode::Forbidden, why))
        }
    }
}

/// What is not delivered: at the station of a window, else of the officer's body.
#[utoipa::path(get, path = "/v1/deliveries", tag = "officer",
    params(("city-station" = Option<String>, Header, description = "Station of the window; for officers of windows alone")),
    responses((status = 200, body = DeliveriesAnswer), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn deliveries(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<DeliveriesAnswer>> {
    let request = Whole::read(request, 0).await?;
    let staff = auth::role(&app, &request, &HANDS, "read deliveries").await?;
    let hand = Hand::of(&app, &request, staff).await?;
    let rows = match hand.station() {
        Some(station) => app.store.deliveries_at(station.to_owned(), MOST).await?,
        None => app.store.deliveries_of(hand.body.clone(), MOST).await?,
    };
    let mut deliveries = Vec::with_capacity(rows.len());
    let mut seen = Vec::with_capacity(rows.len());
    for row in rows {
        let case = app.store.case(CaseKey::Id(row.case)).await?;
        let Some(case) = case else { continue };
        let file = CaseFile::open(case, &app.keys.master)?;
        let event = hand.event(&file, app.now(), String::new());
        let kind = EventKind::DeliveriesRead;
        seen.push((row.case, Event { kind, ..event }));
        deliveries.push(task(&app, &file, &row)?);
    }
    if !seen.is_empty() {
        app.store.note_all(seen).await?;
    }
    Ok(Json(DeliveriesAnswer { deliveries }))
}

fn task(app: &App, file: &CaseFile, row: &DeliveryRow) -> Result<DeliveryTask, StoreError> {
    Ok(DeliveryTask {
        case_number: file
            .case_number
            .clone()
            .unwrap_or_else(|| file.filing_number.clone()),
        item: file.item.clone(),
        name: file.record.name.clone(),
        body: app.body(&row.body),
        delivery: handover::view(app, row)?,
        late: row.late,
        label: handover::label(file).filter(|_| row.ended.is_none()),
    })
}

/// Moves a delivery by the hand of an officer; asked for again, what is done is answered once more.
async fn turn<F>(
    app: &Arc<App>,
    (hand, found): (Hand, Found),
    (what, movement, actor): (&'static str, Move, Actor),
    detail: String,
    set: F,
) -> Answer<Json<DeliveryTask>>
where
    F: FnOnce(&Hand, &mut DeliveryRow) -> Result<(), Refusal> + Send + 'static,
{
    let now = app.now();
    let event = hand.event(&found.file, now, detail);
    let by = (actor, Some(hand.person.clone()));
    let change = move |row: &mut DeliveryRow| {
        // Where something arrives is where it is, whoever it was meant for.
        if movement != Move::Arrive {
            hand.has(row)?;
        }
        let next = next(row, movement, actor)?;
        set(&hand, row)?;
        enter(row, next, now);
        Ok(())
    };
    let row = carry(app, &found, (what, event), by, change).await?;
    Ok(Json(task(app, &found.file, &row)?))
}

/// It came to the station of this window, or was taken out of its locker there.
#[utoipa::path(post, path = "/v1/deliveries/{number}/arrive", tag = "officer",
    params(("number" = String, Path), ("city-station" = Option<String>, Header, description = "Station of the window")),
    responses((status = 200, body = DeliveryTask), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn arrive(
    State(app): Shared,
    Path(number): Path<String>,
    request: Request<Body>,
) -> Answer<Json<DeliveryTask>> {
    let request = Whole::read(request, 0).await?;
    let staff = auth::role(&app, &request, &HANDS, "hand results over").await?;
    let found = found(&app, number).await?;
    let hand = Hand::of(&app, &request, staff).await?;
    let (what, actor) = ("take a result in", hand.actor());
    let asked = (what, Move::Arrive, actor);
    turn(&app, (hand, found), asked, String::new(), |hand, row| {
        row.station = hand.station().map(str::to_owned);
        row.compartment = None;
        Ok(())
    })
    .await
}

/// It was put into a compartment; its code is sent to the applicant.
#[utoipa::path(post, path = "/v1/deliveries/{number}/locker", tag = "officer", request_body = StoreRequest,
    params(("number" = String, Path), ("city-station" = Option<String>, Header, description = "Station of the window")),
    responses((status = 200, body = DeliveryTask), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem),
              (status = 409, body = Problem, description = "`taken`: another result lies in the compartment"),
              (status = 422, body = Problem)))]
pub(crate) async fn store(
    State(app): Shared,
    Path(number): Path<String>,
    request: Request<Body>,
) -> Answer<Json<DeliveryTask>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let staff = auth::role(&app, &request, &HANDS, "hand results over").await?;
    let asked: StoreRequest = request.json()?;
    let found = found(&app, number).await?;
    let hand = Hand::of(&app, &request, staff).await?;
    stands(&app, &found.file).await?;
    let published = app.published();
    let lockers = &published.policy.delivery.lockers;
    let there = hand.station().and_then(|station| lockers.get(station));
    let (there, now) = (there.copied().unwrap_or_default(), app.now());
    let detail = format!("compartment {}", asked.compartment);
    let movement = ("put a result into a locker", Move::Store, hand.actor());
    turn(&app, (hand, found), movement, detail, move |_, row| {
        if asked.compartment > there {
            let why = "the locker of this station has no such compartment";
            return Err(Refusal::new(ProblemCode::BadField, why).field("compartment"));
        }
        let lies = row.state == table::State::InLocker;
        if lies && row.compartment != Some(asked.compartment) {
            let why = "it lies in another compartment: it is taken out first";
            return Err(Refusal::new(ProblemCode::WrongState, why).field("compartment"));
        }
        if !lies {
            row.compartment = Some(asked.compartment);
            (row.stored, row.wrong) = (Some(now), 0);
        }
        Ok(())
    })
    .await
}

/// Handed out to the person before the window, who proved that they are the applicant or may collect for them.
#[utoipa::path(post, path = "/v1/deliveries/{number}/hand-out", tag = "officer", request_body = HandOutRequest,
    params(("number" = String, Path), ("city-station" = Option<String>, Header, description = "Station of the window")),
    responses((status = 200, body = DeliveryTask), (status = 401, body = Problem),
              (status = 403, body = Problem, description = "neither the applicant nor an agent who may collect"),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn hand_out(
    State(app): Shared,
    Path(number): Path<String>,
    request: Request<Body>,
) -> Answer<Json<DeliveryTask>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let staff = auth::role(&app, &request, &HANDS, "hand results over").await?;
    let asked: HandOutRequest = request.json()?;
    let found = found(&app, number).await?;
    let hand = Hand::of(&app, &request, staff).await?;
    stands(&app, &found.file).await?;
    let told = match &hand.desk {
        Some(desk) => {
            let grant = auth::grant(&app, desk, &asked.grant, found.case.level).await?;
            handover::taker(&app, grant.person, &found.case).await?
        }
        None => None,
    };
    let movement = ("hand a result out", Move::HandOut, hand.actor());
    let known = told.is_some();
    let detail = told.unwrap_or_default();
    turn(&app, (hand, found), movement, detail, move |_, _| {
        if known {
            return Ok(());
        }
        let why =
            "the person before the window is neither the applicant nor an agent who may collect";
        Err(Refusal::new(ProblemCode::Forbidden, why).field("grant"))
    })
    .await
}

/// Posted to the address that the applicant confirmed.
#[utoipa::path(post, path = "/v1/deliveries/{number}/post", tag = "officer", request_body = PostRequest,
    params(("number" = String, Path), ("city-station" = Option<String>, Header, description = "Station of the window; for officers of windows alone")),
    responses((status = 200, body = DeliveryTask), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem),
              (status = 409, body = Problem, description = "posted already, or the applicant did not choose the post"),
              (status = 422, body = Problem)))]
pub(crate) async fn send(
    State(app): Shared,
    Path(number): Path<String>,
    request: Request<Body>,
) -> Answer<Json<DeliveryTask>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let staff = auth::role(&app, &request, &HANDS, "hand results over").await?;
    let asked: PostRequest = request.json()?;
    let found = found(&app, number).await?;
    let hand = Hand::of(&app, &request, staff).await?;
    stands(&app, &found.file).await?;
    if found.row.way != table::Way::Post {
        let why = "the applicant did not choose to have it posted";
        return Err(Failure::new(ProblemCode::WrongState).detail(why));
    }
    if !handover::may_be_posted(&app, &found.file, &found.case).await? {
        let why = "the authority of the agent does not let them collect today: it is kept for the applicant at a window";
        return Err(Failure::new(ProblemCode::Forbidden).detail(why));
    }
    let keys = Arc::clone(&app.keys);
    let sealed = handover::seal_tracking(&keys.master, found.case.id, &asked.tracking);
    let sealed = sealed.map_err(|error| internal(&error))?;
    let movement = ("post a result", Move::Post, hand.actor());
    turn(
        &app,
        (hand, found),
        movement,
        String::new(),
        move |_, row| {
            if row.state == table::State::Posted {
                let known = handover::tracking(&keys.master, row);
                let known = known
                    .map_err(|error| Refusal::new(ProblemCode::Internal, error.to_string()))?;
                if known.as_ref() != Some(&asked.tracking) {
                    let why = "it is on its way under another tracking number";
                    return Err(Refusal::new(ProblemCode::WrongState, why).field("tracking"));
                }
                return Ok(());
            }
            row.tracking = Some(sealed);
            row.compartment = None;
            Ok(())
        },
    )
    .await
}

/// The courier says that it was signed for.
#[utoipa::path(post, path = "/v1/deliveries/{number}/signed", tag = "officer",
    params(("number" = String, Path), ("city-station" = Option<String>, Header, description = "Station of the window; for officers of windows alone")),
    responses((status = 200, body = DeliveryTask), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn signed(
    State(app): Shared,
    Path(number): Path<String>,
    request: Request<Body>,
) -> Answer<Json<DeliveryTask>> {
    let asked = ("note that a result was signed for", Move::Sign);
    plain(&app, number, request, asked, |_, _| Ok(())).await
}

/// The courier found nobody and brought it back.
#[utoipa::path(post, path = "/v1/deliveries/{number}/undelivered", tag = "officer",
    params(("number" = String, Path), ("city-station" = Option<String>, Header, description = "Station of the window; for officers of windows alone")),
    responses((status = 200, body = DeliveryTask), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn undelivered(
    State(app): Shared,
    Path(number): Path<String>,
    request: Request<Body>,
) -> Answer<Json<DeliveryTask>> {
    let asked = ("note that a result came back", Move::Fail);
    plain(&app, number, request, asked, |_, _| Ok(())).await
}

/// It went back to the body; one that the city sent back was taken out of its locker.
#[utoipa::path(post, path = "/v1/deliveries/{number}/return", tag = "officer",
    params(("number" = String, Path), ("city-station" = Option<String>, Header, description = "Station of the window; for officers of windows alone")),
    responses((status = 200, body = DeliveryTask), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn give_back(
    State(app): Shared,
    Path(number): Path<String>,
    request: Request<Body>,
) -> Answer<Json<DeliveryTask>> {
    let asked = ("send a result back", Move::Return);
    plain(&app, number, request, asked, |_, row| {
        row.compartment = None;
        Ok(())
    })
    .await
}

/// A move about which an officer says no more.
async fn plain<F>(
    app: &Arc<App>,
    number: String,
    request: Request<Body>,
    (what, movement): (&'static str, Move),
    set: F,
) -> Answer<Json<DeliveryTask>>
where
    F: FnOnce(&Hand, &mut DeliveryRow) -> Result<(), Refusal> + Send + 'static,
{
    let request = Whole::read(request, 0).await?;
    let staff = auth::role(app, &request, &HANDS, "hand results over").await?;
    let found = found(app, number).await?;
    let hand = Hand::of(app, &request, staff).await?;
    let actor = match movement {
        // What the post says is noted by an officer.
        Move::Sign | Move::Fail => Actor::Courier,
        Move::Receive
        | Move::Arrive
        | Move::Store
        | Move::PickUp
        | Move::HandOut
        | Move::Post
        | Move::Return => hand.actor(),
    };
    let asked = (what, movement, actor);
    turn(app, (hand, found), asked, String::new(), set).await
}
