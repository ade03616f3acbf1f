//! Appointments as data: what the city is asked, what it answers, what the pages show.

use std::fmt;

use city_catalogue::code::ItemCode;
use city_catalogue::hall::BookingState;
use city_catalogue::record::Text;
use jiff::civil::{Date, DateTime};
use uuid::Uuid;

use crate::check_in::StationShown;
use crate::person::Secret;
use crate::screen::{SlipState, Turn};

/// What the city is asked about appointments; always for the person of the grant alone.
#[derive(Clone, Debug)]
pub enum AppointmentAsk {
    /// The person's bookings from today on.
    Own {
        /// The grant.
        grant: Secret,
    },
    /// What can be booked for an item at a station.
    Slots {
        /// The item.
        item: ItemCode,
        /// Id of the station.
        station: String,
    },
    /// Book a slot. The same id again is the same booking.
    Book {
        /// Id of the booking.
        id: Uuid,
        /// The grant.
        grant: Secret,
        /// The item.
        item: ItemCode,
        /// Id of the station.
        station: String,
        /// Begin of the slot.
        begins: DateTime,
    },
    /// Move a booking to another slot of its item.
    Move {
        /// Id of the booking.
        id: Uuid,
        /// The grant.
        grant: Secret,
        /// Id of the station.
        station: String,
        /// Begin of the new slot.
        begins: DateTime,
    },
    /// Cancel a booking.
    Cancel {
        /// Id of the booking.
        id: Uuid,
        /// The grant.
        grant: Secret,
    },
}

impl AppointmentAsk {
    /// What it does; `None` where it only reads.
    #[must_use]
    pub fn deed(&self) -> Option<Deed> {
        match self {
            Self::Own { .. } | Self::Slots { .. } => None,
            Self::Book { .. } => Some(Deed::Book),
            Self::Move { .. } => Some(Deed::Move),
            Self::Cancel { .. } => Some(Deed::Cancel),
        }
    }
}

/// What is done with a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// It is made.
    Book,
    /// It gets another time or place.
    Move,
    /// It is given up.
    Cancel,
}

/// The city's answer.
#[derive(Clone, Debug)]
pub enum AppointmentReply {
    /// The person's bookings.
    Own {
        /// In order of time.
        bookings: Vec<BookingReply>,
        /// Nothing can be booked up to this day, after too many no-shows; `None` when it can.
        barred_until: Option<Date>,
    },
    /// Slots in order, those that are full too.
    Slots(Vec<SlotReply>),
    /// It is done: the booking as it is now.
    Done(Box<BookingReply>),
    /// The city said no: nothing has changed.
    Refused(Refusal),
    /// The question never reached the city: nothing has changed.
    NotSent,
}

/// A booking; never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct BookingReply {
    /// Its id.
    pub id: Uuid,
    /// Handling code of the item.
    pub item: ItemCode,
    /// Name of the item.
    pub matter: Text,
    /// Id of the station.
    pub station: String,
    /// Begin of the slot.
    pub begins: DateTime,
    /// End of the slot.
    pub ends: DateTime,
    /// What became of it.
    pub state: BookingState,
    /// Number of the ticket, fixed with the booking.
    pub number: String,
    /// Code to check in with where there is no card.
    pub code: Secret,
}

impl fmt::Debug for BookingReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// A slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotReply {
    /// Its begin.
    pub begins: DateTime,
    /// Its end.
    pub ends: DateTime,
    /// Places left.
    pub left: u16,
}

/// Why the city did not do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Somebody took the last place meanwhile.
    SlotFull,
    /// The person has a booking on that day.
    OneADay,
    /// Too many no-shows: nothing can be booked for some days.
    Barred,
    /// It begins too soon to be changed.
    TooLate,
    /// The booking was used, missed or cancelled, or there is none.
    Gone,
    /// This cannot be booked there, or not at that time any more.
    NotOffered,
}

/// The next booking of the person, on "my matters".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextBooking {
    /// How many there are from today on.
    pub count: u16,
    /// Begin of the first one.
    pub begins: DateTime,
}

