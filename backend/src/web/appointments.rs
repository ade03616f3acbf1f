//! Slots, bookings and check-in at kiosks (`specs/domain.md` 5.4, R37).

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::routing::{get, post};
use jiff::Timestamp;
use jiff::civil::DateTime;
use uuid::Uuid;

use city_api::requests::hall::{
    AppointmentView, AppointmentsAnswer, BookRequest, CheckInAnswer, CheckInRequest, ExpectedView,
    MoveRequest, SlotView, SlotsAnswer, TodayAnswer, mark,
};
use city_api::requests::identity::IdentityLevel;
use city_api::requests::persons::GrantRequest;
use city_api::requests::{BadField, MAX_BODY_BYTES, Private, Problem, ProblemCode, Words, paths};
use city_catalogue::case::EventKind;
use city_catalogue::hall::{BookingState, CheckIn, Schedule, Slot};
use city_catalogue::record::Item;

use super::body::Whole;
use super::error::{Answer, Failure, internal};
use super::identity::grant_place;
use super::tickets::{came, ticket_view};
use super::{Area, Shared, area, auth};
use crate::app::App;
use crate::clock::{after, civil, zone};
use crate::publish::Published;
use crate::secret::{Sealed, new_token, token_hash};
use crate::store::{AppointmentRow, Asked, CheckInBy, GrantRow, KioskRow, Place};
use crate::{codes, door};

area!(
    slots: paths::SLOTS => get(slots),
    book: paths::APPOINTMENTS => post(book),
    own_appointments: paths::OWN_APPOINTMENTS => post(own_appointments),
    today: paths::TODAY => get(today),
    move_appointment: "/v1/appointments/{id}/move" => post(move_appointment),
    cancel_appointment: "/v1/appointments/{id}/cancel" => post(cancel_appointment),
    check_in: paths::CHECK_INS => post(check_in),
);

/// What can be booked for an item at a station. Anybody may look.
#[utoipa::path(get, path = "/v1/slots", tag = "open",
    params(("item" = String, Query, description = "Handling code"), ("station" = String, Query)),
    responses((status = 200, body = SlotsAnswer), (status = 400, body = Problem), (status = 404, body = Problem),
              (status = 422, body = Problem)))]
pub(crate) async fn slots(State(app): Shared, request: Request<Body>) -> Answer<Json<SlotsAnswer>> {
    let mut request = Whole::read(request, 0).await?;
    let Query(asked) = request
        .extract::<Query<BTreeMap<String, String>>>()
        .await
        .map_err(|_| Failure::new(ProblemCode::Unreadable).detail("the query cannot be read"))?;
    let given = |name: &str| {
        let value = asked.get(name).filter(|value| value.len() <= 64).cloned();
        value.ok_or_else(|| BadField::new(name, "is missing or too long"))
    };
    let (code, station) = (given("item")?, given("station")?);
    let kept = app.kept_item(&code, None).await?;
    let item = kept
        .filter(|kept| door::check(kept, app.now()).is_ok())
        .ok_or_else(|| BadField::new("item", "is not an item in force"))?
        .item;
    let published = app.published();
    let schedule = schedule(&published, &item, &station)?;
    let today = civil(app.now()).date();
    let slots = schedule.slots(today, &published.calendar);
    let (Some(first), Some(last)) = (slots.first(), slots.last()) else {
        return Ok(Json(SlotsAnswer { slots: Vec::new() }));
    };
    let (from, to) = (instant(first.begins)?, instant(last.ends)?);
    let taken = app.store.taken(station, code, from, to).await?;
    let taken: BTreeMap<Timestamp, u32> = taken.into_iter().collect();
    let view = |slot: &Slot| {
        let begins = instant(slot.begins)?;
        let taken = taken.get(&begins).copied().unwrap_or_default();
        let taken = u16::try_from(taken).unwrap_or(u16::MAX);
        Ok(SlotView {
            begins,
            ends: instant(slot.ends)?,
            left: schedule.quota.saturating_sub(taken),
        })
    };
    let slots: Answer<Vec<SlotView>> = slots.iter().map(view).collect();
    Ok(Json(SlotsAnswer { slots: slots? }))
}

