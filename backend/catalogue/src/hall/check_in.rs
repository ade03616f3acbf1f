//! What a check-in comes to: seven outcomes, each with its own picture and next step.

use jiff::ToSpan as _;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use super::BookingState;
use crate::policy::HallPolicy;

closed_list! {
    /// Outcome of a check-in.
    CheckIn {
        /// Here and in time: the booked ticket is valid from now on.
        InTime = "in_time",
        /// Checked in before, here or at the kiosk beside: the same ticket once more.
        Already = "already",
        /// The check-in is not open yet: wait for it.
        TooEarly = "too_early",
        /// The check-in is closed: the normal queue, with a walk-in ticket.
        Late = "late",
        /// Booked today, at another station.
        OtherStation = "other_station",
        /// Booked for another day.
        OtherDay = "other_day",
        /// No booking under this card or code: a walk-in ticket, or a booking.
        NoBooking = "no_booking",
    }
}

/// A booking as a check-in looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    /// Station.
    pub station: String,
    /// Begin of the slot.
    pub begins: DateTime,
    /// State.
    pub state: BookingState,
}

/// The outcome at this station and time, and the place of the booking it is about; None where there is none.
///
/// Of several bookings, today's here counts first, then today's elsewhere, then the next day's, then the last one's.
#[must_use]
pub fn check_in(
    bookings: &[Booking],
    station: &str,
    now: DateTime,
    policy: &HallPolicy,
) -> (CheckIn, Option<usize>) {
    let today = now.date();
    let rank = |booking: &Booking| {
        let day = booking.begins.date();
        let which = if day == today && booking.station == station {
            0
        } else if day == today {
            1
        } else if day > today {
            2
        } else {
            3
        };
        (which, day.duration_since(today).abs(), booking.begins)
    };
    let about = bookings
        .iter()
        .enumerate()
        .filter(|(_, booking)| booking.state != BookingState::Cancelled)
        .min_by_key(|(_, booking)| rank(booking));
    let Some((at, booking)) = about else {
        return (CheckIn::NoBooking, None);
    };
    let outcome = if booking.begins.date() != today {
        CheckIn::OtherDay
    } else if booking.station != station {
        CheckIn::OtherStation
    } else {
        here_today(booking, now, policy)
    };
    (outcome, Some(at))
}

fn here_today(booking: &Booking, now: DateTime, policy: &HallPolicy) -> CheckIn {
    match booking.state {
        BookingState::Arrived | BookingState::Late => return CheckIn::Already,
        BookingState::Booked | BookingState::NoShow | BookingState::Cancelled => {}
    }
    let before = i64::from(policy.check_in_before_minutes).minutes();
    let after = i64::from(policy.check_in_after_minutes).minutes();
    let opens = booking.begins.checked_sub(before);
    let closes = booking.begins.checked_add(after);
    if opens.is_ok_and(|opens| now < opens) {
        CheckIn::TooEarly
    } else if closes.is_ok_and(|closes| now > closes) {
        CheckIn::Late
    } else {
        CheckIn::InTime
    }
}