/// Page 15: appointments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppointmentPage {
    /// The person's bookings: `Pick` opens one, `Next` books another.
    List {
        /// Those of this list page.
        bookings: Vec<BookingEntry>,
        /// In all.
        total: u16,
        /// Nothing can be booked up to this day, after too many no-shows.
        barred_until: Option<Date>,
        /// List page.
        turn: Turn,
    },
    /// One booking: `Pick(0)` moves it, `Pick(1)` cancels it, where it can be changed.
    Booking(Box<BookingShown>),
    /// What for: `Pick`.
    Matter {
        /// Items that take bookings.
        matters: Vec<Text>,
        /// List page.
        turn: Turn,
    },
    /// Where: `Pick`.
    Station {
        /// What for.
        matter: Text,
        /// This kiosk's own station first; of a booking that is moved, the one it is at.
        stations: Vec<StationShown>,
        /// List page.
        turn: Turn,
    },
    /// Which day: `Pick` where there is a place.
    Day {
        /// What for.
        matter: Text,
        /// Where.
        station: Text,
        /// The days that can be booked; empty when there are none.
        days: Vec<DayShown>,
        /// The time that was wanted was taken meanwhile.
        taken: bool,
        /// List page.
        turn: Turn,
    },
    /// Which time: `Pick` where there is a place.
    Slot {
        /// The day.
        day: Date,
        /// Its slots.
        slots: Vec<SlotReply>,
        /// The time that was wanted was taken meanwhile.
        taken: bool,
        /// List page.
        turn: Turn,
    },
    /// Really? `Next` does it.
    Confirm(Box<ConfirmShown>),
    /// It was not done, or nobody knows.
    Trouble(AppointmentTrouble),
    /// The city did it.
    Done(Box<DoneDeed>),
}

/// One booking in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookingEntry {
    /// What for.
    pub matter: Text,
    /// Name of the station.
    pub station: Text,
    /// Begin of the slot.
    pub begins: DateTime,
    /// What became of it.
    pub state: BookingState,
}

/// One booking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookingShown {
    /// What for.
    pub matter: Text,
    /// Where.
    pub station: StationShown,
    /// Begin of the slot.
    pub begins: DateTime,
    /// End of the slot.
    pub ends: DateTime,
    /// What became of it.
    pub state: BookingState,
    /// Number that will be called.
    pub number: String,
    /// Code to check in with where there is no card.
    pub code: Secret,
    /// Papers to bring.
    pub bring: Vec<Text>,
}

impl BookingShown {
    /// Somebody is expected: it may be moved or cancelled, unless it begins too soon.
    #[must_use]
    pub fn may_change(&self) -> bool {
        self.state == BookingState::Booked
    }
}

/// A day on its card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayShown {
    /// The day.
    pub day: Date,
    /// Places left in all its slots; 0 is full.
    pub left: u16,
}

/// What is confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmShown {
    /// What will be done.
    pub deed: Deed,
    /// For whom, masked.
    pub name: String,
    /// What for.
    pub matter: Text,
    /// Where.
    pub station: StationShown,
    /// Begin of the slot: the new one where it is moved.
    pub begins: DateTime,
    /// Its end.
    pub ends: DateTime,
    /// Begin of the slot that is given up; `None` unless it is moved.
    pub before: Option<DateTime>,
    /// Papers to bring; empty when it is cancelled.
    pub bring: Vec<Text>,
}

/// Why it is not done. Each has its own text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppointmentTrouble {
    /// The city could not be asked for bookings or slots: nothing has changed.
    CannotRead,
    /// The city could not be reached: nothing was done.
    NotSent(Deed),
    /// No answer came: nobody knows, and asking again is harmless.
    NoAnswer(Deed),
    /// The city said no.
    Refused(Refusal),
}

/// What the city did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoneDeed {
    /// What.
    pub deed: Deed,
    /// The booking as it is now.
    pub booking: BookingShown,
    /// The paper with it; `None` when none was printed.
    pub print: Option<SlipState>,
}