fn schedule<'a>(published: &'a Published, item: &Item, station: &str) -> Answer<Schedule<'a>> {
    let station = published
        .catalogue
        .station(station)
        .ok_or_else(|| BadField::new("station", "is not a station"))?;
    let schedule = Schedule::new(&item.appointment, station, &published.policy.hall);
    let nothing = || Failure::new(ProblemCode::NotFound).detail("nothing can be booked for this");
    schedule.ok_or_else(nothing)
}

fn instant(at: DateTime) -> Answer<Timestamp> {
    zone().to_timestamp(at).map_err(|error| internal(&error))
}

/// The slot that begins then, if it can be booked today.
fn place(app: &App, item: &Item, station: String, begins: Timestamp) -> Answer<Place> {
    let published = app.published();
    let schedule = schedule(&published, item, &station)?;
    let today = civil(app.now()).date();
    let slot = schedule
        .slot(civil(begins), today, &published.calendar)
        .ok_or_else(|| BadField::new("begins", "is not the begin of a slot that can be booked"))?;
    Ok(Place {
        quota: schedule.quota,
        begins: instant(slot.begins)?,
        ends: instant(slot.ends)?,
        station,
    })
}

fn asked(app: &App, kiosk: KioskRow) -> Asked {
    Asked {
        kiosk,
        now: app.now(),
        policy: app.published().policy.hall.clone(),
    }
}

/// Books a slot for the person of the grant.
#[utoipa::path(post, path = "/v1/appointments", tag = "kiosk", request_body = BookRequest,
    responses((status = 200, body = AppointmentView), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn book(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<AppointmentView>> {
    let (kiosk, wanted, grant) =
        auth::resident(&app, request, |asked: &BookRequest| &asked.grant).await?;
    if let Some(known) = app.store.appointment(wanted.id).await?
        && known.person == grant.person
    {
        // An answer was lost; its slot may not be one that can be booked any more.
        return Ok(Json(view(&app, known).await?));
    }
    let item = door::item(&app, &wanted.item, &kiosk).await?;
    let place = place(&app, &item, wanted.station, wanted.begins)?;
    let number = document_number(&app, &wanted.grant, &grant)?;
    let item = (wanted.item, item.version);
    let new = new_booking(&app, wanted.id, &number, item, &place);
    let new = new.map_err(|error| internal(&error))?;
    let asked = asked(&app, kiosk);
    let booked = app.store.book(new, place.quota, asked).await??;
    Ok(Json(view(&app, booked).await?))
}

/// A booking of the person with this document number, which stands in it sealed.
fn new_booking(
    app: &App,
    id: Uuid,
    number: &Private,
    item: (String, u32),
    place: &Place,
) -> Result<AppointmentRow, Sealed> {
    let master = &app.keys.master;
    Ok(AppointmentRow {
        id,
        person: master.person(number.reveal()),
        number: Some(master.seal(&number_place(id), number.reveal().as_bytes())?),
        code: codes::booking_index(master, &codes::booking(master, id)),
        station: place.station.clone(),
        item,
        begins: place.begins,
        ends: place.ends,
        ticket: 0,
        state: BookingState::Booked,
    })
}

/// Enters a booking for today as if it had been made on a day before, for demonstrations and tests; its code.
#[cfg(feature = "sample-city")]
pub(crate) async fn enter(
    app: &Arc<App>,
    station: &str,
    number: &Private,
    begins: Timestamp,
) -> Result<String, crate::admin::AdminError> {
    use crate::admin::AdminError;
    let published = app.published();
    let unknown = || AdminError::UnknownStation(station.to_owned());
    let at = published.catalogue.station(station).ok_or_else(unknown)?;
    let policy = &published.policy.hall;
    let items = published.catalogue.items();
    let mut bookable = items
        .iter()
        .filter(|item| Schedule::new(&item.appointment, at, policy).is_some());
    let none = || AdminError::Booking("nothing can be booked at this station".to_owned());
    let item = bookable.next().ok_or_else(none)?;
    let place = Place {
        station: station.to_owned(),
        begins,
        ends: after(begins, minutes(policy.slot_minutes)),
        quota: u16::MAX,
    };
    let item = (item.code().as_str().to_owned(), item.version);
    let id = Uuid::now_v7();
    let new = new_booking(app, id, number, item, &place);
    let new = new.map_err(|error| AdminError::Booking(error.to_string()))?;
    let desk = KioskRow {
        id: "city".to_owned(),
        station: station.to_owned(),
        ..auth::home()
    };
    let booked = app.store.book(new, place.quota, asked(app, desk)).await?;
    booked.map_err(|refusal| AdminError::Booking(refusal.reason))?;
    Ok(codes::booking(&app.keys.master, id))
}

fn document_number(app: &App, token: &Private, grant: &GrantRow) -> Answer<Private> {
    let place = grant_place(&token_hash(token.reveal()));
    let number = app.keys.master.open_words(&place, &grant.number);
    number.map_err(|error| internal(&error))
}

/// The place the document number of a booking is bound to.
fn number_place(appointment: Uuid) -> String {
    format!("appointment {appointment}")
}

async fn view(app: &App, row: AppointmentRow) -> Answer<AppointmentView> {
    Ok(AppointmentView {
        id: row.id,
        name: name(app, &row.item).await?,
        ticket: row.number(),
        code: Private::new(codes::booking(&app.keys.master, row.id)),
        item: row.item.0,
        station: row.station,
        begins: row.begins,
        ends: row.ends,
        state: row.state,
    })
}

async fn name(app: &App, (code, version): &(String, u32)) -> Answer<Words> {
    let kept = app.kept_item(code, Some(*version)).await?;
    let name = kept.map(|kept| Words::new(&kept.item.name.zh, &kept.item.name.en));
    Ok(name.unwrap_or_else(|| Words::new(code, code)))
}

/// The bookings of a person from today on.
#[utoipa::path(post, path = "/v1/appointments/mine", tag = "kiosk", request_body = GrantRequest,
    responses((status = 200, body = AppointmentsAnswer), (status = 401, body = Problem),
              (status = 422, body = Problem)))]
