//! Appointments: booked, moved, cancelled, checked in (`specs/domain.md` 5.4, R37).
//!
//! Persons are known by their blind index. Who books is let in one at a time, then a slot, then a number: always in
//! this order, so that no two wait for each other.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use uuid::Uuid;

use city_api::requests::ProblemCode;
use city_catalogue::case::EventKind;
use city_catalogue::hall::{
    Booking, BookingState, CheckIn, Letter, TicketNumber, barred_until, can_be_changed, check_in,
};
use city_catalogue::policy::HallPolicy;

use super::tickets::{self, TicketRow};
use super::{Event, KioskRow, Refusal, events};
use crate::clock::civil;
use crate::store::tx::{FOR_UPDATE, Tx};
use crate::store::value::{Row, damaged, values};
use crate::store::{Store, Stored};

/// A booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AppointmentRow {
    /// Id.
    pub id: Uuid,
    /// Blind index of the person.
    pub person: [u8; 32],
    /// Document number, encrypted; None after its day.
    pub number: Option<Vec<u8>>,
    /// Blind index of its code.
    pub code: [u8; 32],
    /// Station.
    pub station: String,
    /// Handling code and version of the item.
    pub item: (String, u32),
    /// Begin of its slot.
    pub begins: Timestamp,
    /// End of its slot.
    pub ends: Timestamp,
    /// Number of its ticket, without the letter; drawn when it is kept.
    pub ticket: u32,
    /// State.
    pub state: BookingState,
}

impl AppointmentRow {
    /// Its day.
    #[must_use]
    pub(crate) fn day(&self) -> Date {
        civil(self.begins).date()
    }

    /// Its ticket.
    #[must_use]
    pub(crate) fn number(&self) -> TicketNumber {
        TicketNumber {
            letter: Letter::Booked,
            number: self.ticket,
        }
    }

    fn event(&self, now: Timestamp, kind: EventKind, kiosk: &KioskRow) -> Event {
        let begins = civil(self.begins);
        let detail = format!("{} at {}, {begins}", self.number(), self.station);
        Event {
            item: Some(self.item.clone()),
            ..Event::new(now, kind, &kiosk.id, detail).at_kiosk(kiosk)
        }
    }
}

/// A slot that a booking goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// Station.
    pub station: String,
    /// Begin of the slot.
    pub begins: Timestamp,
    /// End of the slot.
    pub ends: Timestamp,
    /// Bookings of it, at most.
    pub quota: u16,
}

/// Who asks, when, under which settings.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Kiosk.
    pub kiosk: KioskRow,
    /// Now.
    pub now: Timestamp,
    /// The settings.
    pub policy: HallPolicy,
}

/// Who checks in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CheckInBy {
    /// Blind index of the person.
    Person([u8; 32]),
    /// Blind index of the code.
    Code([u8; 32]),
    /// The booking, at this time, at a kiosk without the city.
    Known(Uuid, Timestamp),
}

/// What a check-in came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CheckedIn {
    /// One of seven.
    pub outcome: CheckIn,
    /// The booking it is about.
    pub appointment: Option<AppointmentRow>,
    /// The ticket.
    pub ticket: Option<TicketRow>,
}

impl Store {
    /// How many places of each slot are taken, for slots from `from` to before `to`.
    pub(crate) async fn taken(
        &self,
        station: String,
        item: String,
        from: Timestamp,
        to: Timestamp,
    ) -> Stored<Vec<(Timestamp, u32)>> {
        self.read("counting bookings", move |tx| {
            taken(tx, &station, &item, from, to)
        })
        .await
    }

    /// Keeps a booking and draws its number, unless the slot is full, the person has one that day or is barred. The same
    /// id again answers the booking as it is.
    pub(crate) async fn book(
        &self,
        new: AppointmentRow,
        quota: u16,
        asked: Asked,
    ) -> Stored<Result<AppointmentRow, Refusal>> {
        self.write("booking", move |tx| book(tx, new, quota, &asked))
            .await
    }

    /// Moves a person's booking to another slot; None when they have no such booking.
    pub(crate) async fn move_appointment(
        &self,
        id: Uuid,
        person: [u8; 32],
        to: Place,
        asked: Asked,
    ) -> Stored<Option<Result<AppointmentRow, Refusal>>> {
        self.write("moving a booking", move |tx| {
            relocate(tx, id, person, &to, &asked)
        })
        .await
    }

