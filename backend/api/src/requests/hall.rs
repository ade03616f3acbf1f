//! The hall of a station: slots and bookings, check-in, tickets, counters (`specs/domain.md` 5.4).
//!
//! A kiosk numbers its own requests (`id`), so that the same one again is harmless. Nothing in here names a person but
//! the grant that a request carries.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use city_catalogue::hall::{BookingState, CheckIn, Letter, TicketNumber, TicketState};

use super::{BadField, Private, Request, Words, at_most, text};
use crate::digest::Sha256;

/// Most tickets in one report.
pub const MOST_REPORTED: usize = 200;

/// `GET /v1/slots?item=…&station=…`: what can be booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SlotsAnswer {
    /// Slots in order, those that are full too.
    pub slots: Vec<SlotView>,
}

/// A slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SlotView {
    /// Its begin.
    #[schema(value_type = String, format = DateTime)]
    pub begins: Timestamp,
    /// Its end.
    #[schema(value_type = String, format = DateTime)]
    pub ends: Timestamp,
    /// Places left.
    pub left: u16,
}

/// `POST /v1/appointments`: books for the person of the grant, and for nobody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BookRequest {
    /// Id of the booking, made by the kiosk.
    pub id: Uuid,
    /// Grant of the person.
    #[schema(value_type = String, min_length = 1, max_length = 128)]
    pub grant: Private,
    /// Handling code.
    #[schema(min_length = 1, max_length = 64)]
    pub item: String,
    /// Station.
    #[schema(min_length = 1, max_length = 16)]
    pub station: String,
    /// Begin of the slot.
    #[schema(value_type = String, format = DateTime)]
    pub begins: Timestamp,
}

impl Request for BookRequest {
    fn check(&self) -> Result<(), BadField> {
        text("grant", self.grant.reveal(), 128)?;
        text("item", &self.item, 64)?;
        text("station", &self.station, 16)
    }
}

/// `POST /v1/appointments/{id}/move`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MoveRequest {
    /// Grant of the person who booked.
    #[schema(value_type = String, min_length = 1, max_length = 128)]
    pub grant: Private,
    /// Station.
    #[schema(min_length = 1, max_length = 16)]
    pub station: String,
    /// Begin of the new slot.
    #[schema(value_type = String, format = DateTime)]
    pub begins: Timestamp,
}

impl Request for MoveRequest {
    fn check(&self) -> Result<(), BadField> {
        text("grant", self.grant.reveal(), 128)?;
        text("station", &self.station, 16)
    }
}

/// A booking as its person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppointmentView {
    /// Id.
    pub id: Uuid,
    /// Handling code.
    pub item: String,
    /// Name of the item.
    pub name: Words,
    /// Station.
    pub station: String,
    /// Begin of the slot.
    #[schema(value_type = String, format = DateTime)]
    pub begins: Timestamp,
    /// End of the slot.
    #[schema(value_type = String, format = DateTime)]
    pub ends: Timestamp,
    /// State.
    #[schema(value_type = String)]
    pub state: BookingState,
    /// Number of its ticket, fixed with the booking.
    #[schema(value_type = String)]
    pub ticket: TicketNumber,
    /// Code to check in with where there is no card.
    pub code: Private,
}

/// `POST /v1/appointments/mine`: bookings of a person from today on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppointmentsAnswer {
    /// In order of time.
    pub appointments: Vec<AppointmentView>,
    /// Nothing can be booked up to this day, after too many no-shows; None when it can.
    #[schema(value_type = Option<String>, format = Date)]
    pub barred_until: Option<Date>,
}

/// `GET /v1/appointments/today`: who is expected at the kiosk's station today, to check in without the city. A kiosk
/// keeps it in memory only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TodayAnswer {
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    /// Goes into every [`mark`] of this answer; another one in the next.
    pub salt: String,
    /// Who is expected, in order of time.
    pub appointments: Vec<ExpectedView>,
}

/// Somebody who is expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExpectedView {
    /// Id of the booking.
    pub id: Uuid,
    /// [`mark`] of the document number; None when the city does not hold it any more.
    pub person: Option<String>,
    /// [`mark`] of the code without its hyphen.
    pub code: String,
    /// Name of the item.
    pub name: Words,
    /// Begin of the slot.
    #[schema(value_type = String, format = DateTime)]
    pub begins: Timestamp,
    /// The check-in opens then.
    #[schema(value_type = String, format = DateTime)]
    pub opens: Timestamp,
    /// It closes then; later is late.
    #[schema(value_type = String, format = DateTime)]
    pub closes: Timestamp,
    /// State.
    #[schema(value_type = String)]
    pub state: BookingState,
    /// Number of its ticket.
    #[schema(value_type = String)]
    pub ticket: TicketNumber,
}