pub(crate) async fn own_appointments(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<AppointmentsAnswer>> {
    let (kiosk, _, grant) =
        auth::resident(&app, request, |asked: &GrantRequest| &asked.grant).await?;
    let today = civil(app.now()).date();
    let policy = app.published().policy.hall.clone();
    let own = app.store.appointments_of(grant.person, today, policy);
    let (rows, barred_until) = own.await?;
    let mut appointments = Vec::with_capacity(rows.len());
    for row in rows {
        appointments.push(view(&app, row).await?);
    }
    let detail = format!("{} of a person", appointments.len());
    let kind = EventKind::AppointmentsRead;
    app.note(None, Some(&kiosk), kind, &kiosk.id, detail)
        .await?;
    Ok(Json(AppointmentsAnswer {
        appointments,
        barred_until,
    }))
}

/// Who is expected at the kiosk's station today.
#[utoipa::path(get, path = "/v1/appointments/today", tag = "kiosk",
    responses((status = 200, body = TodayAnswer), (status = 401, body = Problem)))]
pub(crate) async fn today(State(app): Shared, request: Request<Body>) -> Answer<Json<TodayAnswer>> {
    let request = Whole::read(request, 0).await?;
    let kiosk = auth::kiosk(&app, &request).await?;
    let day = civil(app.now()).date();
    let rows = app.store.expected(kiosk.station.clone(), day).await?;
    let (salt, _) = new_token();
    let policy = app.published().policy.hall.clone();
    let mut appointments = Vec::with_capacity(rows.len());
    for (row, ticket) in rows {
        let number = row.number.as_ref().and_then(|sealed| {
            let place = number_place(row.id);
            app.keys.master.open_words(&place, sealed).ok()
        });
        appointments.push(ExpectedView {
            id: row.id,
            person: number.map(|number| mark(&salt, number.reveal())),
            code: mark(&salt, &codes::booking(&app.keys.master, row.id)),
            name: name(&app, &row.item).await?,
            begins: row.begins,
            opens: after(row.begins, -minutes(policy.check_in_before_minutes)),
            closes: after(row.begins, minutes(policy.check_in_after_minutes)),
            state: row.state,
            ticket,
        });
    }
    let detail = format!("{} of {day}", appointments.len());
    let kind = EventKind::AppointmentsRead;
    app.note(None, Some(&kiosk), kind, &kiosk.id, detail)
        .await?;
    Ok(Json(TodayAnswer {
        day,
        salt,
        appointments,
    }))
}

fn minutes(count: u16) -> i64 {
    i64::from(count) * 60
}