    /// Cancels a person's booking; None when they have no such booking.
    pub(crate) async fn cancel_appointment(
        &self,
        id: Uuid,
        person: [u8; 32],
        asked: Asked,
    ) -> Stored<Option<Result<AppointmentRow, Refusal>>> {
        self.write("cancelling a booking", move |tx| {
            cancel(tx, id, person, &asked)
        })
        .await
    }

    /// The booking of this id.
    pub(crate) async fn appointment(&self, id: Uuid) -> Stored<Option<AppointmentRow>> {
        self.read("reading a booking", move |tx| one(tx, id, ""))
            .await
    }

    /// The bookings of a person from a day on, and until when they are barred.
    pub(crate) async fn appointments_of(
        &self,
        person: [u8; 32],
        today: Date,
        policy: HallPolicy,
    ) -> Stored<(Vec<AppointmentRow>, Option<Date>)> {
        self.read("reading a person's bookings", move |tx| {
            let sql = format!("{SELECT} WHERE person = ?1 AND day >= ?2 ORDER BY begins");
            let rows = tx.rows(&sql, values![person, today])?;
            let bookings: Stored<_> = rows.iter().map(read).collect();
            Ok((bookings?, barred(tx, person, today, &policy)?))
        })
        .await
    }

    /// Who is expected at a station on a day, in order of time, and the number each of them holds: who was late has
    /// another one than was booked.
    pub(crate) async fn expected(
        &self,
        station: String,
        day: Date,
    ) -> Stored<Vec<(AppointmentRow, TicketNumber)>> {
        self.read("reading the bookings of a day", move |tx| {
            let sql = format!(
                "{SELECT} WHERE station = ?1 AND day = ?2 AND state <> 'cancelled' ORDER BY begins, ticket"
            );
            let rows = tx.rows(&sql, values![&station, day])?;
            let mut expected = Vec::with_capacity(rows.len());
            for row in &rows {
                let row = read(row)?;
                let late = match row.state {
                    BookingState::Late => tickets::by_id(tx, row.id)?,
                    BookingState::Booked
                    | BookingState::Arrived
                    | BookingState::NoShow
                    | BookingState::Cancelled => None,
                };
                let number = late.map_or_else(|| row.number(), |ticket| ticket.number);
                expected.push((row, number));
            }
            Ok(expected)
        })
        .await
    }

    /// Checks somebody in at the kiosk's station. Whoever comes second, at whichever kiosk, gets the same ticket.
    pub(crate) async fn check_in(
        &self,
        by: CheckInBy,
        priority: bool,
        asked: Asked,
    ) -> Stored<CheckedIn> {
        self.write("checking in", move |tx| {
            let (done, event) = check_somebody_in(tx, &by, priority, &asked)?;
            if let Some(event) = event {
                events::note(tx, None, &event)?;
            }
            Ok(done)
        })
        .await
    }

    /// The days before `today` are over: who did not come is noted, document numbers go, and so do bookings that no rule
    /// asks for any more. Whether there is more to close.
    pub(crate) async fn close_halls(
        &self,
        today: Date,
        now: Timestamp,
        policy: HallPolicy,
    ) -> Stored<bool> {
        self.write("closing the halls", move |tx| {
            close(tx, today, now, &policy)
        })
        .await
    }
}

const SELECT: &str =
    "SELECT id, person, number, code, station, item, item_version, begins, ends, ticket, state
     FROM appointment";

fn read(row: &Row) -> Stored<AppointmentRow> {
    Ok(AppointmentRow {
        id: row.get("id")?,
        person: row.get("person")?,
        number: row.get("number")?,
        code: row.get("code")?,
        station: row.get("station")?,
        item: (row.get("item")?, row.get("item_version")?),
        begins: row.get("begins")?,
        ends: row.get("ends")?,
        ticket: row.get("ticket")?,
        state: row.listed("state", BookingState::parse)?,
    })
}

fn one(tx: &mut dyn Tx, id: Uuid, lock: &str) -> Stored<Option<AppointmentRow>> {
    let found = tx.row(&format!("{SELECT} WHERE id = ?1{lock}"), values![id])?;
    found.as_ref().map(read).transpose()
}

fn taken(
    tx: &mut dyn Tx,
    station: &str,
    item: &str,
    from: Timestamp,
    to: Timestamp,
) -> Stored<Vec<(Timestamp, u32)>> {
    let rows = tx.rows(
        "SELECT begins, count(*) AS taken FROM appointment
         WHERE station = ?1 AND item = ?2 AND begins >= ?3 AND begins < ?4 AND state <> 'cancelled'
         GROUP BY begins",
        values![station, item, from, to],
    )?;
    rows.iter()
        .map(|row| Ok((row.get("begins")?, row.get("taken")?)))
        .collect()
}

