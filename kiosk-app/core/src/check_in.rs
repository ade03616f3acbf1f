//! A check-in as data: how the city is asked, what it answers, what the page shows.

use city_catalogue::hall::CheckIn;
use city_catalogue::record::Text;
use jiff::civil::DateTime;

use crate::person::Secret;
use crate::screen::SlipState;

/// By what a booking is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckInBy {
    /// The grant of the person whose card was read.
    Grant(Secret),
    /// The code of the booking.
    Code(Secret),
}

/// The city's answer to a check-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckInReply {
    /// One of seven.
    pub outcome: CheckIn,
    /// The ticket; `None` where none is given.
    pub ticket: Option<TicketShown>,
    /// Id of the station of the booking; `None` without a booking.
    pub station: Option<String>,
    /// Begin of its slot; `None` without a booking.
    pub begins: Option<DateTime>,
    /// The check-in opens then; `None` unless it is too early.
    pub opens: Option<DateTime>,
}

/// A ticket as its holder sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketShown {
    /// Its number.
    pub number: String,
    /// Counter it is called to; `None` while it waits.
    pub counter: Option<u16>,
    /// How many were before it when it was given; `None` where nobody counted.
    pub ahead: Option<u32>,
    /// Minutes it will likely wait, rounded up; `None` when too little is known.
    pub minutes: Option<u32>,
}

/// Where the booking is: the way to the right station.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StationShown {
    /// Its name; its id where the catalogue does not know it.
    pub name: Text,
    /// Its address in Chinese; empty where it is not known.
    pub address: String,
}

/// Page 14: the outcome, and how the print of its number stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckInShown {
    /// The outcome.
    pub outcome: CheckInPage,
    /// The paper with the number; `None` when none was printed.
    pub print: Option<SlipState>,
}

/// The outcome of a check-in, each with its own picture and next step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckInPage {
    /// In time: the booked ticket is valid from now on.
    InTime {
        /// The booked ticket.
        ticket: TicketShown,
    },
    /// Checked in before, here or at the kiosk beside: the same ticket once more.
    Already {
        /// The same ticket.
        ticket: TicketShown,
    },
    /// The check-in is not open yet.
    TooEarly {
        /// Begin of the slot.
        begins: DateTime,
        /// The check-in opens then.
        opens: DateTime,
    },
    /// The check-in is closed: a walk-in ticket was given.
    Late {
        /// The walk-in ticket.
        ticket: TicketShown,
    },
    /// Booked for today, at another station.
    OtherStation {
        /// Where.
        station: StationShown,
        /// Begin of the slot.
        begins: DateTime,
    },
    /// Booked for another day.
    OtherDay {
        /// Where.
        station: StationShown,
        /// Begin of the slot.
        begins: DateTime,
    },
    /// No booking is known; one that was cancelled is none.
    NoBooking {
        /// This station gives no walk-in tickets.
        no_queue: bool,
    },
    /// No booking was known, and a walk-in ticket was taken.
    WalkIn {
        /// The walk-in ticket.
        ticket: TicketShown,
    },
    /// The city did not answer: nothing is known, and asking again is harmless.
    Away,
}

impl CheckInPage {
    /// Nobody is served here now: it is offered to book, move or cancel.
    #[must_use]
    pub fn offers_appointments(&self) -> bool {
        match self {
            Self::TooEarly { .. }
            | Self::OtherStation { .. }
            | Self::OtherDay { .. }
            | Self::NoBooking { .. } => true,
            Self::InTime { .. }
            | Self::Already { .. }
            | Self::Late { .. }
            | Self::WalkIn { .. }
            | Self::Away => false,
        }
    }

    /// The number that will be called; `None` where none was given.
    #[must_use]
    pub fn ticket(&self) -> Option<&TicketShown> {
        match self {
            Self::InTime { ticket }
            | Self::Already { ticket }
            | Self::Late { ticket }
            | Self::WalkIn { ticket } => Some(ticket),
            Self::TooEarly { .. }
            | Self::OtherStation { .. }
            | Self::OtherDay { .. }
            | Self::NoBooking { .. }
            | Self::Away => None,
        }
    }
}
