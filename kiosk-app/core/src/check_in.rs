//! A check-in as data: how the city is asked, what it answers, what the page shows, and what a
//! kiosk finds by itself while the city does not answer.

use city_catalogue::hall::{BookingState, CheckIn};
use city_catalogue::record::Text;
use jiff::civil::DateTime;
use uuid::Uuid;

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

/// By what a booking is found in the list that the city gave beforehand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListedBy {
    /// The number of the card.
    Number(Secret),
    /// The code of the booking.
    Code(Secret),
}

/// A booking of today at this station, as the city gave it beforehand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: Uuid,
    /// Begin of its slot.
    pub begins: DateTime,
    /// The check-in opens then.
    pub opens: DateTime,
    /// It closes then.
    pub closes: DateTime,
    /// What became of it, as far as is known here.
    pub state: BookingState,
    /// Its number: fixed when it was booked, or the one its holder has instead.
    pub ticket: String,
}

impl Listed {
    /// What a check-in at this station comes to now, as the city would decide it.
    #[must_use]
    pub fn outcome(&self, now: DateTime) -> CheckIn {
        match self.state {
            BookingState::Arrived | BookingState::Late => return CheckIn::Already,
            BookingState::Cancelled => return CheckIn::NoBooking,
            BookingState::Booked | BookingState::NoShow => {}
        }
        // The city is told in whole seconds, and must come to the same.
        let past = |time: DateTime| now.duration_since(time).as_secs();
        if now < self.opens {
            CheckIn::TooEarly
        } else if past(self.closes) > 0 {
            CheckIn::Late
        } else {
            CheckIn::InTime
        }
    }
}

/// What is kept of a hall on disk before it is said, for the city to be told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HallEntry {
    /// Somebody checked in; `None` for a walk-in.
    pub arrival: Option<Arrived>,
    /// Id of the ticket whose number is drawn from those of this kiosk; `None` where the number
    /// is the booking's.
    pub ticket: Option<Uuid>,
    /// When.
    pub at: DateTime,
}

/// Somebody with a booking is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// The booking.
    pub booking: Uuid,
    /// Id of the packet that tells the city.
    pub packet: Uuid,
}

/// What was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HallKept {
    /// The number that was drawn; `None` where none was to be.
    pub number: Option<String>,
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
    /// How it stands that this kiosk found it by itself; `None` when the city did.
    pub alone: Option<Alone>,
}

impl CheckInShown {
    /// Nobody is served here now, and the city answers: it is offered to book, move or cancel.
    #[must_use]
    pub fn offers_appointments(&self) -> bool {
        match &self.outcome {
            CheckInPage::TooEarly { .. }
            | CheckInPage::OtherStation { .. }
            | CheckInPage::OtherDay { .. }
            | CheckInPage::NoBooking { .. } => self.alone.is_none(),
            CheckInPage::InTime { .. }
            | CheckInPage::Already { .. }
            | CheckInPage::Late { .. }
            | CheckInPage::WalkIn { .. }
            | CheckInPage::Away
            | CheckInPage::NoNumber => false,
        }
    }
}

/// How an outcome stands that was found without the city.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alone {
    /// The list of today says so, and the city need not be told of anything.
    Looked,
    /// Kept here; the city is told as soon as it answers.
    KeptHere,
    /// The city has been told meanwhile.
    Told,
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
    /// The city does not answer and this kiosk has no number left to give, or could not keep one:
    /// nothing was given and nothing noted.
    NoNumber,
}

impl CheckInPage {
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
            | Self::Away
            | Self::NoNumber => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{DateTime, date};

    use super::*;

    fn at(hour: i8, minute: i8, second: i8, nanos: i32) -> DateTime {
        date(2026, 11, 23).at(hour, minute, second, nanos)
    }

    fn listed(state: BookingState) -> Listed {
        Listed {
            id: Uuid::nil(),
            begins: at(14, 0, 0, 0),
            opens: at(13, 30, 0, 0),
            closes: at(14, 15, 0, 0),
            state,
            ticket: "B014".into(),
        }
    }

    #[test]
    fn the_clock_decides_and_the_last_second_still_counts() {
        for (now, outcome) in [
            (at(0, 0, 0, 0), CheckIn::TooEarly),
            (at(13, 29, 59, 999_999_999), CheckIn::TooEarly),
            (at(13, 30, 0, 0), CheckIn::InTime),
            (at(14, 0, 0, 0), CheckIn::InTime),
            (at(14, 15, 0, 0), CheckIn::InTime),
            (at(14, 15, 0, 999_999_999), CheckIn::InTime),
            (at(14, 15, 1, 0), CheckIn::Late),
            (at(23, 59, 59, 0), CheckIn::Late),
        ] {
            assert_eq!(listed(BookingState::Booked).outcome(now), outcome, "{now}");
        }
    }

    #[test]
    fn what_became_of_it_before_goes_before_the_clock() {
        for (state, outcome) in [
            (BookingState::Arrived, CheckIn::Already),
            (BookingState::Late, CheckIn::Already),
            (BookingState::Cancelled, CheckIn::NoBooking),
        ] {
            for hour in [9, 14, 20] {
                let found = listed(state).outcome(at(hour, 0, 0, 0));
                assert_eq!(found, outcome, "{state:?} at {hour}");
            }
        }
    }
}