/// One transaction at a time decides about the bookings of a person.
fn lock_person(tx: &mut dyn Tx, person: [u8; 32]) -> Stored<()> {
    tx.lock(&format!("bookings of {}", hex::encode(person)))
}

fn barred(
    tx: &mut dyn Tx,
    person: [u8; 32],
    today: Date,
    policy: &HallPolicy,
) -> Stored<Option<Date>> {
    let rows = tx.rows(
        "SELECT day FROM appointment WHERE person = ?1 AND day < ?2 AND state IN ('no_show', 'booked')",
        values![person, today],
    )?;
    let days: Stored<Vec<Date>> = rows.iter().map(|row| row.get("day")).collect();
    Ok(barred_until(&days?, today, policy))
}

fn book(
    tx: &mut dyn Tx,
    mut new: AppointmentRow,
    quota: u16,
    asked: &Asked,
) -> Stored<Result<AppointmentRow, Refusal>> {
    lock_person(tx, new.person)?;
    if let Some(known) = one(tx, new.id, "")? {
        return Ok(if known.person == new.person {
            Ok(known)
        } else {
            Err(Refusal::new(ProblemCode::OtherContent, "this id is taken").field("id"))
        });
    }
    if let Some(until) = barred(tx, new.person, civil(asked.now).date(), &asked.policy)? {
        let reason = format!("nothing can be booked up to {until}, after too many no-shows");
        return Ok(Err(Refusal::new(ProblemCode::Barred, reason)));
    }
    let to = Place {
        station: new.station.clone(),
        begins: new.begins,
        ends: new.ends,
        quota,
    };
    if let Some(refusal) = no_room(tx, &new, &to)? {
        return Ok(Err(refusal));
    }
    new.ticket = draw(tx, &new.station, new.day())?;
    tx.execute(
        "INSERT INTO appointment (id, person, number, code, station, item, item_version, day, begins, ends, ticket,
            state, made) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        values![
            new.id,
            new.person,
            &new.number,
            new.code,
            &new.station,
            &new.item.0,
            new.item.1,
            new.day(),
            new.begins,
            new.ends,
            new.ticket,
            new.state.as_str(),
            asked.now,
        ],
    )?;
    let event = new.event(asked.now, EventKind::AppointmentBooked, &asked.kiosk);
    events::note(tx, None, &event)?;
    Ok(Ok(new))
}

fn draw(tx: &mut dyn Tx, station: &str, day: Date) -> Stored<u32> {
    let (first, _) = tickets::draw(tx, station, day, Letter::Booked, 1)?;
    Ok(first)
}

/// Why a booking cannot be in this slot: the person has another one that day, or the slot is full. Who asks next for
/// the slot waits until this transaction ends.
fn no_room(tx: &mut dyn Tx, booking: &AppointmentRow, to: &Place) -> Stored<Option<Refusal>> {
    let day = civil(to.begins).date();
    let others: u32 = tx.answer(
        "SELECT count(*) AS answer FROM appointment WHERE person = ?1 AND day = ?2 AND state <> 'cancelled' AND id <> ?3",
        values![booking.person, day, booking.id],
    )?;
    if others > 0 {
        let reason = "one booking a person and day";
        return Ok(Some(
            Refusal::new(ProblemCode::OneADay, reason).field("begins"),
        ));
    }
    let item = &booking.item.0;
    let begins = to.begins.as_millisecond();
    tx.lock(&format!("slot {} {item} {begins}", to.station))?;
    let taken: u32 = tx.answer(
        "SELECT count(*) AS answer FROM appointment
         WHERE station = ?1 AND item = ?2 AND begins = ?3 AND state <> 'cancelled' AND id <> ?4",
        values![&to.station, item, to.begins, booking.id],
    )?;
    let full = taken >= u32::from(to.quota);
    let refusal = || Refusal::new(ProblemCode::SlotFull, "no place is left").field("begins");
    Ok(full.then(refusal))
}