/// What a card or a code is compared by at a kiosk: SHA-256 of the salt, a zero byte, and the text in capitals without
/// spaces and hyphens.
#[must_use]
pub fn mark(salt: &str, text: &str) -> String {
    let plain: zeroize::Zeroizing<String> = zeroize::Zeroizing::new(
        text.chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| c.to_ascii_uppercase())
            .collect(),
    );
    let bytes = zeroize::Zeroizing::new([salt.as_bytes(), b"\0", plain.as_bytes()].concat());
    Sha256::of(&bytes).to_string()
}

/// `POST /v1/check-ins`: by card (`grant`), by `code`, or reported later by a kiosk that was without the city
/// (`appointment` of its list, and `at`). One of the three.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CheckInRequest {
    /// Grant of the person.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 128)]
    pub grant: Option<Private>,
    /// Code of the booking.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 32)]
    pub code: Option<Private>,
    /// Id of a booking that checked in at the kiosk alone.
    #[serde(default)]
    pub appointment: Option<Uuid>,
    /// When that was.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// Priority is claimed: it counts for the walk-in ticket of somebody who is late.
    #[serde(default)]
    pub priority: bool,
}

impl Request for CheckInRequest {
    fn check(&self) -> Result<(), BadField> {
        if let Some(grant) = &self.grant {
            text("grant", grant.reveal(), 128)?;
        }
        if let Some(code) = &self.code {
            text("code", code.reveal(), 32)?;
        }
        let ways = [
            self.grant.is_some(),
            self.code.is_some(),
            self.appointment.is_some(),
        ];
        if ways.iter().filter(|way| **way).count() != 1 {
            return Err(BadField::new(
                "grant",
                "one of grant, code and appointment is needed",
            ));
        }
        if self.at.is_some() != self.appointment.is_some() {
            return Err(BadField::new("at", "goes with appointment"));
        }
        Ok(())
    }
}

/// Answer to a check-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckInAnswer {
    /// One of seven.
    #[schema(value_type = String)]
    pub outcome: CheckIn,
    /// The ticket: in time, late, or already; None else.
    pub ticket: Option<TicketView>,
    /// Station of the booking; None without one.
    pub station: Option<String>,
    /// Begin of its slot; None without a booking.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub begins: Option<Timestamp>,
    /// When its check-in opens (`too_early`); None else.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub opens: Option<Timestamp>,
}

/// `POST /v1/tickets`: a ticket of the city's next number, at the kiosk's station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TicketRequest {
    /// Id of the ticket, made by the kiosk.
    pub id: Uuid,
    /// `A`, `V`, `E`, or `R` with the grant of somebody whose case waits for a correction.
    #[schema(value_type = String, pattern = "^[AVER]$")]
    pub letter: Letter,
    /// Handling code of the matter; None when it was not said.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 64)]
    pub item: Option<String>,
    /// Grant of the person, for `R`.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 128)]
    pub grant: Option<Private>,
}

impl Request for TicketRequest {
    fn check(&self) -> Result<(), BadField> {
        if let Some(item) = &self.item {
            text("item", item, 64)?;
        }
        if let Some(grant) = &self.grant {
            text("grant", grant.reveal(), 128)?;
        }
        match self.letter {
            Letter::Booked => Err(BadField::new("letter", "is given by booking alone")),
            Letter::Returned if self.grant.is_none() => {
                Err(BadField::new("grant", "is needed for R"))
            }
            Letter::Returned | Letter::WalkIn | Letter::Priority | Letter::Enterprise => Ok(()),
        }
    }
}

/// A ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketView {
    /// Its number.
    #[schema(value_type = String)]
    pub number: TicketNumber,
    /// Handling code of the matter; None when it was not said.
    pub item: Option<String>,
    /// When its holder came.
    #[schema(value_type = String, format = DateTime)]
    pub arrived: Timestamp,
    /// Where it stands.
    #[schema(value_type = String)]
    pub state: TicketState,
    /// Counter it is called to; None while it waits.
    pub counter: Option<u16>,
    /// How often it was called.
    pub calls: u32,
    /// How many were before it when it was given; None where nobody counted.
    pub ahead: Option<u32>,
    /// Seconds it will likely wait, as told when it was given; None when too little is known.
    pub likely_seconds: Option<u32>,
    /// Seconds at best.
    pub optimistic_seconds: Option<u32>,
}

/// `POST /v1/tickets/ranges`: numbers a kiosk may give without the city. The same question has the same answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RangeRequest {
    /// Day of the tickets.
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    /// `A`, `V` or `E`.
    #[schema(value_type = String, pattern = "^[AVE]$")]
    pub letter: Letter,
    /// Last number of the ranges it has used up; None before the first.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 4294967295_i64)]
    pub beyond: Option<u32>,
}

impl Request for RangeRequest {
    fn check(&self) -> Result<(), BadField> {
        if self.letter.is_given_offline() {
            Ok(())
        } else {
            Err(BadField::new("letter", "is given by the city alone"))
        }
    }
}