fn no_such_booking() -> Failure {
    Failure::new(ProblemCode::NotFound).detail("no booking of this person has this id")
}

/// The id in an address; what is none is nobody's booking.
fn id(text: &str) -> Answer<Uuid> {
    text.parse().map_err(|_| no_such_booking())
}

/// Moves a booking to another slot of its item.
#[utoipa::path(post, path = "/v1/appointments/{id}/move", tag = "kiosk", params(("id" = String, Path)),
    request_body = MoveRequest,
    responses((status = 200, body = AppointmentView), (status = 401, body = Problem), (status = 404, body = Problem),
              (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn move_appointment(
    State(app): Shared,
    Path(appointment): Path<String>,
    request: Request<Body>,
) -> Answer<Json<AppointmentView>> {
    let (kiosk, wanted, grant) =
        auth::resident(&app, request, |asked: &MoveRequest| &asked.grant).await?;
    let id = id(&appointment)?;
    let known = app.store.appointment(id).await?;
    let known = known
        .filter(|known| known.person == grant.person)
        .ok_or_else(no_such_booking)?;
    if (&known.station, known.begins) == (&wanted.station, wanted.begins) {
        return Ok(Json(view(&app, known).await?));
    }
    let item = door::item(&app, &known.item.0, &kiosk).await?;
    let to = place(&app, &item, wanted.station, wanted.begins)?;
    let asked = asked(&app, kiosk);
    let moved = app.store.move_appointment(id, grant.person, to, asked);
    let moved = moved.await?.ok_or_else(no_such_booking)??;
    Ok(Json(view(&app, moved).await?))
}

/// Cancels a booking.
#[utoipa::path(post, path = "/v1/appointments/{id}/cancel", tag = "kiosk", params(("id" = String, Path)),
    request_body = GrantRequest,
    responses((status = 200, body = AppointmentView), (status = 401, body = Problem), (status = 404, body = Problem),
              (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn cancel_appointment(
    State(app): Shared,
    Path(appointment): Path<String>,
    request: Request<Body>,
) -> Answer<Json<AppointmentView>> {
    let (kiosk, _, grant) =
        auth::resident(&app, request, |asked: &GrantRequest| &asked.grant).await?;
    let id = id(&appointment)?;
    let asked = asked(&app, kiosk);
    let cancelled = app.store.cancel_appointment(id, grant.person, asked);
    let cancelled = cancelled.await?.ok_or_else(no_such_booking)??;
    Ok(Json(view(&app, cancelled).await?))
}

/// Checks somebody in at the kiosk's station.
#[utoipa::path(post, path = "/v1/check-ins", tag = "kiosk", request_body = CheckInRequest,
    responses((status = 200, body = CheckInAnswer), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn check_in(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<CheckInAnswer>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let kiosk = auth::kiosk(&app, &request).await?;
    let wanted: CheckInRequest = request.json()?;
    let by = by(&app, &kiosk, &wanted).await?;
    let asked = asked(&app, kiosk);
    let before = minutes(asked.policy.check_in_before_minutes);
    let done = app.store.check_in(by, wanted.priority, asked).await?;
    let booking = done.appointment.as_ref();
    let early = booking.filter(|_| done.outcome == CheckIn::TooEarly);
    Ok(Json(CheckInAnswer {
        outcome: done.outcome,
        station: booking.map(|row| row.station.clone()),
        begins: booking.map(|row| row.begins),
        opens: early.map(|row| after(row.begins, -before)),
        ticket: done.ticket.as_ref().map(ticket_view),
    }))
}

async fn by(app: &Arc<App>, kiosk: &KioskRow, wanted: &CheckInRequest) -> Answer<CheckInBy> {
    if let Some(token) = &wanted.grant {
        let grant = auth::grant(app, kiosk, token, IdentityLevel::IdCard).await?;
        return Ok(CheckInBy::Person(grant.person));
    }
    if let Some(code) = &wanted.code {
        let index = codes::booking_index(&app.keys.master, code.reveal());
        return Ok(CheckInBy::Code(index));
    }
    let known = wanted.appointment.zip(wanted.at);
    let (id, at) = known.ok_or_else(|| BadField::new("appointment", "is missing"))?;
    let came = came(at, app.now());
    let at = came.ok_or_else(|| BadField::new("at", "is not a time of the last days"))?;
    Ok(CheckInBy::Known(id, at))
}