/// The booking, if it is this person's and can still be changed; None when they have none of this id.
fn to_be_changed(
    tx: &mut dyn Tx,
    id: Uuid,
    person: [u8; 32],
    asked: &Asked,
) -> Stored<Option<(AppointmentRow, Option<Refusal>)>> {
    lock_person(tx, person)?;
    let found = one(tx, id, FOR_UPDATE)?.filter(|row| row.person == person);
    let Some(row) = found else { return Ok(None) };
    let refusal = if row.state != BookingState::Booked {
        let reason = format!("a booking that is {} stays", row.state.as_str());
        Some(Refusal::new(ProblemCode::WrongState, reason))
    } else if !can_be_changed(civil(row.begins), civil(asked.now), &asked.policy) {
        let minutes = asked.policy.cancel_before_minutes;
        let reason = format!("it can be changed up to {minutes} minutes before it begins");
        Some(Refusal::new(ProblemCode::TooLate, reason))
    } else {
        None
    };
    Ok(Some((row, refusal)))
}

fn relocate(
    tx: &mut dyn Tx,
    id: Uuid,
    person: [u8; 32],
    to: &Place,
    asked: &Asked,
) -> Stored<Option<Result<AppointmentRow, Refusal>>> {
    let Some((mut row, refusal)) = to_be_changed(tx, id, person, asked)? else {
        return Ok(None);
    };
    let before = (row.station.clone(), row.day());
    if row.state == BookingState::Booked && (&row.station, row.begins) == (&to.station, to.begins) {
        return Ok(Some(Ok(row)));
    }
    if let Some(refusal) = refusal {
        return Ok(Some(Err(refusal)));
    }
    if let Some(refusal) = no_room(tx, &row, to)? {
        return Ok(Some(Err(refusal)));
    }
    row.station.clone_from(&to.station);
    (row.begins, row.ends) = (to.begins, to.ends);
    // Numbers are of a station and a day.
    if before != (row.station.clone(), row.day()) {
        row.ticket = draw(tx, &row.station, row.day())?;
    }
    tx.execute(
        "UPDATE appointment SET station = ?2, day = ?3, begins = ?4, ends = ?5, ticket = ?6 WHERE id = ?1",
        values![row.id, &row.station, row.day(), row.begins, row.ends, row.ticket],
    )?;
    let event = row.event(asked.now, EventKind::AppointmentMoved, &asked.kiosk);
    events::note(tx, None, &event)?;
    Ok(Some(Ok(row)))
}

fn cancel(
    tx: &mut dyn Tx,
    id: Uuid,
    person: [u8; 32],
    asked: &Asked,
) -> Stored<Option<Result<AppointmentRow, Refusal>>> {
    let Some((mut row, refusal)) = to_be_changed(tx, id, person, asked)? else {
        return Ok(None);
    };
    if row.state == BookingState::Cancelled {
        return Ok(Some(Ok(row)));
    }
    if let Some(refusal) = refusal {
        return Ok(Some(Err(refusal)));
    }
    row.state = BookingState::Cancelled;
    set_state(tx, &row)?;
    let event = row.event(asked.now, EventKind::AppointmentCancelled, &asked.kiosk);
    events::note(tx, None, &event)?;
    Ok(Some(Ok(row)))
}

fn set_state(tx: &mut dyn Tx, row: &AppointmentRow) -> Stored<()> {
    let sql = "UPDATE appointment SET state = ?2 WHERE id = ?1";
    tx.execute(sql, values![row.id, row.state.as_str()])?;
    Ok(())
}

/// The bookings that a check-in may be about, for this transaction alone.
fn candidates(tx: &mut dyn Tx, by: &CheckInBy, today: Date) -> Stored<Vec<AppointmentRow>> {
    let rows = match by {
        CheckInBy::Person(person) => tx.rows(
            &format!(
                "{SELECT} WHERE person = ?1 AND day >= ?2 AND state <> 'cancelled' ORDER BY begins{FOR_UPDATE}"
            ),
            values![*person, today],
        )?,
        CheckInBy::Code(code) => {
            tx.rows(&format!("{SELECT} WHERE code = ?1{FOR_UPDATE}"), values![*code])?
        }
        CheckInBy::Known(id, _) => {
            tx.rows(&format!("{SELECT} WHERE id = ?1{FOR_UPDATE}"), values![*id])?
        }
    };
    rows.iter().map(read).collect()
}