/// A range, reserved for this kiosk alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RangeAnswer {
    /// First number.
    pub first: u32,
    /// Last number.
    pub last: u32,
}

/// `POST /v1/tickets/reports`: tickets that a kiosk gave without the city.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReportRequest {
    /// 1 to 200.
    pub tickets: Vec<GivenTicket>,
}

/// A ticket on paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GivenTicket {
    /// Id of the ticket, made by the kiosk.
    pub id: Uuid,
    /// What is printed on it.
    #[schema(value_type = String)]
    pub number: TicketNumber,
    /// When it was given; the city reads a time that is still to come as now.
    #[schema(value_type = String, format = DateTime)]
    pub arrived: Timestamp,
    /// Handling code of the matter; None when it was not said.
    #[serde(default)]
    pub item: Option<String>,
}

impl Request for ReportRequest {
    fn check(&self) -> Result<(), BadField> {
        if self.tickets.is_empty() {
            return Err(BadField::new("tickets", "name at least one ticket"));
        }
        at_most("tickets", self.tickets.len(), MOST_REPORTED)?;
        for (at, ticket) in self.tickets.iter().enumerate() {
            if let Some(item) = &ticket.item {
                text(&format!("tickets[{at}].item"), item, 64)?;
            }
            if !ticket.number.letter.is_given_offline() {
                let field = format!("tickets[{at}].number");
                return Err(BadField::new(field, "is given by the city alone"));
            }
        }
        Ok(())
    }
}

/// Answer to a report, in its order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportAnswer {
    /// The tickets as they are in the queue now, without those that were given more than a week ago.
    pub tickets: Vec<MergedTicket>,
}

/// A reported ticket in the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MergedTicket {
    /// Its id.
    pub id: Uuid,
    /// Its number. Another one than the printed one when that was not this kiosk's to give: staff tell its holder.
    #[schema(value_type = String)]
    pub number: TicketNumber,
}

/// `POST /v1/stations/{station}/counters/{counter}`: what a clerk presses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CounterRequest {
    /// The button.
    pub press: Press,
    /// `next`: the ticket the clerk has finished with; None when there is none. Where another is called already, that
    /// one is answered again.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub after: Option<TicketNumber>,
    /// `forward`: the counter it goes to.
    #[serde(default)]
    pub to: Option<u16>,
}

impl Request for CounterRequest {
    fn check(&self) -> Result<(), BadField> {
        if (self.press == Press::Forward) != self.to.is_some() {
            return Err(BadField::new("to", "goes with forward"));
        }
        if self.press != Press::Next && self.after.is_some() {
            return Err(BadField::new("after", "goes with next"));
        }
        Ok(())
    }
}

/// Buttons of a counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Press {
    /// 下一位.
    Next,
    /// 重呼: calls the same one again.
    Recall,
    /// 办结: served, and no further one yet.
    Done,
    /// 挂起: puts it aside.
    Park,
    /// 转移: to another counter.
    Forward,
    /// 过号: nobody came, after three calls.
    Missed,
}

/// Answer to a button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CounterAnswer {
    /// The ticket at the counter now; None when nobody is called there.
    pub ticket: Option<TicketView>,
    /// How many wait in the hall.
    pub waiting: u32,
}

/// `GET /v1/stations/{station}/hall`: what the screen in the hall shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HallAnswer {
    /// Name of the station.
    #[serde(default)]
    pub name: Words,
    /// How many wait, by letter.
    pub waiting: BTreeMap<String, u32>,
    /// Who is called, by counter.
    pub called: Vec<TicketView>,
    /// Who is put aside.
    pub parked: Vec<TicketView>,
    /// The last calls of today, the newest first, at most four; a ticket that was called again stands there once.
    #[serde(default)]
    pub calls: Vec<CallView>,
    /// Seconds a walk-in who comes now will likely wait; None when too little is known.
    pub likely_seconds: Option<u32>,
    /// Seconds at best.
    pub optimistic_seconds: Option<u32>,
}

/// A call, as everybody in the hall sees and hears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallView {
    /// The number called.
    #[schema(value_type = String)]
    pub number: TicketNumber,
    /// The counter it was called to.
    pub counter: u16,
    /// When it was called there last.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// `GET /v1/stations/{station}/waits`: how far the estimates of waiting were right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WaitsAnswer {
    /// People who were told an estimate and were called, of the newest calls.
    pub told: u32,
    /// Percent of them who waited no longer than the likely one; None when nobody was told.
    pub within_likely_percent: Option<u32>,
    /// Percent that it should be.
    pub likely_percent: u32,
    /// Percent of them who waited no longer than the optimistic one; None when nobody was told.
    pub within_optimistic_percent: Option<u32>,
    /// Percent that it should be.
    pub optimistic_percent: u32,
    /// Mean of seconds between the likely estimate and the truth; None when nobody was told.
    pub mean_off_seconds: Option<u64>,
}