/// What a check-in comes to, and the event to be noted at the end.
pub(super) fn check_somebody_in(
    tx: &mut dyn Tx,
    by: &CheckInBy,
    priority: bool,
    asked: &Asked,
) -> Stored<(CheckedIn, Option<Event>)> {
    // What a kiosk reports counts from the time it was there.
    let at = match by {
        CheckInBy::Known(_, at) => *at,
        CheckInBy::Person(_) | CheckInBy::Code(_) => asked.now,
    };
    let alone = matches!(by, CheckInBy::Known(..));
    let today = civil(at).date();
    let mut rows = candidates(tx, by, today)?;
    let bookings: Vec<Booking> = rows
        .iter()
        .map(|row| Booking {
            station: row.station.clone(),
            begins: civil(row.begins),
            state: row.state,
        })
        .collect();
    let (outcome, about) = check_in(&bookings, &asked.kiosk.station, civil(at), &asked.policy);
    let appointment = about.map(|about| rows.swap_remove(about));
    let Some(mut row) = appointment else {
        let none = CheckedIn {
            outcome,
            appointment: None,
            ticket: None,
        };
        return Ok((none, None));
    };
    let ticket = match outcome {
        CheckIn::InTime => {
            row.state = BookingState::Arrived;
            set_state(tx, &row)?;
            let number = row.number();
            Some(ticket_of(tx, &row, number, at, asked)?)
        }
        CheckIn::Late => {
            row.state = BookingState::Late;
            set_state(tx, &row)?;
            // A kiosk that was alone gave a walk-in ticket of its own range, and reports it.
            if alone {
                None
            } else {
                let letter = if priority {
                    Letter::Priority
                } else {
                    Letter::WalkIn
                };
                let (number, _) = tickets::draw(tx, &row.station, today, letter, 1)?;
                let number = TicketNumber { letter, number };
                Some(ticket_of(tx, &row, number, at, asked)?)
            }
        }
        CheckIn::Already => tickets::by_id(tx, row.id)?,
        CheckIn::TooEarly | CheckIn::OtherStation | CheckIn::OtherDay | CheckIn::NoBooking => None,
    };
    let changed = matches!(outcome, CheckIn::InTime | CheckIn::Late);
    let event = changed.then(|| {
        let event = row.event(asked.now, EventKind::CheckedIn, &asked.kiosk);
        let detail = format!("{}, {}", event.detail, outcome.as_str());
        Event { detail, ..event }
    });
    let done = CheckedIn {
        outcome,
        appointment: Some(row),
        ticket,
    };
    Ok((done, event))
}

/// The ticket of a booking has its id: there is one, however often somebody checks in.
fn ticket_of(
    tx: &mut dyn Tx,
    row: &AppointmentRow,
    number: TicketNumber,
    at: Timestamp,
    asked: &Asked,
) -> Stored<TicketRow> {
    // A kiosk that was alone may have given it and reported it first.
    if let Some(known) = tickets::by_id(tx, row.id)? {
        return Ok(known);
    }
    let mut ticket = TicketRow::new(row.id, &row.station, number, at);
    ticket.item = Some(row.item.clone());
    ticket.kiosk = Some(asked.kiosk.id.clone());
    if number.letter == Letter::Booked {
        ticket.queued = row.begins;
    }
    tickets::give(tx, ticket, asked.now, &asked.policy)
}

/// Most bookings of people who did not come that one transaction closes.
const MOST_CLOSED: u32 = 1000;

fn close(tx: &mut dyn Tx, today: Date, now: Timestamp, policy: &HallPolicy) -> Stored<bool> {
    let mut told = tickets::close(tx, today, now)?;
    let sql = format!(
        "{SELECT} WHERE state = 'booked' AND day < ?1 ORDER BY begins LIMIT ?2{FOR_UPDATE}"
    );
    let missing = tx.rows(&sql, values![today, MOST_CLOSED])?;
    for row in &missing {
        let mut row = read(row)?;
        row.state = BookingState::NoShow;
        set_state(tx, &row)?;
        told.push(Event {
            item: Some(row.item.clone()),
            station: Some(row.station.clone()),
            ..Event::new(now, EventKind::NoShow, "city", row.number().to_string())
        });
    }
    tx.execute(
        "UPDATE appointment SET number = NULL WHERE day < ?1 AND number IS NOT NULL",
        values![today],
    )?;
    let kept = i64::from(policy.no_show_days) + i64::from(policy.barred_days);
    let oldest = today
        .checked_sub(kept.days())
        .map_err(|_| damaged("a day"))?;
    tx.execute("DELETE FROM appointment WHERE day < ?1", values![oldest])?;
    for event in told {
        events::note(tx, None, &event)?;
    }
    Ok(missing.len() >= MOST_CLOSED as usize)
}
